import pickle
import shutil
import time

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from fabricate import cadences, kepler_fits, library_row, parquet_library, tess_fits

from exoval.errors import BadLightCurve, DataNotFound
from exoval.missions.k2 import k2
from exoval.missions.kepler import kepler
from exoval.missions.library import open_library
from exoval.missions.tess import tess

QUARTERS = {757450: (9, 2, 11), 1026032: (4,)}


def fill_with_fits(folder):
    for kic, quarters in QUARTERS.items():
        for quarter in quarters:
            kepler_fits(folder / str(kic), kic, quarter)


def fill_with_parquet(folder):
    rows = [library_row(kic, quarter) for kic, quarters in QUARTERS.items() for quarter in quarters]
    parquet_library(folder, rows[:3], "kepler-00.parquet")
    parquet_library(folder, rows[3:], "kepler-01.parquet")


@pytest.fixture(params=[fill_with_fits, fill_with_parquet], ids=["fits", "parquet"])
def library(request, tmp_path):
    request.param(tmp_path)
    return open_library(kepler(), folder=tmp_path)


def test_targets_and_segments_are_listed_in_order(library):
    assert library.targets() == ["KIC 757450", "KIC 1026032"]
    assert library.segments("KIC 757450") == (2, 9, 11)
    assert library.segments("KIC 1026032") == (4,)


def test_both_kinds_of_folder_give_the_same_light_curve(tmp_path):
    curves, stars = [], []
    for kind, fill in (("fits", fill_with_fits), ("parquet", fill_with_parquet)):
        (tmp_path / kind).mkdir()
        fill(tmp_path / kind)
        library = open_library(kepler(), folder=tmp_path / kind)
        curves.append(library.read("KIC 757450"))
        stars.append(library.star("KIC 757450"))
    one, other = curves
    for name in ("time", "flux", "flux_error", "centroid_column", "centroid_row"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()
    assert one.segments == other.segments
    assert one.exposure == pytest.approx(other.exposure, rel=1e-12)
    assert stars[0] == stars[1]


@pytest.mark.parametrize("asked", [None, (2, 9, 11), (11, 9, 2), [9, 2, 11, 9]])
def test_segments_are_stitched_in_time_whatever_the_order_asked(library, asked):
    curve = library.read("KIC 757450", asked)
    assert [segment.number for segment in curve.segments] == [2, 9, 11]
    assert np.all(np.diff(curve.time) > 0)
    for segment in curve.segments:
        expected = cadences(start=120.0 + 90.0 * segment.number, seed=segment.number)
        assert curve.flux[segment.cadences].tolist() == expected["pdcsap_flux"].tolist()


def test_one_segment_alone(library):
    curve = library.read("KIC 757450", (9,))
    assert len(curve) == 50 and [segment.number for segment in curve.segments] == [9]


def test_what_is_not_there_is_named(library):
    for ask in (library.read, library.star, library.segments):
        with pytest.raises(DataNotFound, match=r"'KIC 42'.*KIC 757450"):
            ask("KIC 42")
    with pytest.raises(DataNotFound, match=r"KIC 757450 has no segment 3.*2, 9, 11"):
        library.read("KIC 757450", (2, 3))


def test_a_library_survives_pickling(library):
    library.read("KIC 757450")
    copy = pickle.loads(pickle.dumps(library))
    assert copy.targets() == library.targets()
    assert copy.read("KIC 757450").flux.tolist() == library.read("KIC 757450").flux.tolist()


def test_a_broken_fits_file_hides_no_other(tmp_path):
    fill_with_fits(tmp_path)
    broken = kepler_fits(tmp_path, 2, 5)
    broken.write_bytes(broken.read_bytes()[:1000])
    library = open_library(kepler(), folder=tmp_path)
    assert "KIC 2" in library.targets()
    assert len(library.read("KIC 757450")) == 150
    with pytest.raises(BadLightCurve, match=broken.name):
        library.read("KIC 2")


def test_a_broken_parquet_file_is_named(tmp_path):
    fill_with_parquet(tmp_path)
    path = tmp_path / "kepler-01.parquet"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(BadLightCurve, match=path.name):
        open_library(kepler(), folder=tmp_path)


def test_parquet_broken_where_the_cadences_lie_is_named_on_reading(tmp_path):
    path = parquet_library(tmp_path, [library_row(1, 3), library_row(2, 3)], rows_per_group=1)
    row_group = pq.ParquetFile(path).metadata.row_group(0)
    chunks = [row_group.column(i) for i in range(row_group.num_columns)]
    (time,) = (chunk for chunk in chunks if chunk.path_in_schema.startswith("time."))
    whole = bytearray(path.read_bytes())
    whole[time.data_page_offset : time.data_page_offset + 50] = bytes(50)
    path.write_bytes(bytes(whole))
    library = open_library(kepler(), folder=tmp_path)
    with pytest.raises(BadLightCurve, match=path.name):
        library.read("KIC 1")
    assert len(library.read("KIC 2")) == 50


def test_a_table_that_is_no_library_is_named(tmp_path):
    pd.DataFrame({"target": [1]}).to_parquet(tmp_path / "kepler-00.parquet")
    with pytest.raises(BadLightCurve, match=r"kepler-00\.parquet"):
        open_library(kepler(), folder=tmp_path)


def test_the_newest_of_two_data_releases_is_kept(tmp_path):
    new, old = cadences(seed=1), cadences(seed=2)
    parquet_library(
        tmp_path,
        [
            library_row(1, 3, new, data_release=25),
            library_row(1, 3, old, data_release=21, teff=4000.0),
        ],
    )
    library = open_library(kepler(), folder=tmp_path)
    assert library.read("KIC 1").flux.tolist() == new["pdcsap_flux"].tolist()
    assert library.star("KIC 1").teff == 5900.0


def test_other_exposure_times_are_another_product(tmp_path):
    rows = [
        library_row(7, 1, exposure_seconds=120.0, data_release=-1),
        library_row(7, 1, exposure_seconds=1800.0, data_release=42),
        library_row(8, 1, exposure_seconds=1800.0),
    ]
    parquet_library(tmp_path, rows, "tess-00.parquet")
    two_minutes = open_library(tess(), folder=tmp_path)
    assert two_minutes.targets() == ["TIC 7"]
    assert two_minutes.read("TIC 7").exposure == pytest.approx(120 / 86400)
    half_hours = open_library(tess(exposure_days=1800 / 86400), folder=tmp_path)
    assert half_hours.targets() == ["TIC 7", "TIC 8"]


def test_an_empty_segment_names_target_and_segment(tmp_path):
    columns = cadences()
    columns["pdcsap_flux"][:] = np.nan
    parquet_library(tmp_path, [library_row(1, 3, columns), library_row(1, 4)])
    library = open_library(kepler(), folder=tmp_path)
    with pytest.raises(BadLightCurve, match="KIC 1 segment 3"):
        library.read("KIC 1")
    assert len(library.read("KIC 1", (4,))) == 50


def test_overlapping_segments_are_refused(tmp_path):
    parquet_library(
        tmp_path,
        [library_row(1, 3, cadences(start=300.0)), library_row(1, 4, cadences(start=300.5))],
    )
    with pytest.raises(BadLightCurve, match=r"KIC 1.*overlap"):
        open_library(kepler(), folder=tmp_path).read("KIC 1")


def test_files_of_other_kinds_are_not_listed(tmp_path):
    path = tess_fits(tmp_path)
    shutil.copy(path, path.with_name(path.name.replace("s_lc.fits", "a_fast-lc.fits")))
    shutil.copy(path, path.with_name(path.name.replace("s_lc.fits", "s_tp.fits")))
    parquet_library(tmp_path, [library_row(1, 3)], "tess_ultracool-00.parquet")
    library = open_library(tess(), folder=tmp_path)
    assert library.targets() == ["TIC 11491822"] and library.segments("TIC 11491822") == (20,)


def test_without_data_the_message_says_how_to_get_some(tmp_path, monkeypatch):
    monkeypatch.delenv("EXOVAL_DATA", raising=False)
    with pytest.raises(DataNotFound, match=r"of mission k2 in the sample.*EXOVAL_DATA.*lightkurve"):
        open_library(k2())
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path))
    with pytest.raises(DataNotFound, match=r"light_curves.*EXOVAL_DATA.*lightkurve"):
        open_library(kepler())
    (tmp_path / "light_curves").mkdir()
    with pytest.raises(DataNotFound, match="no light curve of mission kepler"):
        open_library(kepler())
    kepler_fits(tmp_path / "light_curves")
    assert open_library(kepler()).targets() == ["KIC 757450"]


def test_real_library_against_its_raw_columns(sample_folder):
    file = sample_folder / "light_curves" / "kepler-hosts-00.parquet"
    raw = pd.read_parquet(file, filters=[("segment", "==", 9)])
    assert len(raw) > 5
    mission = kepler()
    library = open_library(mission)
    bits = mission.quality_bitmask
    for _, row in raw.iterrows():
        curve = library.read(f"KIC {row.target}", (9,))
        keep = ~np.isnan(row.time) & ~np.isnan(row.pdcsap_flux) & (row.quality & bits == 0)
        assert curve.time.tolist() == row.time[keep].tolist()
        assert curve.flux.tolist() == row.pdcsap_flux[keep].astype(float).tolist()
        centroid = (row.mom_centr2 - row.pos_corr2)[keep]
        np.testing.assert_array_equal(curve.centroid_row, centroid.astype(float))
        assert curve.segments[0].crowding == row.crowdsap


def test_raw_flux_that_the_files_lack_is_named(sample_folder):
    library = open_library(kepler(flux_column="sap"))
    with pytest.raises(BadLightCurve, match=r"lacks the columns sap_flux.*flux_column"):
        library.read("KIC 10666592", (9,))


@pytest.mark.parametrize("mission", [kepler(), tess()], ids=["kepler", "tess"])
def test_every_real_star_can_be_read_whole(mission, sample_folder):
    library = open_library(mission)
    for target in library.targets():
        curve = library.read(target)
        assert np.all(np.diff(curve.time) > 0)
        assert [segment.number for segment in curve.segments] == list(library.segments(target))


def test_one_segment_of_a_real_star_is_read_in_tens_of_milliseconds(sample_folder):
    library = open_library(kepler())
    spent = []
    for target in library.targets()[::10]:
        segment = library.segments(target)[-1]
        start = time.perf_counter()
        library.read(target, (segment,))
        spent.append(time.perf_counter() - start)
    assert np.median(spent) < 0.1
