import numpy as np
import pandas as pd
import pytest
from astropy import units
from astropy.table import MaskedColumn, Table
from astropy.time import Time

from exoval.errors import BadLightCurve, DataNotFound
from exoval.missions.described_mission import described_mission
from exoval.missions.library import open_library

HERON = described_mission(
    "heron",
    band="tess",
    exposure_seconds=600.0,
    pixel_scale_arcsec=10.0,
    blend_radius_arcsec=10.0,
    minimum_period_days=0.5,
    maximum_period_days=9.0,
)
WRITERS = {
    "csv": lambda frame, path: frame.to_csv(path, index=False),
    "parquet": lambda frame, path: frame.to_parquet(path, index=False),
    "ecsv": lambda frame, path: Table.from_pandas(frame).write(path, format="ascii.ecsv"),
}


def table(count=40, **columns):
    rng = np.random.default_rng(2)
    return pd.DataFrame(
        {"time": 5 + np.arange(count) / 144, "flux": rng.normal(1.0, 1e-3, count), **columns}
    )


@pytest.fixture(params=WRITERS)
def write(request, tmp_path):
    def written(frame, name="HERON_7"):
        path = tmp_path / f"{name}.{request.param}"
        WRITERS[request.param](frame, path)
        return path

    return written


def test_time_and_flux_are_enough(write):
    frame = table()
    curve = HERON.read(write(frame))
    assert (curve.target, curve.mission, curve.band) == ("HERON 7", "heron", "tess")
    assert curve.time == pytest.approx(frame["time"], rel=1e-12)
    assert curve.flux == pytest.approx(frame["flux"], rel=1e-12)
    assert np.isnan(curve.flux_error).all() and np.isnan(curve.centroid_row).all()
    assert curve.exposure == pytest.approx(600 / 86400)
    assert curve.flux_is_decrowded


def test_every_column_is_understood(write):
    rng = np.random.default_rng(0)
    frame = table(
        Flux_Err=np.full(40, 1e-3),
        FLAG=np.r_[np.zeros(39, int), 8],
        SECTOR=np.repeat([3, 2], 20),
        crowding=np.full(40, 0.8),
        mom_centr1=rng.normal(size=40),
        mom_centr2=rng.normal(size=40),
        note="x",
    )
    frame["time"] = np.r_[frame["time"][20:], frame["time"][:20]]
    curve = HERON.read(write(frame))
    assert [segment.number for segment in curve.segments] == [2, 3]
    assert len(curve) == 39 and np.all(np.diff(curve.time) > 0)
    assert curve.flux_error == pytest.approx(1e-3)
    assert [segment.crowding for segment in curve.segments] == [0.8, 0.8]
    assert curve.centroid_column[:19] == pytest.approx(frame["mom_centr1"][20:39])
    assert not curve.flux_is_decrowded


def test_what_no_star_can_have_is_left_out(write):
    frame = table()
    frame.loc[[3, 4, 9], "flux"] = [-400.0, 1500.0, -1.1]
    # an eclipse to below zero by too much background taken off, and a flare, may be
    frame.loc[[20, 30], "flux"] = [-0.05, 40.0]
    curve = HERON.read(write(frame))
    assert curve.flux == pytest.approx(frame["flux"].drop([3, 4, 9]), rel=1e-12)


def test_hours_of_other_light_are_left_out_and_flares_and_eclipses_are_not(write):
    frame = table(count=600)
    # other light at the start; a total eclipse and a flare later
    frame.loc[:29, "flux"] = np.linspace(40.0, 4.0, 30)
    frame.loc[200:212, "flux"] = 0.0
    frame.loc[400:404, "flux"] = [8.0, 4.0, 2.0, 1.5, 1.2]
    curve = HERON.read(write(frame))
    # half a day after it is left out as well; the median of an hour ends up to half an hour away
    assert len(curve) == pytest.approx(600 - 30 - 72, abs=3)
    assert curve.flux == pytest.approx(frame["flux"][600 - len(curve) :], rel=1e-12)


@pytest.mark.parametrize("offset", [-1e-4, 1e-6, 1e-4])
def test_flux_without_a_level_is_refused(write, offset):
    frame = table()
    frame["flux"] += offset - np.median(frame["flux"])
    with pytest.raises(BadLightCurve, match="1 plus the relative change"):
        HERON.read(write(frame))


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (86400, r"cadences are 600 days apart; give time in days"),
        (0.1, r"cadences are 60 s apart where this mission exposes for 600 s"),
    ],
)
def test_times_that_cannot_be_the_missions_are_refused(write, step, message):
    frame = table()
    frame["time"] *= step
    with pytest.raises(BadLightCurve, match=message):
        HERON.read(write(frame))


def test_missing_values_are_left_out(write):
    frame = table()
    frame.loc[[3, 9], "flux"] = np.nan
    frame.loc[5, "time"] = np.nan
    assert len(HERON.read(write(frame))) == 37


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (table().drop(columns="flux"), r"HERON_7.*no column flux, only time"),
        (table().rename(columns={"time": "t", "flux": "f"}), r"no column time and flux"),
        (table(flux=np.full(40, np.nan)), r"HERON 7 segment 0: none of 40 cadences"),
        (table(flux=np.linspace(-1, 1, 40) - 0.5), r"not above 0; give linear flux"),
        (table(flux=["high"] * 40), r"column flux is not numeric"),
        (table(quality=np.ones(40, int)), r"not above 0|none of 40 cadences"),
        (table().iloc[:0], r"HERON_7.*(holds no cadence|cannot)"),
    ],
)
def test_what_is_wrong_is_named(write, frame, message):
    with pytest.raises(BadLightCurve, match=message):
        HERON.read(write(frame))


def test_a_truncated_table_is_named(write, tmp_path):
    path = write(table())
    if path.suffix == ".csv":
        pytest.skip("the first lines of a CSV file are a CSV file")
    path.write_bytes(path.read_bytes()[:30])
    with pytest.raises(BadLightCurve, match="HERON_7"):
        HERON.read(path)


def test_a_folder_of_tables_with_their_stars(write, tmp_path):
    for number in (8, 7):
        write(table(), f"HERON_{number}")
    write(
        pd.DataFrame({"target": ["HERON 7"], "radius": [0.9], "logg": [4.5], "teff": [5500.0]}),
        "stars",
    )
    library = open_library(HERON, folder=tmp_path)
    assert library.targets() == ["HERON 7", "HERON 8"]
    assert len(library.read("HERON 8")) == 40
    star = library.star("HERON 7")
    assert (star.radius, star.teff) == (0.9, 5500.0)
    assert star.mass == pytest.approx(10 ** (4.5 - 4.438068) * 0.81)
    assert np.isnan(library.star("HERON 8").radius)


def test_tables_of_a_mission_lie_in_a_folder_of_its_name(tmp_path, monkeypatch):
    folder = tmp_path / "light_curves" / "heron"
    folder.mkdir(parents=True)
    table().to_csv(folder / "HERON_7.csv", index=False)
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path))
    assert open_library(HERON).targets() == ["HERON 7"]
    other = described_mission(
        "egret",
        band="tess",
        exposure_seconds=600.0,
        pixel_scale_arcsec=10.0,
        blend_radius_arcsec=10.0,
        minimum_period_days=0.5,
        maximum_period_days=9.0,
    )
    with pytest.raises(DataNotFound, match=r"put one table a target .* light_curves/egret/"):
        open_library(other)


def test_a_table_of_stars_without_names_is_refused(tmp_path):
    table().to_csv(tmp_path / "HERON_7.csv", index=False)
    (tmp_path / "stars.csv").write_text("radius\n1.0\n")
    with pytest.raises(BadLightCurve, match=r"stars.csv has no column target"):
        open_library(HERON, folder=tmp_path)


def test_julian_dates_are_turned_to_the_clock_of_the_mission(write):
    frame = table()
    julian = frame.assign(time=frame["time"] + HERON.time_zero)
    assert HERON.read(write(julian)).time == pytest.approx(frame["time"], abs=1e-8)


def test_what_an_ecsv_says_of_its_columns_counts(tmp_path):
    frame, path = table(), tmp_path / "HERON_7.ecsv"
    in_hours = Table(
        {"time": 24 * frame["time"].to_numpy() * units.hour, "flux": frame["flux"].to_numpy()}
    )
    in_hours.write(path)
    assert HERON.read(path).time == pytest.approx(frame["time"], rel=1e-12)
    julian = Time(frame["time"].to_numpy() + HERON.time_zero, format="jd", scale="tdb")
    Table(
        {
            "time": julian,
            "flux": frame["flux"].to_numpy(),
            "count": MaskedColumn(np.arange(len(frame)), mask=frame["flux"] > 1),
        }
    ).write(path, overwrite=True)
    assert HERON.read(path).time == pytest.approx(frame["time"], abs=1e-8)
    for unit, value in (("mag", "flux is in mag"), ("m", "time is in m")):
        odd = Table({"time": frame["time"].to_numpy(), "flux": frame["flux"].to_numpy()})
        odd[value.split()[0]].unit = unit
        odd.write(path, overwrite=True)
        with pytest.raises(BadLightCurve, match=value):
            HERON.read(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"segment": ["A", "B"] * 20}, "column segment is not numeric"),
        ({"segment": [1.0, np.nan] * 20}, "segment of 20 rows is empty or not a whole number"),
        ({"segment": [1.2] * 40}, "segment of 40 rows"),
        ({"crowding": ["n/k"] * 40}, "column crowding is not numeric"),
        ({"crowding": [90.0] * 40}, "crowding 90"),
        ({"FLUX": [1.0] * 40}, "more than one column flux"),
        ({"time": np.repeat([5.0, 5.01, 5.02, 5.03], 10)}, "only 4 of 40 times differ"),
        ({"time": pd.date_range("2026-01-01", periods=40, freq="10min")}, "calendar dates"),
    ],
)
def test_columns_that_are_not_what_their_names_say(tmp_path, change, message):
    path = tmp_path / "HERON_7.parquet"
    table().assign(**change).to_parquet(path)
    with pytest.raises(BadLightCurve, match=message):
        HERON.read(path)


@pytest.mark.parametrize("place", [".", "heron"])
def test_a_library_is_the_folder_or_its_folder_of_the_missions_name(tmp_path, place):
    (tmp_path / place).mkdir(exist_ok=True)
    table().to_csv(tmp_path / place / "HERON_7.csv", index=False)
    assert open_library(HERON, folder=tmp_path).targets() == ["HERON 7"]


@pytest.mark.parametrize(("exposure", "cadence"), [(1765, 40), (1765, 0), (120, 0), (120, 400)])
def test_one_bright_cadence_costs_no_more_than_itself(tmp_path, exposure, cadence):
    mission = described_mission(
        "heron",
        band="tess",
        exposure_seconds=exposure,
        pixel_scale_arcsec=10.0,
        blend_radius_arcsec=10.0,
        minimum_period_days=0.5,
        maximum_period_days=9.0,
    )
    flux = np.ones(800)
    flux[cadence] = 4.0
    path = tmp_path / "HERON_7.csv"
    pd.DataFrame({"time": 5 + np.arange(800) * exposure / 86400, "flux": flux}).to_csv(path)
    assert len(mission.read(path)) >= 799
