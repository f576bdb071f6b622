"""What was found is hidden, and what is left is found."""

import pytest
from noisy_boxes import drift, light_curve, sampling

from exoval.ephemeris import Ephemeris
from exoval.event import TransitEvent
from exoval.search.box_search import BoxSearch
from exoval.search.search_again import search_again
from exoval.star import Star

TIME = sampling(120)
STAR = Star(target="KIC 1")


def test_three_planets_one_after_the_other():
    planets = [
        (Ephemeris(3.1, 131.0, 0.1), 40),
        (Ephemeris(8.7, 133.2, 0.15), 22),
        (Ephemeris(21.9, 137.7, 0.2), 14),
    ]
    events = search_again(BoxSearch(), light_curve(TIME, *planets), STAR)
    assert len(events) == 3
    for event, (truth, _) in zip(events, planets):
        assert drift(event.ephemeris, truth, TIME) < 0.5
    strengths = [event.signal_to_noise for event in events]
    assert strengths == sorted(strengths, reverse=True)


def test_the_secondary_of_a_binary():
    primary = Ephemeris(5.9, 131.0, 0.2)
    secondary = Ephemeris(5.9, 131.0 + 0.43 * 5.9, 0.2)
    events = search_again(BoxSearch(), light_curve(TIME, (primary, 300), (secondary, 30)), STAR)
    assert len(events) == 2
    assert drift(events[0].ephemeris, primary, TIME) < 0.1
    assert drift(events[1].ephemeris, secondary, TIME) < 0.3
    assert events[1].ephemeris.period == pytest.approx(5.9, rel=1e-3)


def test_no_more_than_asked_for_and_nothing_in_noise():
    planets = [(Ephemeris(3.1, 131.0, 0.1), 40), (Ephemeris(8.7, 133.2, 0.15), 30)]
    assert len(search_again(BoxSearch(), light_curve(TIME, *planets), STAR, count=1)) == 1
    assert search_again(BoxSearch(), light_curve(TIME), STAR) == []


def test_it_ends_when_nothing_is_left():
    def everywhere(light_curve, star):
        return TransitEvent(ephemeris=Ephemeris(1.0, 0.0, 0.9))

    assert len(search_again(everywhere, light_curve(TIME), STAR, count=9)) == 1
