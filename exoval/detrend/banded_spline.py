"""Compiled core of the robust spline: weighted least squares on cubic B-splines, many times over.

At every point four B-splines are above zero, so that the normal equations are a band of four
diagonals. The splines' values are computed once, and each round of reweighting costs some tens of
operations a point. Cholesky's factors of the band are as exact as the data deserve: B-splines are a
well-conditioned basis, and weights scale its rows.
"""

from __future__ import annotations

import numpy as np
from numba import njit

#: B-splines above zero at a point: the degree and one
ORDER = 4


@njit(cache=True, error_model="numpy")
def basis_values(time: np.ndarray, knots: np.ndarray) -> tuple:
    """Return the first of the cubic B-splines above zero at each point, and the values of four.

    ``time`` ascends between the first and the last of the ``knots``, which repeat at the ends. The
    shapes are (points,) and (points, 4); the recurrence is de Boor's (1978, A Practical Guide to
    Splines, chapter X).
    """
    first = np.empty(len(time), dtype=np.int64)
    values = np.empty((len(time), ORDER))
    left, right = np.empty(ORDER), np.empty(ORDER)
    interval, last = ORDER - 1, len(knots) - ORDER - 1
    for i in range(len(time)):
        while interval < last and time[i] >= knots[interval + 1]:
            interval += 1
        first[i] = interval - ORDER + 1
        values[i, 0] = 1.0
        for degree in range(1, ORDER):
            left[degree] = time[i] - knots[interval + 1 - degree]
            right[degree] = knots[interval + degree] - time[i]
            carried = 0.0
            for k in range(degree):
                share = values[i, k] / (right[k + 1] + left[degree - k])
                values[i, k] = carried + right[k + 1] * share
                carried = left[degree - k] * share
            values[i, degree] = carried
    return first, values


@njit(cache=True, error_model="numpy")
def robust_coefficients(
    time: np.ndarray,
    flux: np.ndarray,
    knots: np.ndarray,
    rounds: int,
    largest: float,
    least_weight: float,
) -> np.ndarray:
    """Return the coefficients of a cubic spline fitted with Tukey's weights, (knots - 4,).

    Residuals beyond ``largest`` times their median absolute deviation have ``least_weight``. The
    first of the ``rounds`` has equal weights.
    """
    first, values = basis_values(time, knots)
    count = len(knots) - ORDER
    weight = np.ones(len(time))
    size = np.empty(len(time))
    residual = np.empty(len(time))
    for _ in range(rounds):
        coefficients = _solve(first, values, flux, weight, count)
        for i in range(len(time)):
            trend = 0.0
            for k in range(ORDER):
                trend += values[i, k] * coefficients[first[i] + k]
            residual[i] = abs(flux[i] - trend)
            size[i] = residual[i]
        scatter = np.median(size)
        if not scatter > 0:
            break
        for i in range(len(time)):
            share = min(residual[i] / (largest * scatter), 1.0)
            weight[i] = max((1 - share * share) ** 2, least_weight)
    return coefficients


@njit(cache=True, error_model="numpy")
def _solve(
    first: np.ndarray, values: np.ndarray, flux: np.ndarray, weight: np.ndarray, count: int
) -> np.ndarray:
    """Solve the normal equations; ``band[i, k]`` is the matrix at row i and column i + k."""
    band = np.zeros((count, ORDER))
    result = np.zeros(count)
    for i in range(len(flux)):
        for k in range(ORDER):
            weighted = weight[i] * values[i, k]
            result[first[i] + k] += weighted * flux[i]
            for other in range(k, ORDER):
                band[first[i] + k, other - k] += weighted * values[i, other]
    for row in range(count):
        reach = min(ORDER, count - row)
        for k in range(1, reach):
            share = band[row, k] / band[row, 0]
            for other in range(k, reach):
                band[row + k, other - k] -= share * band[row, other]
            result[row + k] -= share * result[row]
    for row in range(count - 1, -1, -1):
        for k in range(1, min(ORDER, count - row)):
            result[row] -= band[row, k] * result[row + k]
        result[row] /= band[row, 0]
    return result
