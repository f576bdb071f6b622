"""The page of one event: drawn for events of every kind, and clear where there is none."""

import csv
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fabricate import cadences, kepler_fits, tess_fits
from hydra import compose, initialize_config_module
from hydra.utils import instantiate

from exoval.__main__ import main
from exoval.catalogs.named_signal import named_signal
from exoval.ephemeris import Ephemeris
from exoval.errors import BadLightCurve, ExovalError
from exoval.event import TransitEvent
from exoval.features.feature_group import default_features
from exoval.folded.folded_event import FoldedEvent
from exoval.lightcurve import LightCurve, Segment
from exoval.missions.kepler import kepler
from exoval.pages.broken_time_axis import broken_time_axis
from exoval.pages.event_page import event_page, strongest_event
from exoval.pages.feature_file import write_features
from exoval.pages.plot_event import plot_event
from exoval.real_event import measure_real_event
from exoval.recipe import Recipe
from exoval.star import Star

PLANET = Ephemeris(4.0123, 903.1, 0.2)


def page_of(curve, star, event=None, recipe=None):
    recipe = recipe or Recipe(mission=kepler())
    event = event or strongest_event(curve, star, recipe)
    return event_page(measure_real_event(curve, event, star, recipe), recipe)


def transits(ephemeris=PLANET, count=2200, depth=4e-3, seed=1, **others):
    columns = cadences(count=count, start=900.0, seed=seed, **others)
    columns["pdcsap_flux"] *= 1 - depth * ephemeris.in_event(columns["time"])
    return columns


def light_curve(columns):
    size = len(columns["time"])
    return LightCurve(
        target="KIC 1001",
        mission="kepler",
        time=columns["time"],
        flux=columns["pdcsap_flux"].astype(float),
        flux_error=columns["pdcsap_flux_err"].astype(float),
        exposure=0.0204,
        segments=(Segment(number=9, start=0, stop=size),),
        centroid_column=columns["mom_centr1"].astype(float),
        centroid_row=columns["mom_centr2"].astype(float),
    )


def words_of(figure):
    return [text.get_text().strip() for axes in figure.axes for text in [axes.title, *axes.texts]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A data folder with two stars and a table of objects of interest."""
    folder = tmp_path_factory.mktemp("data")
    kepler_fits(folder / "light_curves", 1001, 9, transits())
    kepler_fits(folder / "light_curves", 1002, 9, transits(depth=0.0))
    table = pd.DataFrame(
        {
            "kepid": [1001],
            "kepoi_name": ["K00042.01"],
            "koi_disposition": ["CANDIDATE"],
            "koi_period": [PLANET.period],
            "koi_time0bk": [PLANET.epoch],
            "koi_duration": [24 * PLANET.duration],
            "koi_depth": [4000.0],
            "koi_model_snr": [50.0],
        }
    )
    (folder / "tables" / "kepler").mkdir(parents=True)
    table.to_parquet(folder / "tables" / "kepler" / "koi_dr25_2020-07.parquet")
    return folder


@pytest.fixture(scope="module")
def page():
    return page_of(light_curve(transits()), Star(target="KIC 1001"), TransitEvent(ephemeris=PLANET))


@pytest.fixture
def drawn(monkeypatch):
    """The pages that the command draws."""
    pages = []
    monkeypatch.setattr(
        "exoval.pages.plot_event.plot_event", lambda page: pages.append(page) or plot_event(page)
    )
    return pages


def test_the_command_finds_the_event_and_draws_it(folder, tmp_path, capsys, drawn):
    main(
        [
            "plot-event",
            "KIC 1001",
            "--data",
            str(folder),
            "--maximum-period",
            "9",
            "--output",
            str(tmp_path / "page.png"),
            "--features",
            str(tmp_path / "row.json"),
        ]
    )
    assert capsys.readouterr().out.split() == [
        str(tmp_path / "page.png"),
        str(tmp_path / "row.json"),
    ]
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
    assert drawn[0].folded.period == pytest.approx(PLANET.period, abs=1e-3)
    assert drawn[0].folded.event.source == "box search"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["KIC 77"], "no light curve of 'KIC 77'"),
        (["KIC 1001", "--segments", "3"], "has no segment 3"),
        (["KIC 1001", "--segments", "first"], "give numbers such as 1,2,3"),
        (["KIC 1001", "--period", "4"], "epoch, duration missing"),
        (
            ["KIC 1001", "--period", "4", "--epoch", "903", "--duration", "200"],
            "200 hours, is as long as the period, 4 days",
        ),
        (
            ["KIC 1001", "--period", "400", "--epoch", "1200", "--duration", "5"],
            "data run from 900",
        ),
        (["KIC 1002"], "no event above"),
        (["KIC 1001", "--mission", "none"], "no mission named 'none'"),
        (["TIC 1001", "--mission", "kepler"], "stars are written 'KIC 1234567'"),
        (["TIC 1001"], "no light curve of mission tess"),
        (["K00043.01"], "similar names are K00042.01"),
        (["KIC 1001", "--maximum-period", "0.1"], "search range"),
        (["KIC 1001", "--data", "/nowhere"], "no folder /nowhere"),
        ([], "nothing to draw"),
        (["--file", "/nowhere.fits"], "no light curve at /nowhere.fits"),
        (["KIC 1001", "--features", "row.xlsx"], "end the name in .csv or .json"),
        (["KIC 1001", "--output", "/nowhere/page.png"], "choose another --output"),
    ],
)
def test_what_cannot_be_drawn_is_one_line_and_status_2(
    folder, tmp_path, capsys, monkeypatch, arguments, message
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        main(["plot-event", "--data", str(folder), *arguments])
    assert stopped.value.code == 2
    error = capsys.readouterr().err.strip()
    assert message in error and len(error.splitlines()) == 1


def test_a_julian_date_is_the_same_epoch(folder, tmp_path, drawn):
    for epoch in (903.1, 2454833.0 + 903.1):
        main(
            [
                "plot-event",
                "1001",
                "--data",
                str(folder),
                "--period",
                "4.0123",
                "--epoch",
                str(epoch),
                "--duration",
                "4.8",
                "--output",
                str(tmp_path / "page.png"),
            ]
        )
    assert drawn[0].folded.event.ephemeris.period == pytest.approx(4.0123, abs=1e-3)
    assert drawn[0].folded.event.ephemeris.epoch == pytest.approx(
        drawn[1].folded.event.ephemeris.epoch, abs=1e-3
    )


def test_a_catalogued_signal_is_drawn_by_its_name(folder, tmp_path, drawn):
    main(["plot-event", "KOI-42.01", "--data", str(folder), "--output", str(tmp_path / "p.png")])
    assert drawn[0].raw.target == "KIC 1001"
    assert drawn[0].folded.event.source == "K00042.01 in KOI (CANDIDATE)"
    assert "K00042.01" in plot_event(drawn[0]).get_suptitle()


@pytest.mark.parametrize("name", ["K00042.01", "k42.01", "KOI-42.01", "KOI 42.01"])
def test_a_name_may_be_written_in_several_ways(folder, monkeypatch, name):
    monkeypatch.setenv("EXOVAL_DATA", str(folder))
    assert named_signal(name, "KIC").name == "K00042.01"


def test_files_of_the_users_own_need_no_folder(tmp_path, monkeypatch, drawn):
    monkeypatch.delenv("EXOVAL_DATA", raising=False)
    paths = []
    for quarter, start in ((9, 900.0), (10, 960.0)):
        columns = cadences(count=2200, start=start, seed=quarter)
        columns["pdcsap_flux"] *= 1 - 4e-3 * PLANET.in_event(columns["time"])
        paths.append(str(kepler_fits(tmp_path, 1001, quarter, columns)))
    given = ["--period", "4.0123", "--epoch", "903.1", "--duration", "4.8"]
    main(["plot-event", "--file", *paths, *given, "--output", str(tmp_path / "page.png")])
    assert [segment.number for segment in drawn[0].raw.segments] == [9, 10]
    assert drawn[0].folded.star.teff == 5900.0
    with pytest.raises(SystemExit):
        main(["plot-event", "KIC 5", "--file", *paths, *given])


def test_a_plain_table_is_a_file_too(tmp_path, drawn):
    columns = transits()
    table = tmp_path / "my_star.csv"
    np.savetxt(
        table,
        np.c_[columns["time"], columns["pdcsap_flux"]],
        delimiter=",",
        header="time,flux",
        comments="",
    )
    main(["plot-event", "--file", str(table), "--output", str(tmp_path / "t.png")])
    assert drawn[0].raw.target == "my star"
    assert drawn[0].folded.period == pytest.approx(PLANET.period, abs=1e-3)


def test_a_star_of_a_mission_without_catalogues_may_have_any_name(tmp_path, drawn):
    columns = transits()
    np.savetxt(
        tmp_path / "NG0531_12b.csv",
        np.c_[columns["time"], columns["pdcsap_flux"]],
        delimiter=",",
        header="time,flux",
        comments="",
    )
    main(
        [
            "plot-event",
            "NG0531 12b",
            "--mission",
            "ngts",
            "--folder",
            str(tmp_path),
            "--output",
            str(tmp_path / "t.png"),
        ]
    )
    assert drawn[0].raw.target == "NG0531 12b"


def test_a_star_of_tess_needs_no_other_option(tmp_path, drawn):
    columns = transits(Ephemeris(2.0, 900.7, 0.1), 9000, 8e-3, exposure_seconds=120.0)
    tess_fits(tmp_path / "light_curves", 55, 20, columns)
    main(["plot-event", "TIC 55", "--data", str(tmp_path), "--output", str(tmp_path / "t.png")])
    assert drawn[0].folded.period == pytest.approx(2.0, abs=0.002)
    assert drawn[0].time_zero == 2457000.0


def test_a_single_transit_is_found_and_drawn():
    once = Ephemeris(500.0, 921.0, 0.3)
    page = page_of(light_curve(transits(once)), Star(target="KIC 1001"))
    assert page.folded.event.source == "search for single events"
    assert page.folded.event.ephemeris.epoch == pytest.approx(once.epoch, abs=0.03)
    figure = plot_event(page)
    assert "no odd events" in words_of(figure)
    assert "period unknown (" in figure.get_suptitle()


def test_the_features_are_those_of_the_configuration():
    with initialize_config_module("conf", version_base="1.3"):
        chosen = compose("simulate", ["host=procedural"])
        built = instantiate(chosen.feature, _convert_="all")
    # equal frozen dataclasses: the settings agree too
    assert default_features() == dict(built)


def test_every_feature_is_written_once_on_the_page(page):
    texts = [text.get_text() for axes in plot_event(page).axes for text in axes.texts]
    for name in page.row:
        # names are indented below those of the groups
        listed = not name.startswith("shape_bin") and not name.endswith("_reason")
        assert texts.count(f"  {name}") == listed, name
    assert texts[texts.index("  period") + 1] == f"{page.row['period']:.4g}"


def test_feature_files_hold_every_column(page, tmp_path):
    row = {**page.row, "teff": np.nan}
    page = replace(page, measured=replace(page.measured, row=row))
    write_features(page, tmp_path / "row.json")
    write_features(page, tmp_path / "row.csv")
    content = json.loads((tmp_path / "row.json").read_text())
    rows = list(csv.DictReader((tmp_path / "row.csv").open()))
    assert list(content["features"]) == [row["name"] for row in rows] == list(page.row)
    assert content["period_days"] == page.folded.period and content["target"] == "KIC 1001"
    for row in rows:
        value = page.row[row["name"]]
        assert (
            float(row["value"]) == content["features"][row["name"]] == value
            if np.isfinite(value)
            else row["value"] == "" and content["features"][row["name"]] is None
        )


def test_the_periodogram_reaches_the_period_and_peaks_there(page):
    power = page.periodogram
    assert power.period[np.argmax(power.power)] == pytest.approx(PLANET.period, rel=2e-3)
    fast = Ephemeris(0.4, 900.1, 0.05)
    short = page_of(
        light_curve(transits(fast)), Star(target="KIC 1001"), TransitEvent(ephemeris=fast)
    )
    assert short.periodogram.period[0] < 0.4


def test_odd_and_even_share_a_scale_and_the_model_goes_through_both(page):
    figure = plot_event(page)
    odd, even = (
        next(axes for axes in figure.axes if name in axes.get_title()) for name in (" odd", " even")
    )
    assert odd.get_ylim() == even.get_ylim()
    for axes in (odd, even):
        model = next(line for line in axes.lines if len(line.get_xdata()) == 500)
        assert model.get_ydata().min() == pytest.approx(-4000, rel=0.1)
        assert model.get_ydata()[0] == pytest.approx(0, abs=200)


def test_the_other_dip_is_centred_on_its_phase():
    away = replace(PLANET, epoch=PLANET.epoch + 0.37 * PLANET.period)
    columns = transits()
    columns["pdcsap_flux"] *= 1 - 2e-3 * away.in_event(columns["time"])
    page = page_of(light_curve(columns), Star(target="KIC 1001"), TransitEvent(ephemeris=PLANET))
    panel = next(axes for axes in plot_event(page).axes if "phase" in axes.get_title())
    phase = float(panel.get_title().split("phase ")[1].split(",")[0])
    assert phase == pytest.approx(0.37, abs=0.01)
    hours, flux = panel.lines[0].get_data()
    assert np.median(flux[np.abs(hours) < 1.5]) == pytest.approx(-2000, rel=0.2)
    assert abs(np.median(flux[np.abs(hours) > 4])) < 300
    assert sum(panel.get_xlim()) == pytest.approx(0)


@pytest.mark.parametrize("kind", ["one event", "no centroids", "only odd", "events alone"])
def test_what_is_missing_is_left_out_and_the_page_is_drawn(page, tmp_path, kind):
    folded = page.folded
    keep = {
        "one event": folded.event_number == 3,
        "no centroids": folded.inside | True,
        "only odd": folded.event_number % 2 == 1,
        "events alone": ~folded.clear,
    }[kind]
    curve = folded.light_curve.keep(keep)
    if kind == "no centroids":
        nothing = np.full(len(curve), np.nan)
        curve = replace(curve, centroid_column=nothing, centroid_row=nothing)
    event = FoldedEvent(curve, folded.event, folded.star, curve)
    figure = plot_event(
        replace(page, measured=replace(page.measured, folded=event), periodogram=None)
    )
    figure.savefig(tmp_path / "page.png", dpi=40)
    words = " ".join(words_of(figure))
    expected = {
        "one event": "no even events",
        "no centroids": "no centroids",
        "only odd": "no even events",
        "events alone": "no data away\nfrom the event",
    }
    assert expected[kind] in words and "too short to search" in words


def test_no_words_lie_on_others_in_the_list(page):
    figure = plot_event(page)
    figure.canvas.draw()
    panel = max(figure.axes, key=lambda axes: len(axes.texts))
    words = [text for text in panel.texts if text.get_text().strip()]
    boxes = np.array([text.get_window_extent().extents for text in words])
    (x0, y0, x1, y1), (u0, v0, u1, v1) = boxes.T[:, :, None], boxes.T[:, None, :]
    wide = np.minimum(x1, u1) - np.maximum(x0, u0)
    high = np.minimum(y1, v1) - np.maximum(y0, v0)
    pairs = np.argwhere(np.triu((wide > 0) & (high > 2), 1))
    assert not [(words[i].get_text(), words[j].get_text()) for i, j in pairs]


def test_long_gaps_are_cut_and_short_ones_are_not():
    time = np.concatenate(
        [np.arange(0, 27, 0.1), np.arange(700, 727, 0.1), np.arange(730, 750, 0.1)]
    )
    clock = broken_time_axis(time)
    place = clock(time)
    step = np.diff(place)
    # order stays, time within a stretch stays, and only the gap of two years shrinks
    assert np.all(step > 0) and len(clock.cuts) == 1
    assert np.sum(np.abs(step - np.diff(time)) > 1e-6) == 1
    assert step[269] < 0.05 * 75
    ticks = clock.ticks()
    assert np.all((ticks <= 27) | ((ticks >= 700) & (ticks <= 750)))
    assert (ticks < 27).any() and (ticks > 700).any() and 5 < len(ticks) < 25
    assert len(broken_time_axis(time[:270]).cuts) == 0


def test_without_matplotlib_the_extra_is_named(page, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ExovalError, match=r"exoval\[report\]"):
        plot_event(page)


def test_an_ephemeris_without_data_says_so():
    with pytest.raises(BadLightCurve, match="give another ephemeris"):
        page_of(
            light_curve(transits()),
            Star(target="KIC 1001"),
            TransitEvent(ephemeris=Ephemeris(400.0, 1200.0, 0.2)),
        )


def test_help_needs_no_numerical_library():
    script = (
        "import sys\nfrom exoval.__main__ import main\ntry:\n    main(['--help'])\n"
        "except SystemExit:\n    pass\nprint([m for m in ('numpy', 'hydra') "
        "if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=True,
    )
    assert "plot-event" in done.stdout and done.stdout.strip().endswith("[]")


def test_a_real_planet_is_drawn(sample_folder, tmp_path, drawn):
    main(["plot-event", "K00002.01", "--segments", "9", "--output", str(tmp_path / "p.png")])
    assert (tmp_path / "p.png").stat().st_size > 50_000
    assert drawn[0].row["secondary_phase"] == pytest.approx(0.5, abs=0.01)
