"""A cubic spline whose stiffness is chosen for each light curve, as in quick-look pipelines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.detrend.flatten_segments import flatten_segments
from exoval.detrend.parameters import require_positive
from exoval.detrend.point_scatter import point_scatter
from exoval.detrend.spline import DEGREE, robust_spline
from exoval.ephemeris import Ephemeris
from exoval.lightcurve import LightCurve

#: residuals beyond this many standard deviations (dips, flares) are clipped to it
OUTLIER_SIGMA = 5.0


@dataclass(frozen=True, kw_only=True)
class AdaptiveSpline:
    """Divide every stretch by the spline whose knots the Bayesian information criterion prefers.

    After Vanderburg & Johnson (2014, PASP 126, 948) and the TESS quick-look pipeline (Huang et al.
    2020, RNAAS 4, 204), whose knots are no closer than 0.3 days: ``spacings`` are tried from
    ``closest_knots_days`` to ``farthest_knots_days``. Close knots remove variation over a day and
    longer. They also distort events longer than half the knot spacing, unless those are hidden from
    the fit. ``gap_days``, ``event_margin`` and ``upward_clip_sigma`` are passed to
    ``flatten_segments``.

    Raises BadParameter if a number is not positive.
    """

    closest_knots_days: float = 0.3
    farthest_knots_days: float = 10.0
    spacings: int = 6
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
            self._trend,
            event=event,
            gap_days=self.gap_days,
            event_margin=self.event_margin,
            upward_clip_sigma=self.upward_clip_sigma,
        )

    def _trend(self, time: np.ndarray, flux: np.ndarray, visible: np.ndarray) -> np.ndarray:
        used = np.flatnonzero(visible)
        # equal times would make the fit singular
        used = used[np.diff(time[used], prepend=-np.inf) > 0]
        scatter = point_scatter(flux[used])
        if len(used) <= DEGREE or not scatter > 0:
            return np.full(len(time), np.median(flux[visible]))
        best, least = np.full(len(time), np.median(flux[visible])), np.inf
        for knot_days in np.geomspace(
            self.farthest_knots_days, self.closest_knots_days, int(self.spacings)
        ):
            if time[used[-1]] - time[used[0]] < 0.5 * knot_days:
                continue
            spline = robust_spline(time[used], flux[used], knot_days=knot_days)
            pull = (flux[used] - spline(time[used])) / scatter
            criterion = np.sum(np.minimum(pull**2, OUTLIER_SIGMA**2)) + len(spline.c) * np.log(
                len(used)
            )
            if criterion < least:
                best = spline(np.clip(time, time[used[0]], time[used[-1]]))
                least = criterion
        return best
