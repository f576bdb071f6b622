"""Noise on a time scale of hours, measured from the light curve."""

from __future__ import annotations

import math

import numpy as np

from exoval.lightcurve import LightCurve
from exoval.noise.robust_scatter import MAD_TO_SIGMA


def differential_precision(light_curve: LightCurve, *, hours: float) -> float:
    """Return the robust scatter (ppm) of the flux averaged over ``hours``, without slow variation.

    Each mean over ``hours`` is compared with the mean of its two neighbours, segment by segment.
    This approximates the pipelines' CDPP (Christiansen et al. 2012, PASP 124, 1279), which weights
    frequencies in a similar way. NaN if fewer than two means have both neighbours.
    """
    return _scatter_ppm(
        [
            _changes(light_curve.time[part], light_curve.flux[part], hours=hours)
            for part in (segment.cadences for segment in light_curve.segments)
        ]
    )


def precision_of_stretch(time: np.ndarray, flux: np.ndarray, *, hours: float) -> float:
    """Return ``differential_precision`` of one stretch of cadences, arrays of shape (cadences,)."""
    return _scatter_ppm([_changes(time, flux, hours=hours)])


def _changes(time: np.ndarray, flux: np.ndarray, *, hours: float) -> np.ndarray:
    """Relative differences of means from their neighbours, scaled to the noise of one mean.

    NaN in gaps.
    """
    index = np.floor((time - time[0]) / (hours / 24)).astype(int)
    count = np.bincount(index)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(index, flux) / count / np.nanmedian(flux)
    # bins that are less than half full
    mean[count < 0.5 * np.median(count[count > 0])] = np.nan
    # the variance of x_i - (x_{i-1} + x_{i+1}) / 2 is 3/2 that of x
    return (mean[1:-1] - 0.5 * (mean[:-2] + mean[2:])) / math.sqrt(1.5)


def _scatter_ppm(changes: list[np.ndarray]) -> float:
    values = np.concatenate(changes) if changes else np.empty(0)
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return math.nan
    # not robust_scatter: scaling to ppm first keeps values bit-identical to existing simulated sets
    return float(1e6 * MAD_TO_SIGMA * np.median(np.abs(values - np.median(values))))
