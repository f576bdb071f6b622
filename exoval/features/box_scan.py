"""The event's own box slid over all phases: what else is in the folded light curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.features.folded_event import FoldedEvent


#: steps in which a box moves by its own length
STEPS_PER_DURATION = 4


@dataclass(frozen=True)
class BoxScan:
    """Depth and strength of a box against its centre; arrays of shape (phases,).

    ``time_from_mid`` is days from the event, ``depth`` relative flux, ``strength`` depth over
    its white-noise error; NaN where the box holds too few cadences.
    """

    time_from_mid: np.ndarray
    depth: np.ndarray
    strength: np.ndarray


def box_scan(folded: FoldedEvent, steps_per_duration: int = STEPS_PER_DURATION,
             minimum_cadences: int = 3) -> BoxScan:
    """Slide a box as long as the event over one period in quarter-duration steps.

    Cost is one histogram and one running sum, whatever the number of cadences in a box.
    """
    bins = max(round(folded.period / folded.duration * steps_per_duration),
               2 * steps_per_duration)
    bins = min(bins, 20000)
    width = max(round(bins * folded.duration / folded.period), 1)
    phase = folded.time_from_mid / folded.period + 0.5
    index = np.minimum((phase * bins).astype(int), bins - 1)
    weight = _circular_sum(np.bincount(index, folded.weight, bins), width)
    dip = _circular_sum(np.bincount(index, folded.weight * folded.dip, bins), width)
    count = _circular_sum(np.bincount(index, minlength=bins).astype(float), width)
    enough = count >= minimum_cadences
    weight = np.where(enough, weight, np.nan)
    centre = ((np.arange(bins) + 0.5 * width) / bins - 0.5) * folded.period
    half = 0.5 * folded.period
    centre = (centre + half) % folded.period - half
    return BoxScan(centre, dip / weight, dip / np.sqrt(weight))


def _circular_sum(values: np.ndarray, width: int) -> np.ndarray:
    """Sum of ``width`` neighbours from each index on, around the circle."""
    total = np.concatenate([[0.0], np.cumsum(np.concatenate([values, values[:width]]))])
    return total[width:width + len(values)] - total[:len(values)]
