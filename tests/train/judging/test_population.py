"""Metrics in the population against rows that are there as often as they count."""

import numpy as np
import pytest

from train.judging.metrics import judge
from train.judging.population import effective_numbers, judge_weighted

KEYS = ("roc_auc", "average_precision", "log_loss", "brier", "calibration_error", "recall_at_0.9")


def test_a_row_that_counts_three_times_is_three_rows():
    random = np.random.default_rng(0)
    is_planet = random.random(120) < 0.4
    probability = np.clip(0.3 + 0.4 * is_planet + random.normal(0, 0.2, 120), 0.01, 0.99)
    stars, times = np.arange(120) // 3, random.integers(1, 5, 120)
    weighted = judge_weighted(probability, is_planet, stars, 1e-4 * times, resamples=5, seed=0)
    repeated = judge(
        *(np.repeat(one, times) for one in (probability, is_planet, stars)), resamples=5, seed=0
    )
    for key in KEYS:
        assert weighted[key]["value"] == pytest.approx(repeated[key]["value"]), key


def test_effective_numbers_are_those_of_each_kind():
    numbers = effective_numbers(np.array([True, True, False]), np.array([0.1, 0.1, 0.7]))
    assert numbers["effective_planets"] == pytest.approx(2)
    assert numbers["effective_others"] == pytest.approx(1)
    assert numbers["planets_per_target"] == pytest.approx(0.2)
