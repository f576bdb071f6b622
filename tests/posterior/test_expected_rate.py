"""The regression of rates against an analytic ratio of two densities."""

import numpy as np
import pytest

from exoval.posterior.expected_rate import FEWEST, learn_relative_rate


def test_the_regression_finds_the_ratio_of_population_and_proposal():
    random = np.random.default_rng(1)
    features = random.normal(size=(6000, 3))
    # of a proposal N(0, 1), the rates of a population N(0.6, 1) in a hidden quantity
    hidden = features[:, 0] + 0.3 * random.normal(size=6000)
    spread = np.sqrt(1.09)
    rate = 0.01 * np.exp((0.6 * hidden - 0.18) / spread**2)
    regression = learn_relative_rate(features, rate, seed=0)
    new = random.normal(size=(2000, 3))
    # E[exp(a h) | x] of h = x + N(0, 0.3)
    slope = 0.6 / spread**2
    expected = np.exp(slope * new[:, 0] - 0.18 / spread**2 + 0.5 * (0.3 * slope) ** 2)
    expected /= rate.mean() / 0.01
    found = regression.predict(new)
    assert np.corrcoef(np.log(found), np.log(expected))[0, 1] > 0.97
    assert np.mean(found) == pytest.approx(np.mean(expected), rel=0.05)


@pytest.mark.parametrize(
    "rate",
    [np.ones(300), np.linspace(1, 2, FEWEST - 1), np.r_[1e6, np.full(300, 1.0)], np.zeros(300)],
    ids=["constant", "few", "one that counts", "none"],
)
def test_rates_that_features_cannot_tell_apart_have_no_regression(rate):
    features = np.random.default_rng(0).normal(size=(len(rate), 2))
    assert learn_relative_rate(features, rate, seed=0) is None
