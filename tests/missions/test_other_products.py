import math

import numpy as np
import pytest
from fabricate import (
    cadences,
    eleanor_fits,
    k2_fits,
    kepler_fits,
    qlp_fits,
    tess_fits,
    tess_spoc_fits,
)

from exoval.errors import BadLightCurve
from exoval.missions.k2 import k2
from exoval.missions.kepler import kepler
from exoval.missions.library import open_library
from exoval.missions.tess_ffi import tess_ffi

FULL_FRAME = {"tess-spoc": tess_spoc_fits, "qlp": qlp_fits, "eleanor": eleanor_fits}


@pytest.fixture(params=FULL_FRAME)
def maker(request):
    return request.param, FULL_FRAME[request.param]


def test_a_k2_file(tmp_path):
    columns = cadences(seed=3)
    columns["quality"][4] = 1 << 20  # thruster firing
    columns["quality"][5] = 1 << 7  # cosmic ray, cleaned
    curve = k2().read(k2_fits(tmp_path, campaign=5, columns=columns))
    assert (curve.target, curve.mission, curve.segments[0].number) == ("EPIC 201367065", "k2", 5)
    assert curve.time.tolist() == np.delete(columns["time"], 4).tolist()
    assert (curve.segments[0].crowding, curve.segments[0].noise_ppm) == (0.93, 90.0)
    assert curve.flux_is_decrowded


def test_k2_and_kepler_refuse_each_other_s_files(tmp_path):
    with pytest.raises(BadLightCurve, match="is a K2 file"):
        kepler().read(k2_fits(tmp_path))
    with pytest.raises(BadLightCurve, match="is a Kepler file"):
        k2().read(kepler_fits(tmp_path))


def test_campaigns_are_stitched(tmp_path):
    for campaign in (16, 5):
        k2_fits(tmp_path / str(campaign), campaign=campaign)
    library = open_library(k2(), folder=tmp_path)
    assert library.segments("EPIC 201367065") == (5, 16)
    curve = library.read("EPIC 201367065")
    assert len(curve) == 100 and np.all(np.diff(curve.time) > 0)
    assert library.star("EPIC 201367065").teff == 5900


def test_a_full_frame_image_file(maker, tmp_path):
    name, write = maker
    columns = cadences(seed=1, exposure_seconds=1800)
    columns["quality"][7] = 1 << 2  # coarse point
    curve = tess_ffi().read(write(tmp_path, sector=20, columns=columns))
    good = np.delete(np.arange(50), 7)
    assert (curve.target, curve.segments[0].number) == ("TIC 11491822", 20)
    assert curve.flux.tolist() == columns["pdcsap_flux"][good].tolist()
    assert curve.flux_error.tolist() == columns["pdcsap_flux_err"][good].tolist()
    assert curve.exposure == pytest.approx(1800 / 86400, rel=1e-6)
    motion = columns["pos_corr1"][good] if name == "tess-spoc" else 0
    assert curve.centroid_column == pytest.approx(columns["mom_centr1"][good] - motion, rel=1e-6)
    assert curve.flux_is_decrowded == (name != "eleanor")
    crowding = curve.segments[0].crowding
    assert crowding == 0.97 if name == "tess-spoc" else math.isnan(crowding)


def test_raw_flux_of_every_maker(maker, tmp_path):
    _, write = maker
    columns = cadences(seed=1, exposure_seconds=1800)
    curve = tess_ffi(flux_column="sap").read(write(tmp_path, columns=columns))
    assert curve.flux.tolist() == columns["sap_flux"].tolist()
    assert not curve.flux_is_decrowded


def test_the_renamed_columns_of_qlp(tmp_path):
    columns = cadences(seed=2, exposure_seconds=200)
    curve = tess_ffi(exposure_seconds=200).read(qlp_fits(tmp_path, sector=56, columns=columns))
    assert curve.flux.tolist() == columns["pdcsap_flux"].tolist()
    assert curve.exposure == pytest.approx(200 / 86400, rel=1e-6)


@pytest.mark.parametrize("archive", [True, False])
def test_both_names_of_eleanor_s_files_are_listed(tmp_path, archive):
    eleanor_fits(tmp_path, tic=42, sector=7, archive=archive)
    library = open_library(tess_ffi(), folder=tmp_path)
    assert library.targets() == ["TIC 42"] and library.segments("TIC 42") == (7,)
    star = library.star("TIC 42")
    assert (star.magnitude, star.ra, star.dec) == (10.5, 290.0, 44.0)


def test_of_several_makers_the_first_is_read(tmp_path):
    written = {
        20: (eleanor_fits, qlp_fits, tess_spoc_fits),
        21: (eleanor_fits, qlp_fits),
        22: (eleanor_fits,),
    }
    for sector, makers in written.items():
        for number, write in enumerate(makers):
            write(
                tmp_path,
                sector=sector,
                columns=cadences(
                    start=1842.0 + 27 * sector, seed=10 * sector + number, exposure_seconds=1800
                ),
            )
    curve = open_library(tess_ffi(), folder=tmp_path).read("TIC 11491822")
    for segment, makers in zip(curve.segments, written.values()):
        best = cadences(seed=10 * segment.number + len(makers) - 1)["pdcsap_flux"]
        assert curve.flux[segment.cadences].tolist() == best.tolist()


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_truncated_file_is_named(maker, tmp_path, share):
    _, write = maker
    path = write(tmp_path)
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(BadLightCurve, match=path.name):
        tess_ffi().read(path)


def test_flux_that_is_nowhere_finite_is_named(maker, tmp_path):
    _, write = maker
    columns = cadences(exposure_seconds=1800)
    columns["pdcsap_flux"][:] = np.nan
    with pytest.raises(BadLightCurve, match="TIC 11491822 segment 20"):
        tess_ffi().read(write(tmp_path, columns=columns))


def test_a_file_without_its_flux_is_named(tmp_path):
    columns = cadences()
    del columns["pdcsap_flux"], columns["pdcsap_flux_err"]
    path = k2_fits(tmp_path, columns=columns)
    with pytest.raises(BadLightCurve, match=path.name):
        k2().read(path)


def test_two_minute_files_are_not_full_frame_images(tmp_path):
    tess_fits(tmp_path)
    tess_spoc_fits(tmp_path, tic=5)
    assert open_library(tess_ffi(), folder=tmp_path).targets() == ["TIC 5"]
