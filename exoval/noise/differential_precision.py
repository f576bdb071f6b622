"""Noise on a time scale of hours, from the light curve itself."""

from __future__ import annotations

import math

import numpy as np


def differential_precision(time: np.ndarray, flux: np.ndarray, *, hours: float) -> float:
    """Scatter in ppm of means over ``hours``, against the mean of the two beside it; robust.

    A stand-in for the pipelines' CDPP (Christiansen et al. 2012, PASP 124, 1279), which weighs
    frequencies much alike. Shapes (cadences,); bins less than half full are left out. NaN where
    fewer than four bins with neighbours are left.
    """
    bin_days = hours / 24
    index = np.floor((time - time[0]) / bin_days).astype(int)
    count = np.bincount(index)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(index, flux) / count
    full = np.median(count[count > 0])
    mean[count < 0.5 * full] = np.nan
    # the variance of x_i - (x_{i-1} + x_{i+1}) / 2 is 3/2 that of x
    change = (mean[1:-1] - 0.5 * (mean[:-2] + mean[2:])) / np.nanmedian(flux)
    change = change[np.isfinite(change)]
    if len(change) < 4:
        return math.nan
    deviation = np.median(np.abs(change - np.median(change)))
    return float(1.4826e6 * deviation / math.sqrt(1.5))
