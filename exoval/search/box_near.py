"""Compiled core of the refinement: the best box near a known ephemeris."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, error_model="numpy")
def best_box_near(
    offset: np.ndarray,
    event: np.ndarray,
    weight: np.ndarray,
    signal: np.ndarray,
    total: float,
    steps: np.ndarray,
    widths: np.ndarray,
    bin_days: float,
    bins: int,
    circular: bool,
    reach: int,
) -> tuple:
    """Find the strongest dip over trial periods, widths and mid-event times near an ephemeris.

    ``offset`` (days from the nearest event), ``event`` (its number from the reference event),
    ``weight`` and ``signal`` (weight times flux) belong to the cadences near events. The flux has
    weighted mean zero over the whole light curve, whose weight is ``total``. Trial ``steps`` (days)
    are added to the period about the reference event. Offsets are binned in ``bins`` bins of
    ``bin_days`` around zero, the whole phase if ``circular``; ``widths`` are in bins, and box
    centres stay within ``reach`` bins of zero. Returns twice the gain in log likelihood, the index
    of the step, the offset of the box centre in days and the width.
    """
    weights = np.empty(bins)
    signals = np.empty(bins)
    best, best_step, best_middle, best_width = 0.0, 0, 0.0, 0
    for number in range(len(steps)):
        _fold(offset, event, weight, signal, steps[number], bin_days, circular, weights, signals)
        for width in widths:
            gain, middle = _best_start(weights, signals, total, width, circular, reach)
            if gain > best:
                best, best_step, best_width = gain, number, width
                best_middle = middle * bin_days
    return best, best_step, best_middle, best_width


@njit(cache=True, error_model="numpy")
def _fold(
    offset: np.ndarray,
    event: np.ndarray,
    weight: np.ndarray,
    signal: np.ndarray,
    step: float,
    bin_days: float,
    circular: bool,
    weights: np.ndarray,
    signals: np.ndarray,
) -> None:
    """Sums of weight and signal in bins of time from mid-event, for a changed period."""
    bins = len(weights)
    weights[:] = 0
    signals[:] = 0
    for i in range(len(offset)):
        place = int(np.floor((offset[i] - event[i] * step) / bin_days)) + bins // 2
        if circular:
            place %= bins
        elif place < 0 or place >= bins:
            continue
        weights[place] += weight[i]
        signals[place] += signal[i]


@njit(cache=True, error_model="numpy")
def _best_start(
    weights: np.ndarray, signals: np.ndarray, total: float, width: int, circular: bool, reach: int
) -> tuple:
    """Largest gain of a dip of one width, and its centre in bins from zero."""
    bins = len(weights)
    best, best_middle = 0.0, 0.0
    r, s = 0.0, 0.0
    low = bins // 2 - reach - width // 2
    high = bins // 2 + reach - width // 2
    if not circular:
        low, high = max(low, 0), min(high, bins - width)
    for i in range(low, low + width):
        r += weights[i % bins]
        s += signals[i % bins]
    for start in range(low, high + 1):
        if s < 0 and r > 0 and r < total:
            gain = s * s * total / (r * (total - r))
            if gain > best:
                best, best_middle = gain, start + 0.5 * width - bins // 2
        r += weights[(start + width) % bins] - weights[start % bins]
        s += signals[(start + width) % bins] - signals[start % bins]
    return best, best_middle
