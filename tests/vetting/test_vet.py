"""What is judged may come from another library."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from astropy.time import Time
from undecided_model import Undecided

from exoval.detrend.biweight import Biweight
from exoval.ephemeris import Ephemeris
from exoval.errors import BadLightCurve, DataNotFound
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve, Segment
from exoval.missions.tess import tess
from exoval.recipe import Recipe
from exoval.star import Star
from exoval.vetting.examined_request import RequestExaminer
from exoval.vetting.judge import judge
from exoval.vetting.request import VettingRequest
from exoval.vetting.table_of_requests import read_requests
from exoval.vetting.trained_run import TrainedRun
from exoval.vetting.vet import vet
from exoval.vetting.vet_list import Vetting

STAR = Star(target="TIC 5", radius=1.0, teff=5772.0, logg=4.44)


RUN = TrainedRun(
    models={"undecided": Undecided()},
    leading="undecided",
    novelty=None,
    recipe=Recipe(mission=tess(), segments_per_light_curve=1),
)


def test_a_light_curve_of_another_library_is_judged_as_ones_own():
    event = Ephemeris(2.1, 1601.0, 0.1)
    time = 1600 + np.arange(0, 25, 600 / 86400)
    noise = 1e-3 * np.random.default_rng(0).standard_normal(len(time))
    flux = 1 + noise - 0.01 * event.in_event(time)
    error = np.full(len(time), 1e-3)
    own = LightCurve(
        target="TIC 5",
        mission="tess",
        time=time,
        flux=flux,
        flux_error=error,
        exposure=600 / 86400,
        segments=(Segment(number=11, start=0, stop=len(time)),),
    )
    given = SimpleNamespace(
        time=Time(2457000.0, time, format="jd", scale="tdb"),
        flux=np.ma.array(flux),
        flux_err=error,
        meta={"TICID": 5, "SECTOR": 11, "TIMEDEL": 600 / 86400},
    )
    for known in (TransitEvent(ephemeris=event), None):
        one, other = (vet(curve, STAR, RUN, event=known) for curve in (own, given))
        assert one.event.ephemeris.period == np.float64(other.event.ephemeris.period)
        assert abs(one.event.ephemeris.period - 2.1) < 1e-3
        np.testing.assert_allclose(
            other.folded.light_curve.flux, one.folded.light_curve.flux, rtol=1e-12
        )
        assert other.folded.light_curve.segments[0].number == 11


def test_where_nothing_is_found_it_is_said_what_was_guessed_and_left_out():
    time = 1600 + np.arange(0, 25, 600 / 86400)
    flux = 1 + 1e-3 * np.random.default_rng(0).standard_normal(len(time))
    flux[[100, 500]] = 0.0
    light_curve = LightCurve(
        target="TIC 5",
        mission="tess",
        time=time,
        flux=flux,
        flux_error=np.full(len(time), 1e-3),
        exposure=600 / 86400,
        segments=(Segment(number=1, start=0, stop=len(time)),),
        notes=("flux of about 1 may be magnitudes",),
    )
    with pytest.raises(BadLightCurve, match=r"no event.*may be magnitudes; 2 cadences left out"):
        vet(light_curve, STAR, RUN)


def test_events_of_a_list_are_events_of_their_star(tmp_path):
    """A model of several events: one answer an event, in any order and by whichever question."""
    signals = [(2.1, 1601.0, 0.010), (3.37, 1602.2, 0.004)]
    time = 1600 + np.arange(0, 25, 600 / 86400)
    flux = 1 + 5e-4 * np.random.default_rng(0).standard_normal(len(time))
    for period, epoch, depth in signals:
        flux -= depth * Ephemeris(period, epoch, 0.1).in_event(time)
    pd.DataFrame({"time": time, "flux": flux, "flux_err": 5e-4}).to_csv(
        tmp_path / "star.csv", index=False
    )
    rows = [f"TIC 5,star.csv,{period},{epoch},2.4" for period, epoch, _ in signals]
    rows.append("TIC 5,star.csv,,,")
    strong, weak, found = answers(tmp_path, rows).values()
    again = answers(tmp_path, rows[::-1])
    assert [again[one] for one in rows] == [strong, weak, found]
    assert (strong["siblings_before"], weak["siblings_before"]) == (0, 1)
    assert strong["sibling_count"] == weak["sibling_count"] == found["sibling_count"] == 1
    # the search and the list give ephemerides from which refinement ends at different durations
    assert found["mes"] == pytest.approx(strong["mes"], rel=0.15)


def answers(folder, rows):
    """The features by which a model of two events judges every row of a list."""
    path = folder / "list.csv"
    path.write_text("\n".join(["target,file,period_days,epoch_days,duration_hours", *rows]))
    recipe = Recipe(mission=tess(), detrend=Biweight(), max_events=2, segments_per_light_curve=1)
    results = {}
    run = replace(RUN, recipe=recipe)
    for row, request in zip(rows, read_requests(path), strict=True):
        (result,) = judge(run, list(RequestExaminer(recipe=recipe).examined(request)))
        values = result.table.frame.iloc[0].to_dict()
        results[row] = {name: values[name] for name in ("siblings_before", "sibling_count", "mes")}
    return results


def test_a_list_reads_the_index_of_a_library_once(monkeypatch, tmp_path):
    opened = []

    class Empty:
        def star(self, target):
            raise DataNotFound(f"no light curve of '{target}'")

    def count(mission, *, folder):
        opened.append(folder)
        return Empty()

    monkeypatch.setattr("exoval.vetting.examined_request.open_library", count)
    vetting = Vetting(tmp_path)
    vars(vetting)["run"] = RUN
    answers = [vetting(VettingRequest(target=f"TIC {number}")) for number in range(1, 6)]
    assert all("no light curve of" in answer.failed for answer in answers)
    assert opened == [None]
