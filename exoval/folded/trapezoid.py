"""Trapezoid fit of the folded event: the simplest shape with an ingress."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.folded.least_squares import ONE_EXPOSURE, TRAPEZOID, fit_model
from exoval.folded.profile import Profile

#: durations from mid-event within which a bin must be filled, for a first depth
CORE = 0.4
#: fewest filled bins for the five parameters
FEWEST_BINS = 8
_NOTHING_FIXED = np.zeros(5)


@dataclass(frozen=True, kw_only=True)
class TrapezoidFit:
    """The best trapezoid with a free level.

    ``depth`` is relative flux, ``duration`` (first to fourth contact) and ``offset`` of its
    middle are days, ``ingress_share`` is ingress over half the duration. Errors are those of
    white noise; NaN at a bound or for a singular fit. ``chi2`` is summed over ``bins`` bins.
    """

    depth: float
    duration: float
    ingress_share: float
    offset: float
    level: float
    depth_error: float
    duration_error: float
    chi2: float
    bins: int

    def dip(self, time_from_mid: np.ndarray) -> np.ndarray:
        """Dip at days from mid-event, without the level."""
        return trapezoid(
            time_from_mid,
            depth=self.depth,
            duration=self.duration,
            ingress_share=self.ingress_share,
            offset=self.offset,
        )


def trapezoid(
    time: np.ndarray, *, depth: float, duration: float, ingress_share: float, offset: float
) -> np.ndarray:
    """Dip of a trapezoid; ``ingress_share`` is ingress over half the duration.

    ``time`` from mid-event, ``duration`` and ``offset`` share one unit.
    """
    distance = np.abs(time - offset) / (0.5 * duration)
    return depth * np.clip((1 - distance) / max(ingress_share, 1e-6), 0, 1)


def fit_trapezoid(profile: Profile, *, duration: float) -> TrapezoidFit | None:
    """The best trapezoid of a profile around an event of ``duration`` days.

    The fit starts from a box and from a triangle. None if too few bins are filled, if all bins
    inside the event are empty, or if the model cannot be evaluated at either start.
    """
    phase = profile.time / duration
    core = np.abs(phase) < CORE
    if len(phase) < FEWEST_BINS or not core.any():
        return None
    depth = max(float(np.median(profile.dip[core])), float(profile.error.min()))
    lower = np.array([0.0, 0.2, 0.02, -0.5, -depth])
    upper = np.array([5 * depth, 3.0, 1.0, 0.5, depth])
    step = np.array([1e-3 * depth, 1e-3, 1e-3, 1e-3, 1e-3 * depth])
    best = None
    for ingress in (0.15, 0.8):
        start = np.array([depth, 1.05, ingress, 0.0, 0.0])
        fit = fit_model(
            TRAPEZOID,
            _NOTHING_FIXED,
            ONE_EXPOSURE,
            phase,
            profile.dip,
            profile.error**-2.0,
            start,
            lower,
            upper,
            step,
            60,
        )
        if np.isfinite(fit[2]) and (best is None or fit[2] < best[2]):
            best = fit
    if best is None:
        return None
    found, covariance, chi2 = best
    error = np.sqrt(np.where(np.diag(covariance) > 0, np.diag(covariance), np.nan))
    return TrapezoidFit(
        depth=found[0],
        duration=found[1] * duration,
        ingress_share=found[2],
        offset=found[3] * duration,
        level=found[4],
        depth_error=error[0],
        duration_error=error[1] * duration,
        chi2=chi2,
        bins=len(phase),
    )
