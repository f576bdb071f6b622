"""The folded event in bins of time from mid-event; shapes are fitted to it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Weighted means of the dip in the filled bins around mid-event, in order of time.

    Arrays of shape (bins,): ``time`` in days from mid-event, ``dip`` and its white-noise
    ``error`` in relative flux. ``width`` is the width of a bin in days. ``shares`` of shape
    (exposures, bins) is the part of a bin's weight that each exposure has; empty if not asked for.
    """

    time: np.ndarray
    dip: np.ndarray
    error: np.ndarray
    width: float
    shares: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))

    def __len__(self) -> int:
        return len(self.time)


def bin_profile(
    time_from_mid: np.ndarray,
    dip: np.ndarray,
    weight: np.ndarray,
    *,
    half_window: float,
    bins: int,
    exposure_number: np.ndarray | None = None,
) -> Profile:
    """Bin cadences within ``half_window`` days of mid-event; arrays of shape (cadences,).

    ``exposure_number`` counts the exposures from 0, where cadences have several.
    """
    near = np.flatnonzero(np.abs(time_from_mid) < half_window)
    time, weight = time_from_mid[near], weight[near]
    index = ((time / half_window + 1) * (0.5 * bins)).astype(np.int64)
    index = np.minimum(index, bins - 1)
    total = np.bincount(index, weight, bins)
    mean_time = np.bincount(index, weight * time, bins)
    mean_dip = np.bincount(index, weight * dip[near], bins)
    filled = total > 0
    shares = np.empty((0, 0))
    if exposure_number is not None:
        own = [
            np.bincount(index, weight * (exposure_number[near] == number), bins)
            for number in range(exposure_number.max() + 1)
        ]
        shares = np.array(own)[:, filled] / total[filled]
    total = total[filled]
    return Profile(
        time=mean_time[filled] / total,
        dip=mean_dip[filled] / total,
        error=total**-0.5,
        width=2 * half_window / bins,
        shares=shares,
    )
