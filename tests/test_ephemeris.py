"""Which periods and which events are of one signal."""

import numpy as np
import pytest

from exoval.ephemeris import (
    SAME_FOUND_PERIOD,
    SAME_PERIOD,
    Ephemeris,
    is_other_period,
    is_same_signal,
)


@pytest.mark.parametrize("multiple", [0.5, 1.0, 2.0])
def test_a_period_and_its_half_and_double_are_of_one_signal(multiple):
    for off, other in ((0.9, False), (1.1, True)):
        period = 10.0 * multiple * (1 + off * SAME_PERIOD)
        assert is_other_period(period, 10.0) is other


def test_more_multiples_are_looked_at_where_they_are_given():
    assert is_other_period(30.0, 10.0)
    assert not is_other_period(30.0, 10.0, multiples=(1.0, 3.0))


def test_resonant_planets_are_two_signals_for_catalogues_and_one_for_a_search():
    """KOI-730.01 and .04 (Fabrycky et al. 2014, ApJ 790, 146: a chain of 8:6:4:3)."""
    periods = 14.78767172, 7.38443269
    assert is_other_period(*periods)
    assert not is_other_period(*periods, within=SAME_FOUND_PERIOD)


def test_a_hundredth_apart_is_another_period_however_coarse():
    for period in np.array([0.5, 5.0, 500.0]):
        assert is_other_period(1.01 * period, period, within=SAME_FOUND_PERIOD)


@pytest.mark.parametrize("multiple", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("apart", [0.0, 0.04, 0.07, 0.08, 1.0])
def test_signals_are_the_same_where_their_events_coincide(multiple, apart):
    """Against brute force: no event of the longer period is more than 3/4 duration off."""
    short = Ephemeris(4.0, 100.0, 0.1)
    long = Ephemeris(4.0 * multiple, 112.0 + apart, 0.1)
    middles = long.epoch + long.period * np.arange(20)
    all_events = short.epoch + short.period * np.arange(-50, 400)
    nearest = np.abs(middles[:, None] - all_events).min(axis=1)
    expected = bool((nearest < 0.075).all()) or multiple == 1
    assert is_same_signal(short, long) is is_same_signal(long, short) is expected


def test_the_planets_of_toi_1136_near_2_to_1_are_two_signals():
    """TOI-1136 c and d (Dai et al. 2023, AJ 165, 33): 2.0002, closer than any period tells."""
    c, d = Ephemeris(6.2586065, 2.1, 3.2 / 24), Ephemeris(12.5187279, 4.9, 5.4 / 24)
    assert not is_other_period(d.period, c.period)
    assert not is_same_signal(c, d)


def test_both_eclipses_of_a_binary_are_one_signal():
    primary, secondary = Ephemeris(3.0, 100.0, 0.1), Ephemeris(3.0, 101.4, 0.1)
    assert is_same_signal(primary, secondary)
    # found again at half the period, on both eclipses
    assert is_same_signal(primary, Ephemeris(1.5, 101.5, 0.1))
