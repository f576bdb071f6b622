"""The steps common to every detrending: segments, gaps, hidden events, outliers and errors."""

from __future__ import annotations

from itertools import pairwise
from typing import Protocol

import numpy as np

from exoval.detrend.across_events import Across, straight
from exoval.detrend.point_scatter import point_scatter
from exoval.detrend.wild_cadences import (
    IMPOSSIBLE,
    ISOLATED,
    impossible_flux,
    isolated,
    repeating,
)
from exoval.ephemeris import Ephemeris
from exoval.errors import BadLightCurve
from exoval.lightcurve import LightCurve
from exoval.missions.light_curve_object import as_light_curve

#: share of times that differ below which they were rounded
LEAST_DISTINCT = 0.5


class Trend(Protocol):
    """Slow variation of one stretch without gaps, fitted to its ``visible`` cadences.

    At least one cadence is visible. Arrays of one shape (cadences,), times in ascending days, flux
    around 1. NaN where the trend is unknown.
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
    across: Across = straight,
) -> LightCurve:
    """Divide every segment by its own trend; flux becomes 1 out of transit.

    Cadences without finite time or flux are dropped. A segment is cut where cadences are missing
    for longer than ``gap_days``, and each stretch has its own trend. Cadences within a window of
    ``event_margin`` durations about an ``event`` are hidden from the trend, which runs ``across``
    them, straight unless told otherwise; the window is at most half the period, or the event itself
    if that is longer. With a margin of 0 nothing is hidden, as in pipelines that detrend once,
    before they search. Errors become the robust scatter of single cadences in each segment. Single
    points more than ``upward_clip_sigma`` errors above the trend (cosmic rays, flares) are dropped,
    and so is what cannot be light (``exoval.detrend.wild_cadences``): zeros, fill values and,
    outside an ``event``, dips of a single cadence that do not repeat. Other dips never are.

    Raises BadLightCurve if times do not ascend or no cadence has a finite trend.
    """
    light_curve = as_light_curve(light_curve)
    usable = np.isfinite(light_curve.time) & np.isfinite(light_curve.flux)
    if not usable.all():
        light_curve = light_curve.keep(usable)
    light_curve = light_curve.leave_out(impossible_flux(light_curve), IMPOSSIBLE)
    if np.any(np.diff(light_curve.time) < 0):
        raise BadLightCurve(f"{light_curve.target}: times do not ascend; sort the cadences")
    distinct = len(np.unique(light_curve.time))
    if distinct < LEAST_DISTINCT * len(light_curve):
        raise BadLightCurve(
            f"{light_curve.target}: only {distinct} of {len(light_curve)} times differ; give them "
            "in double precision, one a cadence"
        )
    hidden = np.zeros(len(light_curve), dtype=bool)
    if event is not None and event_margin > 0:
        # an event may fill much of its period: enough cadences must stay to show the level
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
            across=across,
        )
        error[part] = point_scatter(flux[part][~hidden[part]])
    # a scatter this small is rounding error, not noise
    good = np.isfinite(flux) & np.isfinite(error) & (error > 1e-14)
    good &= flux < 1 + upward_clip_sigma * np.where(good, error, np.inf)
    if not good.any():
        _check_level(light_curve)
        raise BadLightCurve(
            f"{light_curve.target}: nothing left after detrending {len(light_curve)} "
            "cadences; the flux is constant, empty or not positive: leave this target out"
        )
    flat = light_curve.with_flux(flux, error).keep(good)
    return flat.leave_out(_isolated_dips(flat, event), ISOLATED)


def _check_level(light_curve: LightCurve) -> None:
    """Raise BadLightCurve for flux without the star's level in it."""
    level = np.median(light_curve.flux)
    if not level > 0:
        raise BadLightCurve(
            f"{light_curve.target}: the median flux is {level:.3g}; give flux with the star's "
            "level in it, such as 1 plus the relative change"
        )


def _isolated_dips(flat: LightCurve, event: Ephemeris | None) -> np.ndarray:
    """Dips of single cadences that do not repeat.

    Inside an event they are judged against its other events.
    """
    alone, depth = np.zeros(len(flat), dtype=bool), (1 - flat.flux) / flat.flux_error
    for segment in flat.segments:
        part = segment.cadences
        alone[part] = isolated(flat.time[part], depth[part])
    alone &= ~repeating(flat.time, depth, alone)
    if event is not None and alone.any():
        alone &= ~event.in_event(flat.time)
    return alone


def _flatten(
    time: np.ndarray,
    flux: np.ndarray,
    visible: np.ndarray,
    *,
    trend: Trend,
    gap_days: float,
    across: Across,
) -> np.ndarray:
    """Divide one segment by its trend; NaN where the trend is unknown."""
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
    # inside an event few or no points constrain the trend
    return flux / level / across(time, slow, known)


def stretches(time: np.ndarray, *, gap_days: float) -> list[slice]:
    """Cut ascending times at gaps of ``gap_days`` or more; returns one slice for each stretch."""
    edges = np.flatnonzero(np.diff(time) > gap_days) + 1
    bounds = [0, *edges.tolist(), len(time)]
    return [slice(first, last) for first, last in pairwise(bounds)]
