"""How fast a star's own variation is, against the event that is measured in it."""

from __future__ import annotations

import numpy as np

from exoval.ephemeris import Ephemeris
from exoval.lightcurve import LightCurve

#: share of the times at which the trend changes by less than the change that is told
USUAL = 90.0


def trend_change(undetrended: LightCurve, flat: LightCurve, *, days: float) -> float:
    """Return by how much the trend usually changes within some days, relative to the star's light.

    ``flat`` is the light curve after detrending; the trend is what was divided out. In nine of ten
    places it changes by less. 0 if no stretch of data is that long.
    """
    changes = []
    for segment in flat.segments:
        time = flat.time[segment.cadences]
        place = np.searchsorted(undetrended.time, time)
        trend = undetrended.flux[place] / flat.flux[segment.cadences]
        later = np.searchsorted(time, time + days)
        # pairs whose later cadence exists: neither beyond the end nor behind a gap
        there = later < len(time)
        there[there] = time[later[there]] - time[there] < 1.5 * days
        after = np.interp(time[there] + days, time, trend)
        changes.append(np.abs(after - trend[there]) / np.median(trend))
    changes = np.concatenate(changes) if changes else np.empty(0)
    return float(np.percentile(changes, USUAL)) if len(changes) else 0.0


def variability_caveat(
    undetrended: LightCurve, flat: LightCurve, event: Ephemeris, *, depth: float
) -> str:
    """Return a sentence where the star changes by more than the event's depth within its duration.

    ``depth`` is relative flux. Empty for a star that does not.
    """
    change = trend_change(undetrended, flat, days=event.duration)
    if not change > depth > 0:
        return ""
    return (
        f"the star's own light changes by {1e6 * change:,.0f} ppm within the event's "
        f"{24 * event.duration:.1f} hours, and the event is {1e6 * depth:,.0f} ppm deep: its depth "
        "and shape depend on the trend that was removed"
    )
