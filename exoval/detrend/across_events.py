"""The trend across cadences that are hidden from it: a straight line, or a cubic."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from scipy.interpolate import CubicHermiteSpline

#: shortest stretch on either side from which a slope is taken, days, and fewest cadences in it
SHORTEST_SIDE_DAYS, FEWEST_CADENCES = 0.1, 4


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
    unknown = np.flatnonzero(~known)
    if len(unknown) == 0:
        return found
    for run in np.split(unknown, np.flatnonzero(np.diff(unknown) > 1) + 1):
        side = max(time[run[-1]] - time[run[0]], SHORTEST_SIDE_DAYS)
        before = known & (time < time[run[0]]) & (time > time[run[0]] - side)
        after = known & (time > time[run[-1]]) & (time < time[run[-1]] + side)
        if min(before.sum(), after.sum()) < FEWEST_CADENCES:
            continue
        ends = (np.flatnonzero(before)[-1], np.flatnonzero(after)[0])
        slopes = [
            np.polyfit(time[one] - time[end], trend[one], 2)[1]
            for one, end in zip((before, after), ends)
        ]
        found[run] = CubicHermiteSpline(time[list(ends)], trend[list(ends)], slopes)(time[run])
    return found
