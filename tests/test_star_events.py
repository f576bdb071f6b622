"""All events of a star, one after the other, and how each relates to the others."""

import numpy as np
import pytest

from exoval.detrend.biweight import Biweight
from exoval.ephemeris import Ephemeris
from exoval.event import TransitEvent
from exoval.features.feature_group import default_features
from exoval.lightcurve import LightCurve, Segment
from exoval.missions.kepler import kepler
from exoval.real_event import measure_real_event
from exoval.recipe import Recipe
from exoval.search.box_search import BoxSearch
from exoval.star import Star
from exoval.star_events import place_among, sibling_values, star_events, without_found

STAR = Star(target="KIC 1", radius=1.0, mass=1.0, teff=5772.0, logg=4.438)
STRONG, WEAK = Ephemeris(4.1, 101.0, 0.2), Ephemeris(9.7, 103.3, 0.25)
SEARCH = BoxSearch(maximum_period_days=20.0)


def recipe(max_events):
    return Recipe(mission=kepler(), detrend=Biweight(), search=SEARCH, max_events=max_events)


@pytest.fixture(scope="module")
def light_curve():
    time = np.arange(100.0, 190.0, 0.0204)
    flux = np.ones(len(time))
    for ephemeris, depth in ((STRONG, 3e-3), (WEAK, 1e-3)):
        flux[ephemeris.in_event(time)] -= depth
    flux += np.random.default_rng(1).normal(0, 2e-4, len(time))
    return LightCurve(
        target="KIC 1",
        mission="kepler",
        time=time,
        flux=1e4 * flux,
        flux_error=np.full(len(time), 2.0),
        exposure=0.0204,
        segments=(Segment(number=1, start=0, stop=len(time)),),
    )


def test_the_strongest_comes_first_and_nothing_after_the_last(light_curve):
    found = star_events(light_curve, STAR, recipe(9))
    periods = [event.ephemeris.period for event in found]
    assert periods == [pytest.approx(4.1, rel=1e-3), pytest.approx(9.7, rel=1e-3)]
    assert len(star_events(light_curve, STAR, recipe(1))) == 1


def test_an_event_has_its_place_by_its_period_and_phase():
    primary, secondary = (
        TransitEvent(ephemeris=Ephemeris(3.0, epoch, 0.1)) for epoch in (100.0, 101.4)
    )
    found = [primary, secondary]
    assert place_among(Ephemeris(3.0, 100.01, 0.1), found) == 0
    assert place_among(Ephemeris(3.0, 101.41, 0.1), found) == 1
    assert place_among(Ephemeris(7.7, 100.0, 0.1), found) == 2
    assert place_among(Ephemeris(7.7, 100.0, 0.1), []) == 0


def test_what_was_found_before_is_taken_out_whole(light_curve):
    found = star_events(light_curve, STAR, recipe(2))
    rest = without_found(light_curve, found[:1])
    assert not STRONG.in_event(rest.time, 2.0).any()
    assert WEAK.in_event(rest.time).sum() > 0.8 * WEAK.in_event(light_curve.time).sum()
    assert without_found(light_curve, []) is light_curve


def test_one_answer_an_event_whoever_asks(light_curve):
    """Searched or given, alone or with the others: the same cadences, and the same numbers."""
    several = recipe(3)
    found = star_events(light_curve, STAR, several)
    for place, event in enumerate(found):
        asked = [
            measure_real_event(light_curve, event, STAR, several),
            measure_real_event(light_curve, event, STAR, several, others=[WEAK, STRONG]),
        ]
        given = TransitEvent(ephemeris=(STRONG, WEAK)[place])
        asked.append(measure_real_event(light_curve, given, STAR, several))
        for measured in asked:
            assert measured.row["siblings_before"] == place
            assert measured.row["sibling_count"] == 1
            assert measured.row["mes"] == pytest.approx(asked[0].row["mes"], rel=0.02)
    assert (
        sibling_values(found, 1)["strongest_sibling"]
        > 0
        > sibling_values(found, 0)["strongest_sibling"]
    )


def test_an_event_that_the_search_does_not_find_comes_last(light_curve):
    unseen = TransitEvent(ephemeris=Ephemeris(17.3, 107.7, 0.2))
    try:
        row = measure_real_event(light_curve, unseen, STAR, recipe(5)).row
    except ValueError:
        pytest.skip("noise has no dip there")
    assert row["siblings_before"] == row["sibling_count"] == 2


def test_a_recipe_for_one_event_has_no_siblings():
    assert "siblings" in default_features()
    assert "siblings" not in recipe(1).features and "siblings" in recipe(2).features
