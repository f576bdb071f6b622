"""Noise of single cadences, whatever slow variation lies under it."""

from __future__ import annotations

import numpy as np

#: a normal distribution's standard deviation over its median absolute deviation
MAD_TO_SIGMA = 1.4826


def point_scatter(flux: np.ndarray) -> float:
    """Robust standard deviation of single cadences, from first differences.

    Differences are blind to what is left of slow variation. NaN for fewer than three values.
    """
    flux = flux[np.isfinite(flux)]
    if len(flux) < 3:
        return float("nan")
    step = np.diff(flux)
    return float(MAD_TO_SIGMA * np.median(np.abs(step - np.median(step))) / np.sqrt(2))
