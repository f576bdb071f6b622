"""Limb-darkened transit of a circular orbit, fitted to the folded event with realistic errors.

Radius ratio and impact parameter are nearly degenerate: a small central planet and a large
grazing one give similar dips, and a single best fit to weak data runs to the edge. So the impact
parameter is integrated over. At each of its values the other parameters are fitted, and the
result is the mean and spread over all values, weighted by likelihood. The prior is uniform in
b / (1 + k) and in the logarithm of the radius ratio.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from exoval.folded.least_squares import ONE_EXPOSURE, TRANSIT, fill_model, fit_model, scaled_axis
from exoval.folded.profile import Profile
from exoval.physics.quadratic_occultation import hidden_share

#: values of b / (1 + k) on which the likelihood is first taken
SHARES = np.array([0.02, 0.15, 0.3, 0.45, 0.58, 0.69, 0.78, 0.85, 0.91, 0.96])
#: passes that refine the grid around the likely values
PASSES = 4
#: chi-squared above the minimum beyond which a value is ignored
REACH = 12.0
#: fewest filled bins for the five parameters, and fewest of them inside the event
FEWEST_BINS, FEWEST_INSIDE = 8, 2
#: the reported quantities, in the order of an evaluation's columns
QUANTITIES = (
    "radius_ratio",
    "duration",
    "offset",
    "level",
    "impact_parameter",
    "depth",
    "flat_duration",
    "scaled_axis",
)


@dataclass(frozen=True, kw_only=True)
class TransitFit:
    """Means and errors over impact parameters, by the names in QUANTITIES.

    ``duration`` (first to fourth contact), ``flat_duration`` (second to third; 0 if grazing) and
    ``offset`` are days, ``depth`` is the light lost at mid-event, ``scaled_axis`` is a / R.
    ``log_axis`` is the mean logarithm of a / R. ``chi2`` is the minimum, over ``bins`` bins;
    ``shape`` (bins,) is the dip of that model at the profile's times, without its level, and
    ``shapes`` (exposures, bins) what each exposure alone would show.
    """

    mean: dict[str, float]
    error: dict[str, float]
    log_axis: float
    log_axis_error: float
    chi2: float
    bins: int
    shape: np.ndarray
    shapes: np.ndarray


def fit_transit(
    profile: Profile,
    *,
    duration: float,
    period: float,
    exposures: Sequence[float],
    limb_darkening: tuple[float, float],
    inflation: float = 1.0,
) -> TransitFit | None:
    """Fit a profile around an event of ``duration`` days; all times in days.

    With several ``exposures`` the model of a bin is the mean over them by the profile's shares.
    Errors are ``inflation`` times those of white noise, and larger if the fit's chi-squared asks
    for it. None if too few bins are filled or the model cannot be evaluated.
    """
    inside = np.abs(profile.time) < 0.5 * duration
    if len(profile) < FEWEST_BINS or inside.sum() < FEWEST_INSIDE:
        return None
    depth = max(float(np.median(profile.dip[inside])), 0.5 * float(profile.error.min()))
    # the mean over a bin widens the exposure: the two variances add
    smears = np.array([math.hypot(exposure, profile.width) for exposure in exposures])
    shares = ONE_EXPOSURE if len(smears) == 1 else profile.shares
    rows = _evaluate(
        profile.time,
        profile.dip,
        profile.error**-2.0,
        period,
        duration,
        smears,
        shares,
        *limb_darkening,
        min(depth, 0.9),
        SHARES,
        PASSES,
        REACH * inflation**2,
    )
    rows = rows[np.isfinite(rows).all(axis=1)]
    if len(rows) == 0:
        return None
    rows = rows[np.argsort(rows[:, 0])]
    least = float(rows[:, 1].min())
    scale = max(inflation**2, least / max(len(profile) - 5, 1))
    weight = np.exp(-0.5 * (rows[:, 1] - least) / scale) * _cells(rows[:, 0])
    weight /= weight.sum()
    values, variances = rows[:, 2:10], scale * rows[:, 10:18]
    mean = weight @ values
    error = np.sqrt(weight @ (variances + (values - mean) ** 2))
    log_axis = np.log(values[:, 7])
    log_mean = float(weight @ log_axis)
    relative = variances[:, 7] / values[:, 7] ** 2
    log_error = float(np.sqrt(weight @ (relative + (log_axis - log_mean) ** 2)))
    row = rows[np.argmin(rows[:, 1])]
    shapes = [
        _shape(profile.time, row=row, period=period, smear=smear, limb_darkening=limb_darkening)
        for smear in smears
    ]
    return TransitFit(
        mean=dict(zip(QUANTITIES, mean.tolist())),
        error=dict(zip(QUANTITIES, error.tolist())),
        log_axis=log_mean,
        log_axis_error=log_error,
        chi2=least,
        bins=len(profile),
        shape=shapes[0] if len(shapes) == 1 else np.sum(profile.shares * shapes, axis=0),
        shapes=np.array(shapes),
    )


def _shape(
    time: np.ndarray,
    *,
    row: np.ndarray,
    period: float,
    smear: float,
    limb_darkening: tuple[float, float],
) -> np.ndarray:
    """Dip of the model of one row at days from mid-event."""
    parameters = np.array([math.log(row[2]), math.log(row[3]), row[4], 0.0])
    fixed, dip = np.array([row[0], period, *limb_darkening, smear]), np.empty(len(time))
    fill_model(TRANSIT, parameters, fixed, ONE_EXPOSURE, time, dip)
    return dip


def _cells(nodes: np.ndarray) -> np.ndarray:
    """Length of the interval that each ascending node in (0, 1) represents."""
    edges = np.concatenate([[0.0], 0.5 * (nodes[1:] + nodes[:-1]), [1.0]])
    return np.diff(edges)


@njit(cache=True, error_model="numpy")
def _evaluate(
    time: np.ndarray,
    dip: np.ndarray,
    weight: np.ndarray,
    period: float,
    duration: float,
    exposures: np.ndarray,
    exposure_shares: np.ndarray,
    u1: float,
    u2: float,
    depth: float,
    shares: np.ndarray,
    passes: int,
    reach: float,
) -> np.ndarray:
    """One row for each value of b / (1 + k): value, chi-squared, QUANTITIES, their variances."""
    size = shares.size
    rows = np.full((size * passes, 18), np.nan)
    nodes = shares.copy()
    used = 0
    for _turn in range(passes):
        for share in nodes:
            _fit_at(
                share,
                time,
                dip,
                weight,
                period,
                duration,
                exposures,
                exposure_shares,
                u1,
                u2,
                depth,
                rows[used],
                rows[max(used - 1, 0)],
            )
            used += 1
        nodes = _closer(rows[:used], size, reach)
        if nodes.size == 0:
            break
    return rows[:used]


@njit(cache=True, error_model="numpy")
def _closer(rows: np.ndarray, size: int, reach: float) -> np.ndarray:
    """New values between the likely ones; empty where these are dense enough."""
    order = np.argsort(rows[:, 0])
    shares, chi2 = rows[order, 0], rows[order, 1]
    least = np.nanmin(chi2)
    likely = np.flatnonzero(chi2 <= least + reach)
    if likely.size == 0 or likely.size >= 7:
        return np.empty(0)
    low = shares[likely[0] - 1] if likely[0] > 0 else 0.0
    high = shares[likely[-1] + 1] if likely[-1] + 1 < shares.size else 0.995
    return low + (high - low) * (np.arange(size) + 0.5) / size


@njit(cache=True, error_model="numpy")
def _fit_at(
    share: float,
    time: np.ndarray,
    dip: np.ndarray,
    weight: np.ndarray,
    period: float,
    duration: float,
    exposures: np.ndarray,
    exposure_shares: np.ndarray,
    u1: float,
    u2: float,
    depth: float,
    row: np.ndarray,
    before: np.ndarray,
) -> None:
    """Fit all but the impact parameter, starting from the neighbour's solution if there is one."""
    fixed = np.empty(4 + exposures.size)
    fixed[0], fixed[1], fixed[2], fixed[3] = share, period, u1, u2
    fixed[4:] = exposures
    longest = min(3 * duration, 0.9 * period)
    lower = np.array([math.log(1e-4), math.log(0.2 * duration), -0.5 * duration, -depth])
    upper = np.array([math.log(1.5), math.log(longest), 0.5 * duration, depth])
    step = np.array([1e-4, 1e-4, 1e-4 * duration, 1e-4 * depth])
    k, start_duration, offset, level = math.sqrt(depth), min(1.1 * duration, longest), 0.0, 0.0
    if before[2] > 0:
        start_duration, offset, level = before[3], before[4], before[5]
        k = before[2]
    start = np.array(
        [math.log(_ratio_for(depth, share, u1, u2, k)), math.log(start_duration), offset, level]
    )
    found, covariance, chi2 = fit_model(
        TRANSIT, fixed, exposure_shares, time, dip, weight, start, lower, upper, step, 25
    )
    row[0], row[1] = share, chi2
    _describe(share, found, period, u1, u2, row[2:10])
    changed = np.empty(8)
    for q in range(8):
        row[10 + q] = 0.0
    slopes = np.empty((4, 8))
    for i in range(4):
        moved = found.copy()
        moved[i] += step[i]
        _describe(share, moved, period, u1, u2, changed)
        for q in range(8):
            slopes[i, q] = (changed[q] - row[2 + q]) / step[i]
    for q in range(8):
        for i in range(4):
            for j in range(4):
                row[10 + q] += slopes[i, q] * covariance[i, j] * slopes[j, q]


@njit(cache=True, error_model="numpy")
def _ratio_for(depth: float, share: float, u1: float, u2: float, k: float) -> float:
    """Radius ratio that gives about ``depth`` at b = share (1 + k), by bisection."""
    low, high = 1e-4, 1.5
    if hidden_share(share * (1 + high), high, u1, u2) <= depth:
        return k
    for _ in range(24):
        middle = math.sqrt(low * high)
        if hidden_share(share * (1 + middle), middle, u1, u2) < depth:
            low = middle
        else:
            high = middle
    return math.sqrt(low * high)


@njit(cache=True, error_model="numpy")
def _describe(
    share: float, parameters: np.ndarray, period: float, u1: float, u2: float, values: np.ndarray
) -> None:
    """Write QUANTITIES of fitted parameters."""
    k, duration = math.exp(parameters[0]), math.exp(parameters[1])
    impact = share * (1 + k)
    axis = scaled_axis(k, impact, duration, period)
    inner = (1 - k) ** 2 - impact * impact if k < 1 else 0.0
    sine = math.sqrt(max(inner, 0.0) / max(axis * axis - impact * impact, 1e-12))
    values[0], values[1], values[2], values[3] = k, duration, parameters[2], parameters[3]
    values[4] = impact
    values[5] = hidden_share(impact, k, u1, u2)
    values[6] = period / math.pi * math.asin(min(sine, 1.0))
    values[7] = axis
