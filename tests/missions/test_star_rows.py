"""Parquet files with a row a star, and the mission whose users have processed them."""

import os

import numpy as np
import pandas as pd
import pytest

from exoval.errors import BadLightCurve, DataNotFound
from exoval.missions.described_mission import described_mission
from exoval.missions.kepler import kepler
from exoval.missions.library import open_library
from exoval.missions.tess import tess
from exoval.processing.time_bins import TimeBins
from simulate.hosts import RealHosts

BINS = {"bins": TimeBins(0.05)}


def rows(path, *, target=(7, 3), around=1.0, pause=0.0, **more):
    rng = np.random.default_rng(0)
    time = np.arange(120.0, 160.0, 0.05)
    time[400:] += pause
    flux = [around + 1e-3 * rng.standard_normal(len(time)) for _ in target]
    frame = pd.DataFrame({"target": target, "time": [time] * len(target), "flux": flux, **more})
    frame.to_parquet(path)
    return path


def test_a_processed_product_is_read_as_it_is(tmp_path):
    path = rows(tmp_path / "kepler_koi_flattened_1.parquet", around=0.0, pause=8.0)
    library = open_library(kepler(processing=BINS), folder=path)
    assert library.targets() == ["KIC 3", "KIC 7"]
    light_curve = library.read("KIC 7")
    assert light_curve.is_processed
    assert light_curve.exposure == 0.05
    assert len(light_curve.segments) == 1
    assert np.median(light_curve.flux) == pytest.approx(1, abs=1e-3)
    assert library.mission.processed(light_curve) is light_curve


def test_a_quiet_star_is_about_zero_too(tmp_path):
    path = rows(tmp_path / "kepler_koi_flattened_1.parquet", around=0.0)
    frame = pd.read_parquet(path)
    frame["flux"] = [1e-3 * one for one in frame["flux"]]
    frame.to_parquet(path)
    light_curve = open_library(kepler(processing=BINS), folder=path).read("KIC 7")
    assert np.std(light_curve.flux) == pytest.approx(1e-6, rel=0.1)


def test_another_product_is_processed(tmp_path):
    path = rows(tmp_path / "mine.parquet", pause=8.0)
    library = open_library(kepler(processing=BINS), folder=path)
    light_curve = library.read("KIC 3")
    assert not light_curve.is_processed
    assert [one.number for one in light_curve.segments] == [1, 2]
    assert library.mission.processed(light_curve).is_processed
    assert kepler().processed(light_curve) is light_curve


def test_stars_stand_beside_the_cadences(tmp_path):
    path = rows(
        tmp_path / "tess_two_minute_plain.parquet", radius=[0.9, 1.1], mass=[0.8, np.nan], teff=5000
    )
    star = open_library(tess(), folder=path).star("TIC 7")
    assert (star.radius, star.mass, star.teff) == (0.9, 0.8, 5000)


def test_plain_light_curves_are_found_beside_the_pipelines(tmp_path, monkeypatch):
    (tmp_path / "light_curves").mkdir()
    (tmp_path / "light_curves_other").mkdir()
    rows(tmp_path / "light_curves_other" / "tess_two_minute_plain.parquet")
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path))
    assert open_library(tess()).targets() == ["TIC 3", "TIC 7"]
    named = open_library(tess(), folder="light_curves_other/tess_two_minute_plain.parquet")
    assert named.targets() == ["TIC 3", "TIC 7"]


def test_broken_files_are_named(tmp_path):
    with pytest.raises(DataNotFound, match=r"none\.parquet"):
        open_library(kepler(), folder=tmp_path / "none.parquet")
    pd.DataFrame({"target": [1], "time": [[1.0]]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(BadLightCurve, match="flux"):
        open_library(kepler(), folder=tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_bytes(b"nothing")
    with pytest.raises(BadLightCurve, match=r"b\.parquet"):
        open_library(kepler(), folder=tmp_path / "b.parquet")


@pytest.mark.data
def test_the_chain_gives_the_real_file():
    """The assumption about the processing, on the stars whose pipeline light curves are at hand."""
    from conf_mission import composed_mission

    mission = composed_mission("kepler_flattened")
    pipeline = open_library(mission)
    real = open_library(mission, folder="light_curves_other/kepler_koi_flattened_binned.parquet")
    for target, quarters in (("KIC 2985767", (0, 1)), ("KIC 2975770", (3, 4))):
        ours, theirs = mission.processed(pipeline.read(target, quarters)), real.read(target)
        assert np.abs(ours.time - theirs.time).max() < 1e-9
        assert np.std(ours.flux - theirs.flux) < 2e-3 * np.std(theirs.flux)


def test_a_mission_of_ones_own_says_whether_its_tables_are_processed(tmp_path):
    rng = np.random.default_rng(0)
    time = np.arange(0.0, 40.0, 0.05)
    table = tmp_path / "FLATTY_7.csv"
    pd.DataFrame({"time": time, "flux": 1 + 1e-3 * rng.standard_normal(len(time))}).to_csv(table)
    asked = {
        "band": "kepler",
        "exposure_seconds": 1800,
        "pixel_scale_arcsec": 4,
        "blend_radius_arcsec": 4,
        "minimum_period_days": 0.5,
        "maximum_period_days": 10,
        "processing": BINS,
    }
    done = described_mission("flatty", **asked, files_are_processed=True)
    assert done.read(table).is_processed
    hosts = RealHosts(
        mission=done, folder=str(tmp_path), targets=["FLATTY 7"], leave_out_known_signals=False
    )
    with pytest.raises(BadLightCurve, match="processed already"):
        hosts.draw(rng)
    assert not described_mission("flatty", **asked).read(table).is_processed


@pytest.mark.parametrize(
    ("column", "value"),
    [("target", [7, None]), ("target", ["KIC 7", "KIC 3"]), ("radius", ["large", "small"])],
)
def test_targets_and_parameters_that_are_no_numbers_are_named(tmp_path, column, value):
    path = rows(tmp_path / "mine.parquet")
    pd.read_parquet(path).assign(**{column: value}).to_parquet(path)
    with pytest.raises(BadLightCurve, match=r"mine\.parquet: a target or parameter is no number"):
        open_library(kepler(), folder=path)


@pytest.mark.parametrize(
    ("lists", "message"),
    [
        ({"time": [None, [1.0, 2.0]]}, "no lists of numbers"),
        ({"time": [1.0, 2.0], "flux": [1.0, 1.0]}, "no lists of numbers"),
        ({"time": [["a", "b"]] * 2}, "no lists of numbers"),
        ({"time": [[1.0, 2.0, 3.0]] * 2}, "different lengths"),
        ({"flux_err": [[1.0]] * 2}, "different lengths"),
    ],
)
def test_broken_lists_are_named(tmp_path, lists, message):
    path = tmp_path / "mine.parquet"
    whole = {"target": [7, 3], "time": [[1.0, 2.0]] * 2, "flux": [[1.0, 1.0]] * 2}
    pd.DataFrame(whole | lists).to_parquet(path)
    with pytest.raises(BadLightCurve, match=f"KIC 7: .*{message}"):
        open_library(kepler(), folder=path).read("KIC 7")


def test_a_file_that_is_written_again_is_read_again(tmp_path):
    for around in (1.0, 2.0):
        path = rows(tmp_path / "mine.parquet", around=around)
        os.utime(path, (around, around))
        part = open_library(kepler(), folder=path).files.read_segment("KIC 7", 1)
        assert np.median(part.flux) == pytest.approx(around, abs=1e-2)
