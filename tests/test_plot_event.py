"""The page of one event: drawn for events of every kind, and clear where there is none."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fabricate import cadences, kepler_fits

import conf
from exoval.__main__ import main
from exoval.default_features import default_features
from exoval.ephemeris import Ephemeris
from exoval.errors import BadLightCurve, ExovalError
from exoval.event_page import event_page
from exoval.features.folded_event import FoldedEvent
from exoval.lightcurve import LightCurve, Segment
from exoval.plot_event import plot_event
from exoval.star import Star

PLANET = Ephemeris(4.0123, 903.1, 0.2)


def transits(ephemeris=PLANET, count=2200, depth=4e-3, seed=1):
    columns = cadences(count=count, start=900.0, seed=seed)
    columns["pdcsap_flux"] *= 1 - depth * ephemeris.in_event(columns["time"])
    return columns


def light_curve(columns, centroids=True):
    size = len(columns["time"])
    centroid = {"centroid_column": columns["mom_centr1"].astype(float),
                "centroid_row": columns["mom_centr2"].astype(float)} if centroids else {}
    return LightCurve("KIC 1001", "kepler", columns["time"], columns["pdcsap_flux"].astype(float),
                      columns["pdcsap_flux_err"].astype(float), 0.0204, (Segment(9, 0, size),),
                      **centroid)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kepler")
    kepler_fits(folder, 1001, 9, transits())
    kepler_fits(folder, 1002, 9, transits(depth=0.0))
    return folder


@pytest.fixture(scope="module")
def page():
    return event_page(light_curve(transits()), Star("KIC 1001"), PLANET)


def test_the_command_finds_the_event_and_draws_it(folder, tmp_path, capsys):
    main(["plot-event", "KIC 1001", "--folder", str(folder), "--maximum-period", "9",
          "--output", str(tmp_path / "page.png")])
    assert capsys.readouterr().out.strip() == str(tmp_path / "page.png")
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("arguments", "message"), [
    (["KIC 77"], "no light curve of 'KIC 77'"),
    (["KIC 1001", "--segments", "3"], "has no segment 3"),
    (["KIC 1001", "--segments", "first"], "give numbers such as 1,2,3"),
    (["KIC 1001", "--period", "4"], "--epoch, --duration missing"),
    (["KIC 1001", "--period", "4", "--epoch", "903", "--duration", "200"], "0 < duration < period"),
    (["KIC 1002"], "no event above"),
    (["KIC 1001", "--mission", "none"], "no mission named 'none'"),
    (["KIC 1001", "--maximum-period", "0.1"], "search range"),
    (["KIC 1001", "--folder", "/nowhere"], "no folder /nowhere"),
])
def test_what_cannot_be_drawn_is_one_line_and_status_2(folder, capsys, arguments, message):
    with pytest.raises(SystemExit) as stopped:
        main(["plot-event", "--folder", str(folder), *arguments])
    assert stopped.value.code == 2
    error = capsys.readouterr().err.strip()
    assert message in error and len(error.splitlines()) == 1


def test_a_julian_date_is_the_same_epoch(folder, tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr("exoval.plot_event.plot_event",
                        lambda page: drawn.append(page) or plot_event(page))
    for epoch in (903.1, 2454833.0 + 903.1):
        main(["plot-event", "KIC 1001", "--folder", str(folder), "--period", "4.0123", "--epoch",
              str(epoch), "--duration", "4.8", "--output", str(tmp_path / "page.png")])
    assert drawn[0].folded.event.ephemeris.period == pytest.approx(4.0123, abs=1e-3)
    assert drawn[0].folded.event.ephemeris.epoch == pytest.approx(
        drawn[1].folded.event.ephemeris.epoch, abs=1e-3)


def test_the_features_are_those_of_the_configuration(page):
    named = {path.stem for folder in conf.__path__
             for path in Path(folder, "feature").glob("*.yaml")}
    assert set(default_features()) == named
    assert set(page.row) == {c.name for group in page.features.values() for c in group.columns}


def test_every_feature_is_written_once_on_the_page(page):
    texts = [text.get_text().strip() for axes in plot_event(page).axes for text in axes.texts]
    for name in page.row:
        assert texts.count(name) == 1
    assert texts[texts.index("period") + 1] == f"{page.row['period']:.4g}"


def test_the_periodogram_reaches_the_period_and_peaks_there(page):
    power = page.periodogram
    assert power.period[np.argmax(power.power)] == pytest.approx(PLANET.period, rel=2e-3)
    short = event_page(light_curve(transits(Ephemeris(0.4, 900.1, 0.05))), Star("KIC 1001"),
                       Ephemeris(0.4, 900.1, 0.05))
    assert short.periodogram.period[0] < 0.4


@pytest.mark.parametrize("kind", ["one event", "no centroids", "only odd", "events alone"])
def test_what_is_missing_is_left_out_and_the_page_is_drawn(page, tmp_path, kind):
    folded = page.folded
    keep = {"one event": folded.event_number == 3, "no centroids": folded.inside | True,
            "only odd": folded.event_number % 2 == 1, "events alone": ~folded.clear}[kind]
    curve = folded.light_curve.keep(keep)
    if kind == "no centroids":
        nothing = np.full(len(curve), np.nan)
        curve = replace(curve, centroid_column=nothing, centroid_row=nothing)
    event = FoldedEvent(curve, folded.event, folded.star)
    figure = plot_event(replace(page, raw=curve, folded=event, periodogram=None))
    figure.savefig(tmp_path / "page.png", dpi=40)
    words = " ".join(text.get_text() for axes in figure.axes
                     for text in [axes.title, *axes.texts])
    expected = {"one event": "no even events", "no centroids": "no centroids",
                "only odd": "no even events", "events alone": "no data away\nfrom the event"}
    assert expected[kind] in words and "too short to search" in words


def test_an_ephemeris_without_data_says_so():
    with pytest.raises(BadLightCurve, match="give another ephemeris"):
        event_page(light_curve(transits()), Star("KIC 1001"), Ephemeris(400.0, 1200.0, 0.2))


def test_without_matplotlib_the_extra_is_named(page, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ExovalError, match=r"exoval\[report\]"):
        plot_event(page)


@pytest.mark.data
def test_a_real_planet_is_drawn(data_folder, tmp_path):
    main(["plot-event", "KIC 10666592", "--segments", "9", "--output", str(tmp_path / "p.png")])
    assert (tmp_path / "p.png").stat().st_size > 50_000
