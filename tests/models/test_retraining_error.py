"""The regression of variances against variances that are known."""

import numpy as np
import pytest

from exoval.models.retraining_error import RetrainingError, learn_variance, learn_variances


def test_the_regression_finds_the_variance_of_each_event():
    random = np.random.default_rng(0)
    features = random.normal(size=(12_000, 2))
    variance = np.exp(features[:, 0])
    square = variance * random.chisquare(1, 12_000)
    log_odds = random.normal(size=12_000)
    error = RetrainingError(
        planet=learn_variance(log_odds, features, square, seed=0),
        classes=learn_variances(np.zeros((12_000, 1)), features, square[:, None], seed=0),
        scale=1.0,
    )
    found = error.of_planet(log_odds, features) ** 2
    inside = np.abs(features[:, 0]) < 1.5
    assert np.median(np.abs(np.log(found / variance))[inside]) < 0.2


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_classes_that_both_models_rule_out_leave_the_errors_of_the_others(share):
    random = np.random.default_rng(1)
    rows, classes = 4000, 5
    ruled_out = random.random((rows, classes)) < share
    log_odds = np.where(ruled_out, -13.8, random.normal(size=(rows, classes)))
    square = np.where(ruled_out, 0.0, random.chisquare(1, (rows, classes)))
    features = random.normal(size=(rows, 3))
    regression = learn_variances(log_odds, features, square, seed=0)
    error = RetrainingError(planet=regression, classes=regression, scale=1.0)
    found = error.of_classes(log_odds, features)
    possible = ~ruled_out
    assert 0.7 < np.sqrt(np.mean(found[possible] ** 2)) < 1.3
    assert found.max() < 10 and found[ruled_out].max() < 0.5
