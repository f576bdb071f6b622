"""The posterior of one event in words, and when there is none."""

import math

import numpy as np
import pytest

from exoval.posterior.comparable_events import Comparable
from exoval.posterior.event_posterior import CONVERGED, EventPosterior, concern_of
from exoval.posterior.sky_posterior import TERMS


def posterior(planet=0.9931, error=0.25, planets=400.0, others=80.0, **changed):
    probability = {"planet": planet, "eclipsing_binary": 1 - planet}
    return EventPosterior(
        **{
            "probability": probability,
            "planet": planet,
            "log_odds": math.log(planet / (1 - planet)),
            "error": error,
            "terms": {name: {"planet": 1.0, "eclipsing_binary": 0.5} for name in TERMS},
            "comparable": Comparable(number=12_400, planets=planets, others=others),
            "likely": ("planet",),
            **changed,
        }
    )


def test_the_sentence_has_the_number_its_error_and_what_it_rests_on():
    (line,) = posterior().lines()
    assert line == (
        "on the sky: P(planet) = 0.9931 +- 0.0017, 1 alternatives, 12,400 comparable events: "
        "converged"
    )


def test_the_interval_is_one_error_of_the_log_odds():
    low, high = posterior(planet=0.5, error=math.log(3)).interval
    assert (low, high) == (pytest.approx(0.25), pytest.approx(0.75))


def test_few_comparable_events_say_how_many_more_are_needed():
    assert "simulate 5 times as many" in posterior(others=10.0).verdict
    assert "no simulated other event" in posterior(others=0.0).verdict


def test_an_event_that_is_certainly_none_needs_no_further_planets():
    assert posterior(planet=1e-4, error=1.0, planets=0.0).verdict == CONVERGED
    assert posterior(planet=1e-2, error=1.0, planets=0.0).verdict != CONVERGED


def test_a_withheld_posterior_has_no_number_anywhere():
    withheld = posterior().withhold("it is new")
    numbers = [
        value
        for name, value in withheld.row().items()
        if name.startswith("posterior") and not isinstance(value, str)
    ]
    assert len(numbers) == 6 and np.all(np.isnan(numbers))
    assert withheld.verdict == "withheld: it is new"
    assert withheld.lines() == ["! no posterior on the sky: it is new"]


def test_a_radius_that_planets_brown_dwarfs_and_stars_share_is_named():
    concern = concern_of({"planet_radius": 11.2})
    assert "11.2 Earth radii" in concern
    assert posterior(concern=concern).verdict == concern


def test_the_table_begins_with_the_most_probable_label():
    lines = posterior().table()
    assert [line.split()[0] for line in lines[1:]] == ["planet", "eclipsing_binary"]
    assert all(name in lines[0] for name in TERMS)


def test_the_change_that_would_matter_is_named_with_its_factor():
    found = posterior(planet=0.9).changes(("planet",))
    # 0.1 of alternatives at 0.9 is 0.5 at nine times, and 0.99 at a eleventh
    assert found == [
        "P(planet) rises above 0.99 if eclipsing_binary were 0.0909 times as frequent",
        "P(planet) falls below 0.5 if eclipsing_binary were 9 times as frequent",
    ]
    assert posterior().withhold("it is new").changes(("planet",)) == []


def test_the_set_of_likely_labels_is_a_cell():
    assert posterior().row()["posterior_set"] == "planet"
