"""A Savitzky-Golay trend that knows no event."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.interpolate import make_interp_spline
from scipy.signal import savgol_filter

from exoval.errors import BadParameter
from exoval.lightcurve import LightCurve

#: what deviates from the trend by no more is rounding
ROUNDING = 1e-14


@dataclass(frozen=True, kw_only=True)
class SavitzkyGolay:
    """Divide by polynomials of ``order`` over ``window`` cadences, as lightkurve's ``flatten``.

    The light curve is cut where a step is longer than ``break_steps`` median steps; a stretch
    shorter than the window is divided by its median. The fit is repeated ``times`` with what
    deviates by ``sigma`` standard deviations hidden: deep events are, shallow ones are partly
    fitted, which takes depth from them and raises the flux beside them. Raises BadParameter for a
    window that is even or not longer than the order.
    """

    window: int = 101
    order: int = 2
    break_steps: float = 5.0
    times: int = 3
    sigma: float = 3.0

    def __post_init__(self) -> None:
        if self.window % 2 == 0 or not 0 <= self.order < self.window:
            raise BadParameter(
                f"window={self.window}, order={self.order} of the Savitzky-Golay trend; give an "
                "odd window longer than the order"
            )
        if not (self.times > 0 and self.sigma > 0 and self.break_steps > 0):
            raise BadParameter(
                f"times={self.times}, sigma={self.sigma}, break_steps={self.break_steps}; give "
                "values above 0"
            )

    def __call__(self, light_curve: LightCurve) -> LightCurve:
        """The flux over its trend, with all cadences that have a finite one."""
        flux = light_curve.flux / self.trend(light_curve.time, light_curve.flux)
        return light_curve.with_flux(flux).keep(np.isfinite(flux))

    def trend(self, time: np.ndarray, flux: np.ndarray) -> np.ndarray:
        """The trend of the finite fluxes at ascending times (days), shape (cadences,)."""
        finite = np.isfinite(flux)
        if not finite.any():
            return np.full(len(flux), np.nan)
        level, scatter = np.median(flux[finite]), np.std(flux[finite])
        seen = finite & (np.abs(flux - level) <= self.sigma * scatter)
        trend = np.full(len(flux), level)
        for _ in range(self.times):
            if seen.sum() < 2:
                break
            fitted = self._stretches(time[seen], flux[seen])
            residual = flux[seen] - fitted
            calm = np.abs(residual) < self.sigma * np.std(residual) + ROUNDING
            if calm.sum() < 2:
                break
            trend = make_interp_spline(time[seen][calm], fitted[calm], k=1)(time)
            seen[seen] = calm
        return trend

    def _stretches(self, time: np.ndarray, flux: np.ndarray) -> np.ndarray:
        """The polynomials' values, stretch by stretch."""
        step = np.diff(time)
        cuts = np.flatnonzero(step > self.break_steps * np.median(step)) + 1
        fitted = np.empty(len(flux))
        for first, last in pairwise([0, *cuts.tolist(), len(flux)]):
            part = flux[first:last]
            fitted[first:last] = (
                savgol_filter(part, self.window, self.order)
                if len(part) >= self.window
                else np.median(part)
            )
        return fitted
