"""The trend across cadences that are hidden from it: a straight line, or a cubic."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numba import njit

#: shortest stretch on either side from which a slope is taken, days, and fewest cadences in it
SHORTEST_SIDE_DAYS, FEWEST_CADENCES = 0.1, 4
#: share of the determinant's terms below which equal times leave no parabola
LEAST_DETERMINANT = 1e-9


class Across(Protocol):
    """Continue a trend, arrays of shape (cadences,), from the ``known`` cadences to the others."""

    def __call__(self, time: np.ndarray, trend: np.ndarray, known: np.ndarray) -> np.ndarray: ...


def straight(time: np.ndarray, trend: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return the trend with straight lines across unknown cadences; known ones stay."""
    return np.where(known, trend, np.interp(time, time[known], trend[known]))


def curved(time: np.ndarray, trend: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return the trend with cubics across unknown cadences that continue its slopes.

    A star that turns within days curves during a transit: a straight line would leave part of the
    curve in the event's depth. Slopes are those of parabolas at the edges, each fitted to a stretch
    as long as the unknown one. Lines stay straight where a side has too few cadences nearby.
    """
    found = straight(time, trend, known)
    _curve(np.asarray(time, dtype=float), np.asarray(known, dtype=bool), found)
    return found


@njit(cache=True, error_model="numpy")
def _curve(time: np.ndarray, known: np.ndarray, found: np.ndarray) -> None:
    """Replace ``found`` in every run of unknown cadences by a cubic, where both sides allow it."""
    first, count = 0, len(time)
    while first < count:
        if known[first]:
            first += 1
            continue
        last = first
        while last + 1 < count and not known[last + 1]:
            last += 1
        side = max(time[last] - time[first], SHORTEST_SIDE_DAYS)
        before, slope_before = _edge(time, known, found, first, -1, side)
        after, slope_after = _edge(time, known, found, last, 1, side)
        if before >= 0 and after >= 0:
            length = time[after] - time[before]
            for i in range(first, last + 1):
                x = (time[i] - time[before]) / length
                # Hermite's cubic through both ends with both slopes
                found[i] = (
                    found[before] * (1 + 2 * x) * (1 - x) ** 2
                    + found[after] * x * x * (3 - 2 * x)
                    + length * slope_before * x * (1 - x) ** 2
                    - length * slope_after * x * x * (1 - x)
                )
        first = last + 1


@njit(cache=True, error_model="numpy")
def _edge(
    time: np.ndarray, known: np.ndarray, trend: np.ndarray, edge: int, step: int, side: float
) -> tuple:
    """Nearest known cadence beyond the edge of a run, and the slope there of a parabola.

    The parabola is fitted to the known cadences within ``side`` days of the edge. Cadence -1 if
    there are too few, or too few different times.
    """
    end = -1
    cadences = 0
    # sums of powers of time and of their products with the trend, about the nearest cadence
    power = np.zeros(5)
    moment = np.zeros(3)
    i = edge + step
    while 0 <= i < len(time) and abs(time[i] - time[edge]) < side:
        if known[i] and time[i] != time[edge]:
            if end < 0:
                end = i
            x = (time[i] - time[end]) / side
            y = trend[i] - trend[end]
            product = 1.0
            for k in range(5):
                power[k] += product
                if k < 3:
                    moment[k] += product * y
                product *= x
            cadences += 1
        i += step
    if cadences < FEWEST_CADENCES:
        return -1, 0.0
    # normal equations of level, slope and curvature, the level and the curvature eliminated
    p11 = power[2] - power[1] * power[1] / power[0]
    p12 = power[3] - power[1] * power[2] / power[0]
    p22 = power[4] - power[2] * power[2] / power[0]
    m1 = moment[1] - power[1] * moment[0] / power[0]
    m2 = moment[2] - power[2] * moment[0] / power[0]
    determinant = p11 * p22 - p12 * p12
    if not determinant > LEAST_DETERMINANT * p11 * p22:
        return -1, 0.0
    return end, (m1 * p22 - m2 * p12) / determinant / side
