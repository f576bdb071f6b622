"""Compiled Levenberg-Marquardt fits of an event's shape: trapezoid and limb-darkened transit.

Both models give the dip at ascending times from mid-event. Projection keeps parameters within
their bounds; derivatives are finite differences.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from exoval.physics.exact_flux import fill_flux

#: which model: parameters are depth, duration, ingress share, offset, level
TRAPEZOID = 0
#: ln radius ratio, ln duration, offset, level; fixed are b / (1 + k), period, u1, u2, exposures
TRANSIT = 1

_NO_TIMES = np.empty(0)
#: shares of exposures, shape (exposures, times), where all times have the first exposure
ONE_EXPOSURE = np.empty((0, 0))


@njit(cache=True, error_model="numpy")
def scaled_axis(k: float, impact: float, duration: float, period: float) -> float:
    """a / R of a circular orbit whose transit takes ``duration`` from first to fourth contact."""
    sine = math.sin(min(math.pi * duration / period, 0.49 * math.pi))
    square = ((1 + k) ** 2 - impact * impact) / (sine * sine) + impact * impact
    return math.sqrt(max(square, (1 + k) ** 2 + 1e-6))


@njit(cache=True, error_model="numpy")
def fill_model(
    kind: int,
    parameters: np.ndarray,
    fixed: np.ndarray,
    shares: np.ndarray,
    time: np.ndarray,
    dip: np.ndarray,
) -> None:
    """Write the dip of a model at ascending ``time`` (days, or the unit of the duration).

    ``shares`` is the part that each exposure has at each time, or ONE_EXPOSURE.
    """
    if kind == TRAPEZOID:
        depth, duration, ingress, offset, level = parameters
        for i in range(time.size):
            rise = (1 - abs(time[i] - offset) / (0.5 * duration)) / max(ingress, 1e-6)
            dip[i] = level + depth * min(max(rise, 0.0), 1.0)
        return
    k, duration = math.exp(parameters[0]), math.exp(parameters[1])
    offset, level = parameters[2], parameters[3]
    share, period, u1, u2, exposure = fixed[0], fixed[1], fixed[2], fixed[3], fixed[4]
    impact = share * (1 + k)
    axis = scaled_axis(k, impact, duration, period)
    path = (period, axis, impact / axis, 0.0, 0.5 * math.pi)
    fill_flux(time, dip, offset, _NO_TIMES, path, k, 0.0, u1, u2, 0.3, 0.3, exposure)
    if shares.shape[0] > 1:
        dip[:] = 1 - shares[0] * (1 - dip)
        flux = np.empty(time.size)
        for j in range(1, shares.shape[0]):
            fill_flux(time, flux, offset, _NO_TIMES, path, k, 0.0, u1, u2, 0.3, 0.3, fixed[4 + j])
            dip -= shares[j] * (1 - flux)
    for i in range(time.size):
        dip[i] = level + 1 - dip[i]


@njit(cache=True, error_model="numpy")
def fit_model(
    kind: int,
    fixed: np.ndarray,
    shares: np.ndarray,
    time: np.ndarray,
    dip: np.ndarray,
    weight: np.ndarray,
    start: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    step: np.ndarray,
    most_rounds: int,
) -> tuple:
    """Best parameters by least squares from ``start``, their covariance and chi-squared.

    ``weight`` is one over the squared error, ``step`` the finite difference for derivatives.
    Chi-squared is infinite if the model cannot be evaluated at the start; the covariance is NaN
    if the normal equations are singular.
    """
    n = start.size
    best = np.minimum(np.maximum(start, lower), upper)
    model, trial_model = np.empty(time.size), np.empty(time.size)
    slopes = np.empty((n, time.size))
    fill_model(kind, best, fixed, shares, time, model)
    chi2 = _chi2(model, dip, weight)
    damping = 1e-2
    for _ in range(most_rounds):
        _fill_slopes(kind, best, fixed, shares, time, model, upper, step, slopes)
        curvature, gradient = _normal_equations(slopes, dip - model, weight)
        gained = 0.0
        for _ in range(8):
            damped = curvature.copy()
            for i in range(n):
                damped[i, i] += damping * max(curvature[i, i], 1e-300)
            move = solve(damped, gradient)
            trial = np.minimum(np.maximum(best + move, lower), upper)
            fill_model(kind, trial, fixed, shares, time, trial_model)
            trial_chi2 = _chi2(trial_model, dip, weight)
            if trial_chi2 < chi2:
                gained = chi2 - trial_chi2
                best, chi2 = trial, trial_chi2
                model[:] = trial_model
                damping = max(0.1 * damping, 1e-9)
                break
            damping *= 6.0
        if gained < 1e-4 + 1e-9 * chi2:
            break
    _fill_slopes(kind, best, fixed, shares, time, model, upper, step, slopes)
    curvature, gradient = _normal_equations(slopes, dip - model, weight)
    covariance = np.empty((n, n))
    for i in range(n):
        unit = np.zeros(n)
        unit[i] = 1.0
        covariance[i] = solve(curvature, unit)
    return best, covariance, chi2


@njit(cache=True, error_model="numpy")
def _chi2(model: np.ndarray, dip: np.ndarray, weight: np.ndarray) -> float:
    total = 0.0
    for i in range(dip.size):
        total += weight[i] * (dip[i] - model[i]) ** 2
    return total if math.isfinite(total) else math.inf


@njit(cache=True, error_model="numpy")
def _fill_slopes(
    kind: int,
    at: np.ndarray,
    fixed: np.ndarray,
    shares: np.ndarray,
    time: np.ndarray,
    model: np.ndarray,
    upper: np.ndarray,
    step: np.ndarray,
    slopes: np.ndarray,
) -> None:
    """Derivatives of the model by one-sided differences that stay within the bounds."""
    for i in range(at.size):
        moved = at.copy()
        change = step[i] if at[i] + step[i] <= upper[i] else -step[i]
        moved[i] += change
        fill_model(kind, moved, fixed, shares, time, slopes[i])
        for j in range(time.size):
            slopes[i, j] = (slopes[i, j] - model[j]) / change


@njit(cache=True, error_model="numpy")
def _normal_equations(slopes: np.ndarray, residual: np.ndarray, weight: np.ndarray) -> tuple:
    n = slopes.shape[0]
    curvature, gradient = np.zeros((n, n)), np.zeros(n)
    for i in range(n):
        for k in range(residual.size):
            gradient[i] += slopes[i, k] * weight[k] * residual[k]
        for j in range(i + 1):
            total = 0.0
            for k in range(residual.size):
                total += slopes[i, k] * weight[k] * slopes[j, k]
            curvature[i, j] = curvature[j, i] = total
    return curvature, gradient


@njit(cache=True, error_model="numpy")
def solve(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solution of a small symmetric system, scaled first; NaN if it is singular."""
    n = right.size
    scale = np.empty(n)
    for i in range(n):
        scale[i] = 1 / math.sqrt(matrix[i, i]) if matrix[i, i] > 0 else np.nan
    work = np.empty((n, n + 1))
    for i in range(n):
        for j in range(n):
            work[i, j] = matrix[i, j] * scale[i] * scale[j]
        work[i, n] = right[i] * scale[i]
    for i in range(n):
        pivot = i
        for j in range(i + 1, n):
            if abs(work[j, i]) > abs(work[pivot, i]):
                pivot = j
        for c in range(n + 1):
            work[i, c], work[pivot, c] = work[pivot, c], work[i, c]
        if not abs(work[i, i]) > 1e-14:
            return np.full(n, np.nan)
        for j in range(i + 1, n):
            factor = work[j, i] / work[i, i]
            for c in range(i, n + 1):
                work[j, c] -= factor * work[i, c]
    answer = np.empty(n)
    for i in range(n - 1, -1, -1):
        total = work[i, n]
        for j in range(i + 1, n):
            total -= work[i, j] * answer[j]
        answer[i] = total / work[i, i]
    return answer * scale
