import math

import numpy as np
import pytest
from scipy.stats import norm

from exoval.noise.robust_scatter import MAD_TO_SIGMA, robust_scatter


def test_the_factor_is_that_of_the_normal_distribution():
    assert pytest.approx(1 / norm.ppf(0.75), abs=5e-5) == MAD_TO_SIGMA


def test_it_is_the_standard_deviation_of_normal_values_whatever_the_outliers():
    values = np.random.default_rng(0).normal(7.0, 2.0, 100_000)
    assert robust_scatter(values) == pytest.approx(2.0, rel=0.01)
    values[:5000] = 1e6
    assert robust_scatter(values) == pytest.approx(2.0, rel=0.1)


def test_nothing_has_no_scatter():
    assert math.isnan(robust_scatter(np.empty(0)))
