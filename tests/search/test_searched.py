"""A further search looks where something can be, and finds what a whole search finds."""

from dataclasses import replace

import numpy as np
import pytest
from noisy_boxes import drift, light_curve, sampling

from exoval.ephemeris import Ephemeris
from exoval.search.box_search import BoxSearch
from exoval.search.searched import Searched
from exoval.star import Star

TIME = sampling(200)
STAR = Star(target="KIC 1")
SEARCH = BoxSearch()
FIRST = Ephemeris(7.3, 131.0, 0.2)


def first_search(depth=15.0, others=()):
    """A searched light curve, and what is left without its strongest event."""
    curve = light_curve(TIME, (FIRST, depth), *others)
    event, searched = SEARCH.event_and_searched(curve, STAR)
    assert drift(event.ephemeris, FIRST, TIME) < 0.5
    return searched, searched.light_curve.keep(~event.ephemeris.in_event(TIME, 2.2))


@pytest.mark.parametrize("depth", [12.0, 40.0, 2000.0])
def test_what_a_whole_search_would_find_is_searched(depth):
    searched, remains = first_search(depth)
    again = SEARCH.periodogram(remains, STAR, searched)
    # on the periods of the earlier grid, as the length of the data may have changed
    whole = SEARCH.periodogram(
        remains, STAR, Searched(light_curve=remains, periodogram=_raised(searched.periodogram))
    )
    np.testing.assert_array_equal(again.period, whole.period)
    strong = whole.power >= 0.85 * SEARCH.threshold
    np.testing.assert_array_equal(again.power[strong], whole.power[strong])
    np.testing.assert_array_equal(again.duration[strong], whole.duration[strong])
    np.testing.assert_array_equal(again.epoch[strong], whole.epoch[strong])
    assert again.power[~strong].max() < SEARCH.threshold


def _raised(periodogram):
    """A periodogram according to which every period is worth searching."""
    return replace(periodogram, power=np.full_like(periodogram.power, 1e3))


def test_most_periods_behind_a_planet_in_plain_noise_are_not_searched():
    searched, remains = first_search()
    durations = np.full(len(searched.periodogram.period), 0.2)
    wanted = searched.worth_searching(remains, threshold=7.1, longest=durations)
    assert 0 < wanted.mean() < 0.2


def test_the_level_that_a_deep_eclipse_pulled_down_makes_all_periods_worth_it():
    searched, remains = first_search(2000.0)
    longest = np.full(len(searched.periodogram.period), 0.2)
    assert searched.worth_searching(remains, threshold=7.1, longest=longest).mean() > 0.5


def test_a_second_planet_is_found_as_a_whole_search_finds_it():
    second = Ephemeris(17.9, 137.7, 0.25)
    searched, remains = first_search(30.0, others=[(second, 14.0)])
    event = SEARCH.event_and_searched(remains, STAR, searched)[0]
    alone = SEARCH(remains, STAR)
    assert drift(event.ephemeris, second, TIME) < 0.5
    assert event.signal_to_noise == pytest.approx(alone.signal_to_noise, rel=0.02)


def test_nothing_is_concluded_from_another_light_curve():
    searched, remains = first_search()
    changed = remains.with_flux(remains.flux * 1.00001)
    longest = np.full(len(searched.periodogram.period), 0.2)
    assert searched.worth_searching(changed, threshold=7.1, longest=longest) is None
    unsearched = Searched(light_curve=searched.light_curve, periodogram=None)
    assert unsearched.worth_searching(remains, threshold=7.1, longest=longest) is None
    whole = SEARCH.periodogram(changed, STAR, searched)
    np.testing.assert_array_equal(whole.power, SEARCH.periodogram(changed, STAR).power)
