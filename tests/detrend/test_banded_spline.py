"""The compiled spline fit against scipy's, and its B-splines against scipy's."""

import numpy as np
import pytest
from scipy.interpolate import BSpline, make_lsq_spline

from exoval.detrend.banded_spline import basis_values, robust_coefficients
from exoval.detrend.spline import LEAST_WEIGHT, knots_between

RNG = np.random.default_rng(4)
TIME = np.sort(RNG.uniform(0.0, 30.0, 900))
KNOTS = knots_between(TIME, knot_days=0.6)


def fitted_by_scipy(flux, rounds, largest):
    weight = np.ones(len(TIME))
    for _ in range(rounds):
        spline = make_lsq_spline(TIME, flux, KNOTS, 3, w=np.sqrt(weight))
        residual = np.abs(flux - spline(TIME))
        share = np.clip(residual / (largest * np.median(residual)), 0, 1)
        weight = np.maximum((1 - share**2) ** 2, LEAST_WEIGHT)
    return spline


def test_the_basis_is_that_of_scipy():
    first, values = basis_values(TIME, KNOTS)
    dense = BSpline.design_matrix(TIME, KNOTS, 3).toarray()
    own = np.zeros_like(dense)
    for k in range(4):
        own[np.arange(len(TIME)), first + k] = values[:, k]
    np.testing.assert_allclose(own, dense, atol=1e-14)


@pytest.mark.parametrize("rounds", [1, 10])
def test_the_fit_is_that_of_scipys_qr(rounds):
    flux = 1 + 0.01 * np.sin(TIME) + 1e-3 * RNG.standard_normal(len(TIME))
    # a dip longer than an interval of knots, all of whose points have the least weight
    flux[(TIME > 11.0) & (TIME < 12.5)] -= 0.05
    coefficients = robust_coefficients(TIME, flux, KNOTS, rounds, 7.0, LEAST_WEIGHT)
    expected = fitted_by_scipy(flux, rounds, 7.0)
    np.testing.assert_allclose(
        BSpline(KNOTS, coefficients, 3)(TIME), expected(TIME), rtol=0, atol=1e-9
    )


def test_a_constant_is_fitted_exactly():
    coefficients = robust_coefficients(TIME, np.full(len(TIME), 2.0), KNOTS, 10, 7.0, LEAST_WEIGHT)
    np.testing.assert_allclose(coefficients, 2.0, rtol=1e-12)
