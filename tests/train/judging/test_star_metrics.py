"""The fast numbers are the slow numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from train.judging import metrics
from train.judging.evaluate import star_weights
from train.judging.star_metrics import judge, means, ranking

SLOW = {
    "roc_auc": metrics.roc_auc,
    "pr_auc": metrics.average_precision,
    "recall_at_precision_99": metrics.recall_at_precision(0.99),
    "log_loss": metrics.log_loss,
    "base_rate_log_loss": metrics.base_rate_log_loss,
    "brier": metrics.brier,
    "ece": metrics.calibration_error,
    "precision_at_50": metrics.precision(0.5),
    "recall_at_90": metrics.recall(0.9),
}


def rows(seed, size=200):
    random = np.random.default_rng(seed)
    # two decimals, so that there are ties
    probability = np.round(random.random(size), 2)
    return probability, random.random(size) < probability**2, random.integers(0, 40, size)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_every_weighted_number_is_that_of_the_plain_definitions(seed):
    probability, truth, stars = rows(seed)
    weights = star_weights(stars.astype(str), 5, np.random.default_rng(seed))
    found = ranking(probability, truth, weights) | means(probability, truth, weights)
    for name, slow in SLOW.items():
        expected = [slow(probability, truth, weight) for weight in weights]
        np.testing.assert_allclose(found[name], expected, rtol=1e-9, atol=1e-12, err_msg=name)


def test_the_parts_of_the_brier_score_add_up():
    """Murphy 1973: exactly so where all probabilities of a bin are equal."""
    probability, truth, _ = rows(3, 4000)
    probability = np.floor(probability * 9.99) / 10 + 0.05
    found = means(probability, truth, np.ones((1, len(truth))))
    parts = found["brier_reliability"] - found["brier_resolution"] + found["brier_uncertainty"]
    assert parts[0] == pytest.approx(found["brier"][0], abs=1e-12)


def test_intervals_hold_the_value_and_shrink_with_more_stars():
    probability, truth, stars = rows(1, 6000)
    few, many = (
        judge(probability[:n], truth[:n], (stars[:n] + 40 * np.arange(n)).astype(str), 100, 0)[
            "log_loss"
        ]
        for n in (300, 6000)
    )
    for found in (few, many):
        assert found["low"] < found["value"] < found["high"]
    assert many["high"] - many["low"] < 0.5 * (few["high"] - few["low"])


def test_rows_of_one_star_are_drawn_together():
    """Copies of a star's rows tell nothing new, so the interval must not shrink."""
    probability, truth, _ = rows(2, 400)
    names = np.arange(400).astype(str)
    once = judge(probability, truth, names, 300, 0)["brier"]
    copied = judge(np.tile(probability, 4), np.tile(truth, 4), np.tile(names, 4), 300, 0)["brier"]
    width = [found["high"] - found["low"] for found in (once, copied)]
    assert width[1] == pytest.approx(width[0], rel=0.05)


def test_one_kind_of_row_has_no_ranking():
    found = judge(np.array([0.2, 0.8]), np.array([True, True]), np.array(["a", "b"]), 10, 0)
    assert found["roc_auc"]["value"] is None and "planets" in found["roc_auc"]["reason"]
    assert found["log_loss"]["value"] is not None
