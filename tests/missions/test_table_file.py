import gzip

import numpy as np
import pandas as pd
import pytest
from astropy import units
from astropy.table import MaskedColumn, Table
from astropy.time import Time

from exoval.errors import BadLightCurve, DataNotFound
from exoval.missions.described_mission import described_mission
from exoval.missions.library import open_library
from exoval.missions.pipeline_segment import BESIDE_OTHER_LIGHT, NO_STAR

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
    assert curve.left_out == {NO_STAR: 3}


@pytest.mark.parametrize("fill", [-9999.0, 1e30, 99999.0, -0.8])
def test_fill_values_cost_no_neighbour(write, fill):
    frame = table(count=600)
    frame.loc[200:208, "flux"] = fill
    frame.loc[[300, 400, 500], "flux"] = fill
    curve = HERON.read(write(frame))
    good = frame["flux"] != fill
    assert curve.flux[curve.flux != fill] == pytest.approx(frame["flux"][good], rel=1e-12)
    # what a star may just have is left to the detrending
    assert curve.left_out == ({} if fill == -0.8 else {NO_STAR: 12})
    assert len(curve) == (600 if fill == -0.8 else good.sum())


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
    assert curve.left_out == {BESIDE_OTHER_LIGHT: 600 - len(curve)}


@pytest.mark.parametrize("offset", [-1e-4, 1e-6, 1e-4])
@pytest.mark.parametrize(("scale", "word"), [(1, "relative"), (1e3, "per mille"), (1e6, "ppm")])
def test_flux_about_zero_is_read_as_a_change_by_its_scatter(write, offset, scale, word):
    frame = table()
    change = frame["flux"] - np.median(frame["flux"]) + offset
    curve = HERON.read(write(frame.assign(flux=scale * change, error=scale * 1e-3)))
    assert curve.flux == pytest.approx(1 + change, rel=1e-9)
    assert curve.flux_error == pytest.approx(1e-3)
    assert any(word in note and "scatter" in note for note in curve.notes)


def test_flux_about_zero_of_no_photometry_is_refused(write):
    frame = table()
    frame["flux"] = 1e12 * (frame["flux"] - np.median(frame["flux"]))
    with pytest.raises(BadLightCurve, match="1 plus the relative change"):
        HERON.read(write(frame))


def test_times_days_apart_are_refused(write):
    frame = table()
    frame["time"] *= 86400
    with pytest.raises(BadLightCurve, match=r"cadences are 600 days apart; give time in days"):
        HERON.read(write(frame))


@pytest.mark.parametrize(
    ("step", "exposure", "notes"), [(0.1, 60, 1), (1.05, 600, 0), (3, 1800, 1)]
)
def test_the_exposure_is_the_missions_or_the_step(write, step, exposure, notes):
    frame = table()
    frame["time"] *= step
    curve = HERON.read(write(frame))
    assert curve.exposure == pytest.approx(exposure / 86400, rel=1e-6)
    assert len(curve.notes) == notes


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
        (table(flux=1e9 * (np.linspace(-1, 1, 40) - 0.5)), r"about zero.*give flux with"),
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
    magnitudes = Table({"time": frame["time"], "flux": 11 - 2.5 * np.log10(frame["flux"])})
    magnitudes["flux"].unit = "mag"
    magnitudes.write(path, overwrite=True)
    curve = HERON.read(path)
    assert curve.flux == pytest.approx(frame["flux"] / np.median(frame["flux"]), rel=1e-9)
    assert curve.notes == ("magnitudes were converted to flux relative to their median",)
    odd = Table({"time": frame["time"].to_numpy(), "flux": frame["flux"].to_numpy()})
    odd["time"].unit = "m"
    odd.write(path, overwrite=True)
    with pytest.raises(BadLightCurve, match="time is in m"):
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


def joined(frame, separator):
    return [separator.join(f"{value:.9f}" for value in row) for row in frame.to_numpy()]


TEXTS = {
    "commas": (",", ["time,flux,error"]),
    "semicolons": (";", ["time;flux;error"]),
    "tabs": ("\t", ["Time\tFlux\tFlux_err"]),
    "blanks": ("   ", ["time flux error"]),
    "commented names": (" ", ["# a survey", "# time flux error", "# one line more"]),
    "commented names with commas": (" ", ["#time, flux, error"]),
    "other comments": (",", ["", "% a survey", "", "; of herons", "time,flux,error"]),
    "clock and error by name": (" ", ["# BJD_TDB rel_flux e_flux"]),
    "clock in a comment": (" ", ["# times are BJD - 2457000", "# t_bjd flux sigma"]),
    "no names": (" ", ["# nothing"]),
    "no names and commas": (",", []),
}


@pytest.mark.parametrize(
    "ending", [".txt", ".dat", ".tsv", ".csv", ".lc", "", ".txt.gz", ".csv.gz"]
)
@pytest.mark.parametrize("form", TEXTS)
def test_text_of_any_form(form, ending, tmp_path):
    separator, head = TEXTS[form]
    frame = table(error=np.full(40, 1e-3))
    path = tmp_path / f"HERON_7{ending}"
    text = "\n".join([*head, *joined(frame, separator)]) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    curve = HERON.read(path)
    assert curve.target == "HERON 7"
    assert curve.time == pytest.approx(frame["time"], abs=1e-8)
    assert curve.flux == pytest.approx(frame["flux"], abs=1e-8)
    assert curve.flux_error == pytest.approx(1e-3)
    assert len(curve.notes) == ("no names" in form)


def test_the_unit_of_a_columns_name_counts(tmp_path):
    frame = table()
    path = tmp_path / "HERON_7.txt"
    rows = frame.assign(time=frame["time"] + 57000, flux=1e6 * (frame["flux"] - 1))
    path.write_text("\n".join(["MJD,flux_ppm", *joined(rows, ",")]))
    curve = HERON.read(path)
    assert curve.time == pytest.approx(frame["time"] + 0.5, abs=1e-8)
    assert curve.flux == pytest.approx(frame["flux"], abs=1e-8)
    assert len(curve.notes) == 2


def test_mjd_that_is_not_called_so_is_refused_with_the_remedy(write):
    frame = table()
    frame["time"] += 57000
    with pytest.raises(BadLightCurve, match=r"HERON_7.*MJD or BJD - 2400000.*name the column mjd"):
        HERON.read(write(frame))


def test_an_ipac_table(tmp_path):
    path, frame = tmp_path / "HERON_7.tbl", table()
    Table.from_pandas(frame).write(path, format="ascii.ipac")
    assert HERON.read(path).flux == pytest.approx(frame["flux"], rel=1e-9)


def test_other_binary_files_are_named(tmp_path):
    path = tmp_path / "HERON_7.npy"
    np.save(path, np.ones((3, 40)))
    with pytest.raises(BadLightCurve, match=r"HERON_7\.npy is neither FITS nor a table"):
        HERON.read(path)


@pytest.mark.parametrize("ending", [".csv.gz", ".txt.gz"])
def test_a_truncated_packed_table_is_named(tmp_path, ending):
    path = tmp_path / f"HERON_7{ending}"
    frame = table(count=4000)
    path.write_bytes(gzip.compress("\n".join(["time,flux", *joined(frame, ",")]).encode()))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(BadLightCurve, match=r"cannot read .*HERON_7"):
        HERON.read(path)


def test_a_readme_beside_light_curves_is_no_target(tmp_path):
    table().to_csv(tmp_path / "HERON_7.csv", index=False)
    (tmp_path / "README.txt").write_text("light curves of herons\n")
    assert open_library(HERON, folder=tmp_path).targets() == ["HERON 7"]


def test_magnitudes_that_are_called_flux_are_refused(write):
    frame = table()
    frame["flux"] = 12 - 2.5 * np.log10(frame["flux"])
    with pytest.raises(BadLightCurve, match=r"of about 12 may be magnitudes; name the column flux"):
        HERON.read(write(frame))


@pytest.mark.parametrize("level", [0.5, 1.0, 30.0, 1e4])
def test_quiet_flux_of_no_magnitudes_level_is_read(write, level):
    frame = table()
    frame["flux"] = level * frame["flux"]
    curve = HERON.read(write(frame))
    assert curve.flux == pytest.approx(frame["flux"], rel=1e-12) and curve.notes == ()


@pytest.mark.parametrize("noise", [0.3, 1.0])
def test_counts_of_a_faint_star_get_none(write, noise):
    frame = table()
    frame["flux"] = np.random.default_rng(1).normal(12, noise, len(frame))
    assert HERON.read(write(frame)).notes == ()


def test_magnitudes_without_names_are_refused(tmp_path):
    path, frame = tmp_path / "HERON_7.txt", table()
    frame["flux"] = 12 - 2.5 * np.log10(frame["flux"])
    path.write_text("\n".join(joined(frame, " ")))
    with pytest.raises(BadLightCurve, match=r"may be magnitudes; write a first line"):
        HERON.read(path)


@pytest.mark.parametrize("order", [["flux", "time"], ["number", "time", "flux"]])
def test_columns_without_names_in_another_order_are_refused(tmp_path, order):
    path, frame = tmp_path / "HERON_7.txt", table()
    frame["number"] = np.arange(len(frame), dtype=float)
    path.write_text("\n".join(joined(frame[order], " ")))
    with pytest.raises(BadLightCurve, match=r"no names, and the second.*ascends as times do"):
        HERON.read(path)


@pytest.mark.parametrize(
    ("separator", "names"),
    [
        (";", ["BTJD", "flux"]),
        ("\t", ["BTJD", "flux"]),
        (" ", ["BTJD", "flux"]),
        (";", []),
        ("\t", []),
    ],
)
def test_decimal_commas(tmp_path, separator, names):
    path, frame = tmp_path / "HERON_7.txt", table()
    rows = [line.replace(".", ",") for line in joined(frame, separator)]
    path.write_text("\n".join([*([separator.join(names)] if names else []), *rows]))
    curve = HERON.read(path)
    assert curve.time == pytest.approx(frame["time"], abs=1e-8)
    assert curve.flux == pytest.approx(frame["flux"], abs=1e-8)


@pytest.mark.parametrize("text", ['{"time": [1.5, 2.5], "flux": [1.0, 1.0]}', "<html>404</html>"])
def test_other_text_is_named(tmp_path, text):
    path = tmp_path / "HERON_7.csv"
    path.write_text(text)
    with pytest.raises(BadLightCurve, match="neither FITS nor a table"):
        HERON.read(path)


def test_segments_as_text_and_calendar_dates(tmp_path):
    frame = table(sector=np.where(np.arange(40) < 20, "S0041", "S0042"))
    frame.to_csv(tmp_path / "a.csv", index=False)
    assert [one.number for one in HERON.read(tmp_path / "a.csv").segments] == [41, 42]
    frame["time"] = Time(frame["time"] + 2457000, format="jd").isot
    frame.to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(BadLightCurve, match=r"time holds calendar dates; give days, such as BJD"):
        HERON.read(tmp_path / "a.csv")


@pytest.mark.parametrize("order", [1, -1])
def test_stretches_of_other_cadences_have_their_own_exposures(write, order):
    seconds = [1800, 600, 200]
    parts = [100.0 * place + np.arange(0, 10, one / 86400) for place, one in enumerate(seconds)]
    time = np.concatenate(parts)[::order]
    flux = np.random.default_rng(3).normal(1.0, 1e-3, len(time))
    curve = HERON.read(write(pd.DataFrame({"time": time, "flux": flux})))
    assert [one.number for one in curve.segments] == [1, 2, 3]
    assert curve.flux == pytest.approx(flux[::order], rel=1e-12)
    exposures = 86400 * curve.exposures[[one.start for one in curve.segments]]
    assert exposures == pytest.approx(seconds, rel=1e-3)
    assert "3 segments are told by their cadences and counted from 1" in curve.notes


@pytest.mark.parametrize("days", [0.3, 2.0])
def test_short_stretches_of_another_cadence_are_no_segments(write, days):
    nights = [10.0 * place + np.arange(0, days, (600, 1800)[place % 2] / 86400) for place in (0, 1)]
    time = np.concatenate([*nights, 30 + np.arange(0, 20, 600 / 86400)])
    flux = np.random.default_rng(3).normal(1.0, 1e-3, len(time))
    curve = HERON.read(write(pd.DataFrame({"time": time, "flux": flux})))
    assert len(curve.segments) == 1 and curve.notes == ()


@pytest.mark.parametrize("fill", [0.0, -1.0, -9999.0, 1e30])
def test_times_that_are_fills_are_left_out(write, fill):
    frame = table(100)
    frame["time"] += 1500
    frame.loc[[7, 8, 30], "time"] = fill
    curve = HERON.read(write(frame))
    assert curve.time == pytest.approx(frame["time"].drop([7, 8, 30]), rel=1e-12)
    assert curve.notes == ("3 cadences left out: the time is a fill value",)


def test_days_since_the_first_cadence_keep_it(write):
    frame = table(100)
    frame["time"] -= frame["time"][0]
    assert len(HERON.read(write(frame))) == 100


def test_a_folded_table_is_refused(write):
    frame = table(1000)
    frame["time"] = (frame["time"] - 7.3) % 1.7321 - 0.86605
    frame = frame.sort_values("time")
    with pytest.raises(BadLightCurve, match=r"times from -0.86\d to 0.86\d d .*folded"):
        HERON.read(write(frame))


def test_a_time_that_pandas_keeps_as_index(tmp_path):
    frame = table()
    frame.set_index("time").to_parquet(tmp_path / "HERON_7.parquet")
    assert HERON.read(tmp_path / "HERON_7.parquet").time == pytest.approx(frame["time"])


def test_a_correction_is_no_time(write):
    frame = table()
    frame.insert(0, "time_corr", 1e-3)
    frame = frame.rename(columns={"time": "time_btjd"})
    assert HERON.read(write(frame)).time == pytest.approx(frame["time_btjd"], rel=1e-12)


def test_an_error_is_no_flux(write):
    frame = table().rename(columns={"flux": "Flux [rel]"})
    frame.insert(0, "e_Flux", 1e-3)
    curve = HERON.read(write(frame))
    assert curve.flux == pytest.approx(frame["Flux [rel]"], rel=1e-12)
    assert curve.flux_error == pytest.approx(1e-3)


@pytest.mark.parametrize("name", ["Normalized Flux", "detrended-flux", "Flux [rel]", "my_flux"])
def test_names_of_flux(write, name):
    frame = table().rename(columns={"flux": name})
    assert HERON.read(write(frame)).flux == pytest.approx(frame[name], rel=1e-12)


@pytest.mark.parametrize("name", ["flux_err", "SAP_FLUX", "raw_flux", "flux_bkg", "magerr"])
def test_names_of_no_corrected_flux(write, name):
    with pytest.raises(BadLightCurve, match="no column flux"):
        HERON.read(write(table().rename(columns={"flux": name})))
