"""What every detrending does alike: segments, gaps, hidden events, outliers and errors."""

from __future__ import annotations

from itertools import pairwise
from typing import Protocol

import numpy as np

from exoval.detrend.point_scatter import point_scatter
from exoval.ephemeris import Ephemeris
from exoval.errors import BadLightCurve
from exoval.lightcurve import LightCurve


class Trend(Protocol):
    """Slow variation of one stretch without gaps; ``visible`` cadences (never none) steer it.

    Arrays of one shape (cadences,), times in ascending days, flux around 1. NaN where the trend
    is unknown.
    """

    def __call__(self, time: np.ndarray, flux: np.ndarray, visible: np.ndarray) -> np.ndarray: ...


def flatten_segments(
    light_curve: LightCurve,
    trend: Trend,
    *,
    event: Ephemeris | None,
    gap_days: float,
    event_margin: float,
    upward_clip_sigma: float,
) -> LightCurve:
    """Divide every segment by its own trend; flux becomes 1 out of transit.

    Cadences without finite time or flux are dropped. A segment is cut where cadences are missing
    for longer than ``gap_days``, and the trend of each stretch knows nothing of the others.
    Cadences within ``event_margin`` durations (full width, but no more than half the period unless
    the event itself is longer) of an ``event`` do not steer the trend, which runs straight across
    them; with a margin of 0 the trend knows nothing of the event, as in pipelines that detrend
    once, before they search. Errors become the robust scatter of single cadences in each segment.
    Single points more than ``upward_clip_sigma`` errors above the trend (cosmic rays, flares) are
    dropped; dips never are.

    Raises BadLightCurve if times do not ascend or no cadence has a finite trend.
    """
    usable = np.isfinite(light_curve.time) & np.isfinite(light_curve.flux)
    if not usable.all():
        light_curve = light_curve.keep(usable)
    if np.any(np.diff(light_curve.time) < 0):
        raise BadLightCurve(f"{light_curve.target}: times do not ascend; sort the cadences")
    hidden = np.zeros(len(light_curve), dtype=bool)
    if event is not None and event_margin > 0:
        # of an event that fills much of its period enough must stay to show the level
        widths = max(min(event_margin, 0.5 * event.period / event.duration), 1.0)
        hidden = event.in_event(light_curve.time, widths)
    flux = np.full(len(light_curve), np.nan)
    error = np.full(len(light_curve), np.nan)
    for segment in light_curve.segments:
        part = segment.cadences
        flux[part] = _flatten(
            light_curve.time[part],
            light_curve.flux[part],
            ~hidden[part],
            trend=trend,
            gap_days=gap_days,
        )
        error[part] = point_scatter(flux[part][~hidden[part]])
    # a scatter of rounding errors alone is no noise
    good = np.isfinite(flux) & np.isfinite(error) & (error > 1e-14)
    good &= flux < 1 + upward_clip_sigma * np.where(good, error, np.inf)
    if not good.any():
        raise BadLightCurve(
            f"{light_curve.target}: nothing left after detrending {len(light_curve)} "
            "cadences; the flux is constant, empty or not positive: leave this target out"
        )
    return light_curve.with_flux(flux, error).keep(good)


def _flatten(
    time: np.ndarray, flux: np.ndarray, visible: np.ndarray, *, trend: Trend, gap_days: float
) -> np.ndarray:
    """One segment over its trend, NaN where there is none."""
    level = np.median(flux) if len(flux) else np.nan
    if not level > 0:
        return np.full(len(flux), np.nan)
    slow = np.full(len(flux), np.nan)
    for stretch in stretches(time, gap_days=gap_days):
        if visible[stretch].any():
            slow[stretch] = trend(time[stretch], flux[stretch] / level, visible[stretch])
    known = np.isfinite(slow) & (slow > 0) & visible
    if not known.any():
        return np.full(len(flux), np.nan)
    # inside an event few points steer the trend, or none: run straight across instead
    slow = np.where(known, slow, np.interp(time, time[known], slow[known]))
    return flux / level / slow


def stretches(time: np.ndarray, *, gap_days: float) -> list[slice]:
    """Slices of ascending times between which cadences are missing for ``gap_days`` or more."""
    edges = np.flatnonzero(np.diff(time) > gap_days) + 1
    bounds = [0, *edges.tolist(), len(time)]
    return [slice(first, last) for first, last in pairwise(bounds)]
