"""A cubic spline robust against dips and flares: iteratively reweighted least squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from scipy.interpolate import BSpline

from exoval.detrend.banded_spline import robust_coefficients
from exoval.detrend.flatten_segments import flatten_segments
from exoval.detrend.parameters import require_positive
from exoval.ephemeris import Ephemeris
from exoval.lightcurve import LightCurve
from exoval.noise.robust_scatter import MAD_TO_SIGMA

#: rounds of reweighting; further ones move the trend by less than a hundredth of the noise
ROUNDS = 10
#: Tukey's constant: residuals beyond this many standard deviations have no weight
BIWEIGHT_SIGMA = 4.685
#: a minimum weight keeps the fit solvable where a whole knot interval lies in a dip
LEAST_WEIGHT = 1e-6
#: polynomial degree, and the number of points that fix such a polynomial
DEGREE = 3


@dataclass(frozen=True)
class Spline:
    """Divide every segment by a least-squares cubic spline with Tukey's weights.

    Knots are ``knot_days`` apart in each stretch without gaps. Where cadences are missing or
    hidden, knots are left out, so that the data determine every coefficient. The knot spacing
    should be at least twice the longest event. Unlike a sliding window the spline follows slopes up
    to the ends. ``gap_days``, ``event_margin`` and ``upward_clip_sigma`` are passed to
    ``flatten_segments``.

    Raises BadParameter if a length is not positive.
    """

    knot_days: float = 1.5
    gap_days: float = 0.5
    event_margin: float = 2.0
    upward_clip_sigma: float = 5.0

    def __post_init__(self) -> None:
        require_positive(self)

    def __call__(self, light_curve: LightCurve, event: Ephemeris | None = None) -> LightCurve:
        """Return the flattened light curve: flux 1 out of transit, errors the robust scatter.

        Raises BadLightCurve if no cadence has a finite trend.
        """
        return flatten_segments(
            light_curve,
            self.trend,
            event=event,
            gap_days=self.gap_days,
            event_margin=self.event_margin,
            upward_clip_sigma=self.upward_clip_sigma,
        )

    def trend(self, time: np.ndarray, flux: np.ndarray, visible: np.ndarray) -> np.ndarray:
        """The slow variation of one stretch, as ``flatten_segments`` asks for it."""
        used = np.flatnonzero(visible)
        # equal times would make the fit singular
        used = used[np.diff(time[used], prepend=-np.inf) > 0]
        if len(used) <= DEGREE or time[used[-1]] - time[used[0]] < 0.5 * self.knot_days:
            # too short to distinguish a slope from a dip
            return np.full(len(time), np.median(flux[visible]))
        return robust_spline(time[used], flux[used], knot_days=self.knot_days)(
            np.clip(time, time[used[0]], time[used[-1]])
        )


def robust_spline(time: np.ndarray, flux: np.ndarray, *, knot_days: float) -> BSpline:
    """Fit a robust cubic spline to strictly ascending ``time``, at least four points (points,).

    Huber & Ronchetti (2009), Robust Statistics, section 7.8: weights follow from residuals over
    their median absolute deviation, and the fit is repeated.
    """
    knots = knots_between(time, knot_days=knot_days)
    coefficients = robust_coefficients(
        np.asarray(time, dtype=float),
        np.asarray(flux, dtype=float),
        knots,
        ROUNDS,
        BIWEIGHT_SIGMA * MAD_TO_SIGMA,
        LEAST_WEIGHT,
    )
    return BSpline(knots, coefficients, DEGREE)


def knots_between(time: np.ndarray, *, knot_days: float) -> np.ndarray:
    """Full knot vector (ends repeated); every interval has enough points to determine a cubic."""
    count = max(int(np.floor((time[-1] - time[0]) / knot_days)), 1)
    wanted = np.linspace(time[0], time[-1], count + 1)[1:-1]
    inner = wanted[_determined(np.searchsorted(time, wanted), len(time), DEGREE)]
    ends = np.ones(DEGREE + 1)
    return np.concatenate([time[0] * ends, inner, time[-1] * ends])


@njit(cache=True)
def _determined(places: np.ndarray, points: int, degree: int) -> np.ndarray:
    """Mask of the knots, given by the points before them, that leave enough on both sides."""
    kept = np.zeros(len(places), dtype=np.bool_)
    last = 0
    for number in range(len(places)):
        place = places[number]
        if place - last > degree and points - place > degree:
            kept[number] = True
            last = place
    return kept
