"""Tukey's biweight in a sliding window, by wotan (Hippke et al. 2019, AJ 158, 143)."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from wotan import flatten

from exoval.ephemeris import Ephemeris
from exoval.errors import BadLightCurve, BadParameter
from exoval.lightcurve import LightCurve

#: a normal distribution's standard deviation over its median absolute deviation
MAD_TO_SIGMA = 1.4826


@dataclass(frozen=True)
class Biweight:
    """Divide every segment by its sliding biweight.

    ``window_days`` should be three times the longest event or more; ``gap_days`` splits a
    segment where cadences are missing for longer; ``event_margin`` widens a known event before
    it is hidden from the trend (in durations, full width); single points more than
    ``upward_clip_sigma`` above the trend (cosmic rays, flares) are dropped, dips never are.

    Raises BadParameter if a length is not positive.
    """

    window_days: float = 1.0
    gap_days: float = 0.5
    event_margin: float = 1.5
    upward_clip_sigma: float = 5.0

    def __post_init__(self) -> None:
        if min(self.window_days, self.gap_days, self.upward_clip_sigma) <= 0:
            raise BadParameter(
                f"biweight window_days={self.window_days}, gap_days={self.gap_days}, "
                f"upward_clip_sigma={self.upward_clip_sigma} must all be positive"
            )

    def __call__(self, light_curve: LightCurve, event: Ephemeris | None = None) -> LightCurve:
        """Flatten; flux becomes relative (1 out of transit) and its error the robust scatter.

        Cadences inside ``event`` do not steer the trend, which runs straight across them.
        Raises BadLightCurve if no cadence has a finite trend.
        """
        hidden = np.zeros(len(light_curve), dtype=bool)
        if event is not None:
            hidden = event.in_event(light_curve.time, self.event_margin)
        flux = np.full(len(light_curve), np.nan)
        error = np.full(len(light_curve), np.nan)
        for segment in light_curve.segments:
            part = segment.cadences
            flux[part] = self._flatten(light_curve.time[part], light_curve.flux[part],
                                       hidden[part])
            error[part] = point_scatter(flux[part][~hidden[part]])
        good = np.isfinite(flux) & np.isfinite(error) & (error > 0)
        good &= flux < 1 + self.upward_clip_sigma * np.where(good, error, np.inf)
        if not good.any():
            raise BadLightCurve(
                f"{light_curve.target}: nothing left after detrending {len(light_curve)} "
                "cadences; the flux is constant, empty or not positive: leave this target out"
            )
        return light_curve.with_flux(flux, error).keep(good)

    def _flatten(self, time: np.ndarray, flux: np.ndarray, hidden: np.ndarray) -> np.ndarray:
        level = np.nanmedian(flux) if np.isfinite(flux).any() else np.nan
        if not level > 0:
            return np.full(len(flux), np.nan)
        visible = np.isfinite(flux) & ~hidden
        if not visible.any():
            return np.full(len(flux), np.nan)
        with warnings.catch_warnings():
            # cadences without a trend are dealt with below
            warnings.simplefilter("ignore", UserWarning)
            _, trend = flatten(time, flux / level, method="biweight", mask=hidden,
                               window_length=self.window_days, break_tolerance=self.gap_days,
                               edge_cutoff=0.0, return_trend=True)
        known = np.isfinite(trend) & visible
        if not known.any():
            return np.full(len(flux), np.nan)
        # inside the event the window may hold too few points: run straight across instead
        trend = np.where(hidden | ~np.isfinite(trend),
                         np.interp(time, time[known], trend[known]), trend)
        return flux / level / np.where(trend > 0, trend, np.nan)


def point_scatter(flux: np.ndarray) -> float:
    """Robust standard deviation of single cadences, from first differences.

    Differences are blind to what is left of slow variation. NaN for fewer than three values.
    """
    flux = flux[np.isfinite(flux)]
    if len(flux) < 3:
        return float("nan")
    step = np.diff(flux)
    return float(MAD_TO_SIGMA * np.median(np.abs(step - np.median(step))) / np.sqrt(2))
