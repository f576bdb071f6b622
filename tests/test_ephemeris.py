"""Which periods are of one signal."""

import numpy as np
import pytest

from exoval.ephemeris import SAME_FOUND_PERIOD, SAME_PERIOD, is_other_period


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
