"""A detrended light curve in the form that box searches need: weights and weighted flux."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.errors import BadLightCurve
from exoval.lightcurve import LightCurve

#: largest deviation in errors, and weight in median weights; larger values overflow the sums
LARGEST_DEVIATION = 1e7
LARGEST_WEIGHT = 1e4


@dataclass(frozen=True, kw_only=True)
class WeightedFlux:
    """Usable cadences, ascending in ``time`` (days); all arrays of shape (cadences,).

    ``weight`` is the inverse variance in units in which the median cadence has about one, and
    ``signal`` the weight times the flux above its weighted mean in units of the median error, so
    that a sum of ``signal`` over a weight r has variance r. ``total`` is the sum of the weights,
    ``scale`` the median error.
    """

    time: np.ndarray
    weight: np.ndarray
    signal: np.ndarray
    total: float
    scale: float

    def __len__(self) -> int:
        return len(self.time)

    @property
    def baseline(self) -> float:
        """Days from the first usable cadence to the last."""
        return float(self.time[-1] - self.time[0])

    @property
    def cadence(self) -> float:
        """Median days between cadences at different times."""
        steps = np.diff(self.time)
        return float(np.median(steps[steps > 0]))


def usable(light_curve: LightCurve) -> np.ndarray:
    """Return the mask of cadences with finite time and flux and a finite, positive error."""
    time, flux, error = light_curve.time, light_curve.flux, light_curve.flux_error
    return np.isfinite(time) & np.isfinite(flux) & np.isfinite(error) & (error > 0)


def weighted_flux(light_curve: LightCurve) -> WeightedFlux | None:
    """Return the usable cadences of a detrended light curve.

    None for fewer than two usable cadences or if all have the same time. Raises BadLightCurve if
    their times descend anywhere.
    """
    time, flux, error = light_curve.time, light_curve.flux, light_curve.flux_error
    good = usable(light_curve)
    if not good.all():
        time, flux, error = time[good], flux[good], error[good]
    if len(time) < 2:
        return None
    if np.any(np.diff(time) < 0):
        raise BadLightCurve(
            f"{light_curve.target}: time descends at cadence {int(np.argmin(np.diff(time)))}; "
            "sort the light curve by time"
        )
    if time[-1] == time[0]:
        return None
    scale = float(np.median(error))
    weight = np.minimum(scale / error, np.sqrt(LARGEST_WEIGHT)) ** 2
    total = float(weight.sum())
    deviation = np.clip((flux - np.median(flux)) / scale, -LARGEST_DEVIATION, LARGEST_DEVIATION)
    signal = weight * (deviation - np.dot(weight, deviation) / total)
    return WeightedFlux(
        time=np.asarray(time, dtype=float), weight=weight, signal=signal, total=total, scale=scale
    )
