"""What a scenario may know of the light curve its signal will be put into."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from exoval.lightcurve import LightCurve
from exoval.star import Star


@dataclass(frozen=True, kw_only=True)
class Observation:
    """A host star and how it was observed.

    ``start`` and ``baseline`` in days, ``exposure`` in days, ``noise_ppm`` is the combined
    precision on ``noise_days``; ``band`` names the photometric band and
    ``blend_radius_arcsec`` the distance within which another star is not seen as one;
    ``segments`` counts quarters or sectors.
    """

    star: Star
    start: float
    baseline: float
    exposure: float
    noise_ppm: float
    noise_days: float
    band: str
    blend_radius_arcsec: float
    segments: int = 1

    def detectable_depth(self, period: float, *, duration: float, signal_to_noise: float) -> float:
        """Relative depth that reaches a signal-to-noise ratio if every transit is observed."""
        events = max(self.baseline / period, 1.0)
        per_event = 1e-6 * self.noise_ppm * math.sqrt(self.noise_days / duration)
        return signal_to_noise * per_event / math.sqrt(events)


def noise_ppm(light_curve: LightCurve, *, days: float) -> float:
    """Scatter of the flux averaged over ``days``, in ppm, from the light curve itself.

    Bins of that length, differenced against the mean of their neighbours so that slow variation
    drops out; robust. NaN where fewer than four neighbouring bins hold data.
    """
    values = []
    for segment in light_curve.segments:
        time, flux = light_curve.time[segment.cadences], light_curve.flux[segment.cadences]
        index = np.floor((time - time[0]) / days).astype(int)
        count = np.bincount(index)
        with np.errstate(invalid="ignore"):
            mean = np.bincount(index, flux) / count / np.nanmedian(flux)
        mean[count < 0.5 * np.median(count[count > 0])] = np.nan
        # the variance of x_i - (x_{i-1} + x_{i+1}) / 2 is 3/2 that of x
        values.append((mean[1:-1] - 0.5 * (mean[:-2] + mean[2:])) / math.sqrt(1.5))
    values = np.concatenate(values) if values else np.empty(0)
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return math.nan
    return float(1.4826e6 * np.median(np.abs(values - np.median(values))))
