"""Comparable events: which they are, and how well they pin the odds down."""

import math

import numpy as np
import pytest

from exoval.errors import BadParameter
from exoval.posterior.comparable_events import ENOUGH, REACH, ComparableEvents, comparable_events


def test_events_within_reach_are_counted_by_their_rates():
    log_odds = np.array([0.0, 0.5, -0.9, 1.2, -5.0, 0.2])
    rate = np.array([1.0, 1.0, 2.0, 9.0, 9.0, 0.0])
    is_planet = np.array([True, True, False, True, False, True])
    near = comparable_events(log_odds, rate, is_planet).near(0.0)
    # the one without a rate says nothing, and those farther than REACH are left out
    assert REACH == 1.0
    assert (near.number, near.planets, near.others) == (3, pytest.approx(2), pytest.approx(1))


def test_the_error_is_that_of_a_ratio_of_two_counts():
    random = np.random.default_rng(0)
    near = comparable_events(np.zeros(150), np.ones(150), np.arange(150) < 100).near(0.0)
    counts = random.poisson(100, 200_000), random.poisson(50, 200_000)
    scatter = np.std(np.log(counts[0]) - np.log(np.maximum(counts[1], 1)))
    assert near.error == pytest.approx(scatter, rel=0.03)


def test_the_factor_multiplies_the_rarer_kind_to_enough():
    near = comparable_events(np.zeros(110), np.ones(110), np.arange(110) < 100).near(0.0)
    assert not near.sufficient
    assert near.factor * near.others == pytest.approx(ENOUGH)
    missing = comparable_events(np.zeros(100), np.ones(100), np.ones(100, bool)).near(0.0)
    assert math.isinf(missing.factor) and math.isfinite(missing.error)


def test_events_that_are_not_in_order_are_refused():
    with pytest.raises(BadParameter, match="order"):
        ComparableEvents(log_odds=np.array([1.0, 0.0]), rate=np.ones(2), is_planet=np.ones(2))
