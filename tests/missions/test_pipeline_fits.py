import math

import numpy as np
import pytest
from astropy.io import fits
from fabricate import STAR, cadences, kepler_fits, tess_fits

from exoval.errors import BadLightCurve, BadParameter, DataNotFound
from exoval.missions.kepler import kepler
from exoval.missions.tess import tess

FAMILIES = {"kepler": (kepler, kepler_fits), "tess": (tess, tess_fits)}


@pytest.fixture(params=FAMILIES)
def family(request):
    mission, write = FAMILIES[request.param]
    return mission(), write


def test_every_value_of_the_file_comes_back(family, tmp_path):
    mission, write = family
    columns = cadences(seed=3)
    curve = mission.read(write(tmp_path, columns=columns))
    assert curve.time.tolist() == columns["time"].tolist()
    assert curve.flux.tolist() == columns["pdcsap_flux"].tolist()
    assert curve.flux_error.tolist() == columns["pdcsap_flux_err"].tolist()
    for got, centroid, motion in (
        (curve.centroid_column, "mom_centr1", "pos_corr1"),
        (curve.centroid_row, "mom_centr2", "pos_corr2"),
    ):
        assert got == pytest.approx(columns[centroid] - columns[motion], rel=1e-7)
    assert curve.mission == mission.name and curve.flux_is_decrowded
    assert curve.flux.dtype == np.dtype(float)


def test_header_values_of_kepler(tmp_path):
    curve = kepler().read(kepler_fits(tmp_path, quarter=9, crowding=0.87, cdpp6=71.0))
    assert curve.target == "KIC 757450"
    assert curve.exposure == pytest.approx(1765.462886 / 86400)
    (segment,) = curve.segments
    assert (segment.number, segment.crowding, segment.noise_ppm) == (9, 0.87, 71.0)
    assert (segment.start, segment.stop) == (0, len(curve))


def test_two_hour_noise_of_tess_becomes_six_hour_white_noise(tmp_path):
    curve = tess().read(tess_fits(tmp_path, sector=20, cdpp2=180.0))
    assert curve.target == "TIC 11491822"
    assert curve.exposure == pytest.approx(120 / 86400)
    assert curve.segments[0].number == 20
    # white noise averages down with the square root of three times the span
    assert curve.segments[0].noise_ppm == pytest.approx(180 / math.sqrt(3))


def test_sap_flux_still_holds_its_neighbours(family, tmp_path):
    mission, write = family
    columns = cadences()
    path = write(tmp_path, columns=columns)
    curve = type(mission)(**{**vars(mission), "flux_column": "sap"}).read(path)
    assert curve.flux.tolist() == columns["sap_flux"].tolist()
    assert not curve.flux_is_decrowded


def test_flagged_and_empty_cadences_are_dropped_and_harmless_flags_kept(family, tmp_path):
    mission, write = family
    columns = cadences()
    bits = range(16)
    columns["quality"][:16] = [1 << bit for bit in bits]
    columns["time"][20] = np.nan
    columns["pdcsap_flux"][21] = np.nan
    columns["mom_centr1"][22] = np.nan  # no centroid is no reason to lose the flux
    curve = mission.read(write(tmp_path, columns=columns))
    dropped = {bit for bit in mission.quality_bits if bit in bits} | {20, 21}
    kept = [i for i in range(50) if i not in dropped]
    assert curve.flux.tolist() == columns["pdcsap_flux"][kept].tolist()
    assert np.isnan(curve.centroid_column).sum() == 1


def test_time_comes_out_ascending_and_only_once(tmp_path):
    columns = cadences()
    original = columns["time"].copy()
    columns["time"][[4, 9]] = columns["time"][[9, 4]]
    columns["time"][30] = columns["time"][31]
    curve = kepler().read(kepler_fits(tmp_path, columns=columns))
    assert curve.time.tolist() == np.delete(original, 30).tolist()


def test_star_of_the_headers(family, tmp_path):
    mission, write = family
    star = mission.read_star(write(tmp_path, radius=1.0, logg=4.438068))
    assert star.mass == pytest.approx(1.0, rel=1e-6) and star.flags == ("mass",)
    assert (star.teff, star.metallicity, star.magnitude, star.ra, star.dec) == (
        STAR["teff"],
        STAR["feh"],
        STAR["magnitude"],
        STAR["ra"],
        STAR["dec"],
    )


def test_a_star_without_gravity_has_no_mass(family, tmp_path):
    mission, write = family
    star = mission.read_star(write(tmp_path, logg=math.nan))
    assert math.isnan(star.mass) and math.isnan(star.logg) and star.flags == ()


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_a_truncated_file_is_named(family, tmp_path, share):
    mission, write = family
    path = write(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(BadLightCurve, match=path.name):
        mission.read(path)


def test_a_file_of_nonsense_is_named(tmp_path):
    path = tmp_path / "kplr000000001-2009131105131_llc.fits"
    path.write_text("this is no light curve")
    with pytest.raises(BadLightCurve, match=path.name):
        kepler().read(path)
    with pytest.raises(BadLightCurve, match=path.name):
        kepler().read_star(path)


def test_a_light_curve_without_flux_names_target_and_segment(tmp_path):
    columns = cadences()
    columns["pdcsap_flux"][:] = np.nan
    with pytest.raises(BadLightCurve, match="KIC 757450 segment 9"):
        kepler().read(kepler_fits(tmp_path, columns=columns))


def test_another_mission_s_file_is_refused_by_name(tmp_path):
    path = tess_fits(tmp_path)
    for read in (kepler().read, kepler().read_star):
        with pytest.raises(BadLightCurve, match=r"tess2019.*is a TESS file"):
            read(path)


def test_a_missing_file_is_named(family, tmp_path):
    for read in (family[0].read, family[0].read_star):
        with pytest.raises(DataNotFound, match=r"absent\.fits"):
            read(tmp_path / "absent.fits")


def test_another_maker_s_file_is_read_through_lightkurve(tmp_path):
    columns = cadences(start=1842.0, exposure_seconds=1800)
    path = tmp_path / "hlsp_pathos_tess_lightcurve_tic-0011491822-s0020_tess_v1_llc.fits"
    table = fits.BinTableHDU.from_columns(
        [
            fits.Column("TIME", "D", array=columns["time"], unit="BJD - 2457000, days"),
            fits.Column("PSF_FLUX_RAW", "E", array=columns["sap_flux"]),
            fits.Column("PSF_FLUX_COR", "E", array=columns["pdcsap_flux"]),
            fits.Column("AP4_FLUX_RAW", "E", array=columns["sap_flux"]),
            fits.Column("AP4_FLUX_COR", "E", array=columns["sap_flux"]),
            fits.Column("SKY_LOCAL", "E", array=columns["sap_flux"]),
            fits.Column("DQUALITY", "J", array=columns["quality"]),
        ]
    )
    primary = fits.PrimaryHDU()
    primary.header.update(
        {
            "TELESCOP": "TESS",
            "OBJECT": "TIC 11491822",
            "TICID": 11491822,
            "SECTOR": 20,
        }
    )
    fits.HDUList([primary, table]).writeto(path)
    curve = tess().read(path)
    assert (curve.target, curve.segments[0].number) == ("TIC 11491822", 20)
    assert curve.time == pytest.approx(columns["time"], abs=1e-8)
    assert curve.flux.tolist() == columns["pdcsap_flux"].tolist()
    assert "through lightkurve" in curve.notes[0]
    assert curve.exposure == pytest.approx(1800 / 86400, rel=1e-6)
    assert not curve.flux_is_decrowded and math.isnan(curve.segments[0].crowding)


@pytest.mark.parametrize(
    "wrong", [{"flux_column": "raw"}, {"minimum_period_days": 50.0}, {"quality_bits": [40]}]
)
def test_impossible_missions_are_refused(wrong):
    with pytest.raises(BadParameter, match=next(iter(wrong)).split("_")[-1]):
        kepler(**wrong)
