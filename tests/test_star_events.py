"""All events of a star, one after the other, and how each relates to the others."""

from dataclasses import replace

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
from exoval.star_events import (
    known_events,
    place_among,
    sibling_values,
    star_events,
    without_found,
)

STAR = Star(target="KIC 1", radius=1.0, mass=1.0, teff=5772.0, logg=4.438)
STRONG, WEAK = Ephemeris(4.1, 101.0, 0.2), Ephemeris(9.7, 103.3, 0.25)
#: above the threshold at 30 and 12 sigma, and below it
THIRD, FOURTH, FAINT = (
    Ephemeris(6.3, 102.9, 0.2),
    Ephemeris(5.3, 104.4, 0.2),
    Ephemeris(7.7, 101.9, 0.2),
)
DEPTHS = {STRONG: 3e-3, WEAK: 1e-3, THIRD: 5e-4, FOURTH: 2e-4, FAINT: 2e-5}
SEARCH = BoxSearch(maximum_period_days=20.0)


def recipe(max_events):
    return Recipe(mission=kepler(), detrend=Biweight(), search=SEARCH, max_events=max_events)


@pytest.fixture(scope="module")
def light_curve():
    return with_signals(STRONG, WEAK)


@pytest.fixture(scope="module")
def crowded():
    return with_signals(*DEPTHS)


def with_signals(*signals):
    """A quarter with boxes of the depths above."""
    time = np.arange(100.0, 190.0, 0.0204)
    flux = np.ones(len(time))
    for ephemeris in signals:
        flux[ephemeris.in_event(time)] -= DEPTHS[ephemeris]
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


@pytest.mark.parametrize("epoch", [100.0, 103.0, 106.0])
def test_a_binary_found_at_half_its_catalogued_period_is_found(epoch):
    """At whichever of its events the epoch of the search lies."""
    found = [TransitEvent(ephemeris=Ephemeris(3.0, epoch, 0.1))]
    assert place_among(Ephemeris(6.0, 100.0, 0.1), found) == 0
    assert place_among(Ephemeris(6.0, 101.5, 0.1), found) == 1


def test_what_the_removal_of_an_event_left_is_not_the_event():
    """As in HAT-P-7: its phase curve is found at half its period, nearer to the given epoch."""
    event = Ephemeris(2.2047354, 121.3585, 0.162)
    itself = TransitEvent(ephemeris=Ephemeris(2.2048, 169.863, 0.144))
    left = TransitEvent(ephemeris=Ephemeris(1.1025, 170.9627, 0.146))
    wing = TransitEvent(ephemeris=Ephemeris(2.2047354, 121.3585, 0.05))
    assert place_among(event, [itself, left]) == place_among(event, [itself, wing]) == 0
    # with nothing else at its period, it is what was found at half of it
    assert place_among(event, [left]) == 0


def test_what_was_found_before_is_taken_out_whole(light_curve):
    found = star_events(light_curve, STAR, recipe(2))
    rest = without_found(light_curve, found[:1], recipe(2))
    assert not STRONG.in_event(rest.time, 2.0).any()
    assert WEAK.in_event(rest.time).sum() > 0.8 * WEAK.in_event(light_curve.time).sum()
    assert without_found(light_curve, [], recipe(2)) is light_curve


def test_a_mission_may_subtract_instead(light_curve):
    """No cadence is lost, the dips are gone, and the next event is found."""
    several = replace(recipe(2), mission=replace(kepler(), event_removal="subtract"))
    found = star_events(light_curve, STAR, several)
    assert [one.ephemeris.period for one in found] == [
        pytest.approx(4.1, rel=1e-3),
        pytest.approx(9.7, rel=1e-3),
    ]
    rest = without_found(light_curve, found[:1], several)
    assert len(rest) == len(light_curve)
    inside = STRONG.in_event(rest.time, 0.8) & ~WEAK.in_event(rest.time, 2.0)
    assert np.median(rest.flux[inside]) / np.median(rest.flux) == pytest.approx(1, abs=1e-4)
    for place in range(2):
        row = measure_real_event(light_curve, found[place], STAR, several).row
        assert row["depth"] == pytest.approx((3000, 1000)[place], rel=0.1)
        assert row["siblings_before"] == place


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
        sibling_values(found, 1, most_events=3)["strongest_sibling"]
        > 0
        > sibling_values(found, 0, most_events=3)["strongest_sibling"]
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


def test_known_signals_are_events_where_the_search_would_count_them(crowded):
    """Measured against the depths put in; the order in which they are known does not matter."""
    two = recipe(2)
    found = star_events(crowded, STAR, two)
    flat = without_found(two.detrend(crowded), found, two, is_flat=True)
    twice = Ephemeris(2 * THIRD.period, THIRD.epoch, THIRD.duration)
    two_transits = Ephemeris(60.0, THIRD.epoch, THIRD.duration)
    for known in (
        [FAINT, STRONG, FOURTH, twice, THIRD, WEAK],
        [THIRD, WEAK, FOURTH, twice, STRONG, FAINT],
    ):
        missed = known_events(known, found, flat, two)
        assert [one.ephemeris.period for one in missed] == [
            pytest.approx(6.3, rel=2e-3),
            pytest.approx(5.3, rel=2e-3),
        ]
        assert [one.depth for one in missed] == pytest.approx([5e-4, 2e-4], rel=0.2)
    assert known_events([FAINT, STRONG, two_transits], found, flat, two) == []


def test_known_signals_are_taken_out_and_compared_like_those_found(crowded):
    """The third and fourth of a star of which a search finds two."""
    row = {}
    for name, own in (("third", THIRD), ("fourth", FOURTH)):
        measured = [
            measure_real_event(crowded, TransitEvent(ephemeris=own), STAR, recipe(2), others=others)
            for others in ([WEAK, THIRD, FOURTH, FAINT], [FAINT, FOURTH, THIRD, STRONG])
        ]
        assert measured[0].row == pytest.approx(measured[1].row, nan_ok=True)
        row[name], time = measured[0].row, measured[0].folded.light_curve.time
        assert THIRD.in_event(time).any() == (own is THIRD)
        assert FOURTH.in_event(time).any()
        assert not STRONG.in_event(time).any() and not WEAK.in_event(time).any()
    assert row["third"]["strongest_sibling"] == pytest.approx(
        row["fourth"]["strongest_sibling"] + np.log10(12 / 30), abs=0.15
    )
    for one in row.values():
        # as a search of two events counts
        assert one["sibling_count"] == one["siblings_before"] == 1


def test_a_signal_below_the_threshold_changes_nothing(crowded):
    event = TransitEvent(ephemeris=STRONG)
    alone, known = (
        measure_real_event(crowded, event, STAR, recipe(5), others=others).row
        for others in ([], [FAINT])
    )
    assert known == pytest.approx(alone, nan_ok=True) and alone["sibling_count"] == 3
