"""Depth of the event's box at all phases: what else the folded light curve shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

#: steps a duration, and most steps a period
STEPS_PER_DURATION, MOST_STEPS = 4, 20000
#: durations from mid-event within which a box belongs to the event
GUARD = 1.5
#: fewest cadences in a box
FEWEST_CADENCES = 3
#: fewest boxes away from the event for a scan
FEWEST_BOXES = 3


@dataclass(frozen=True)
class BoxScan:
    """Depth of a box of ``duration`` as a function of its centre; arrays of shape (phases,).

    ``time_from_mid`` is days from the event, ``depth`` and its white-noise ``error`` are relative
    flux; NaN where the box holds too few cadences.
    """

    time_from_mid: np.ndarray
    depth: np.ndarray
    error: np.ndarray
    duration: float

    @cached_property
    def away(self) -> np.ndarray:
        """Whether a box has data and is clear of the event, shape (phases,)."""
        return (np.abs(self.time_from_mid) > GUARD * self.duration) & np.isfinite(self.depth)

    @cached_property
    def level(self) -> float:
        """Median depth away from the event; 0 if unknown.

        Skewed flux, for example near flares, makes it differ from zero.
        """
        return float(np.median(self.depth[self.away])) if self.away.any() else 0.0

    @cached_property
    def strength(self) -> np.ndarray:
        """Depth below ``level`` over its error, shape (phases,)."""
        return (self.depth - self.level) / self.error

    @cached_property
    def second(self) -> int | None:
        """Index of the strongest dip away from the event; None with too few boxes."""
        if self.away.sum() < FEWEST_BOXES:
            return None
        return int(np.argmax(np.where(self.away, self.strength, -np.inf)))


def box_scan(
    time_from_mid: np.ndarray,
    dip: np.ndarray,
    weight: np.ndarray,
    *,
    period: float,
    duration: float,
) -> BoxScan:
    """Slide a box as long as the event over one period in quarter-duration steps.

    The cost is one histogram and one running sum, for any number of cadences in a box. Arrays
    have shape (cadences,), times are days.
    """
    bins = max(round(period / duration * STEPS_PER_DURATION), 2 * STEPS_PER_DURATION)
    bins = min(bins, MOST_STEPS)
    width = max(round(bins * duration / period), 1)
    index = ((time_from_mid / period + 0.5) * bins).astype(np.int64)
    index = np.clip(index, 0, bins - 1)
    total = _circular_sum(np.bincount(index, weight, bins), width)
    lost = _circular_sum(np.bincount(index, weight * dip, bins), width)
    count = _circular_sum(np.bincount(index, minlength=bins).astype(float), width)
    total = np.where(count >= FEWEST_CADENCES, total, np.nan)
    centre = ((np.arange(bins) + 0.5 * width) / bins - 0.5) * period
    centre = (centre + 0.5 * period) % period - 0.5 * period
    return BoxScan(centre, lost / total, total**-0.5, duration)


def _circular_sum(values: np.ndarray, width: int) -> np.ndarray:
    """Sum of ``width`` neighbours from each index on, around the circle."""
    total = np.concatenate([[0.0], np.cumsum(np.concatenate([values, values[:width]]))])
    return total[width : width + len(values)] - total[: len(values)]
