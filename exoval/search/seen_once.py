"""An event of which the time and the duration are known but not the period."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from exoval.ephemeris import Ephemeris
from exoval.errors import BadParameter, NoDip
from exoval.event import PossiblePeriods, TransitEvent
from exoval.lightcurve import LightCurve
from exoval.search.coverage import covered_days
from exoval.search.refine import box_event
from exoval.search.searchable import searchable
from exoval.search.single_event import CANDIDATES, SingleEvent

#: steps of the trial periods: the farthest event moves by this share of the duration
STEP_DURATIONS = 0.25
#: an event's cadences cover at least this share of it where the data show that it is not there
COVERED = 0.5
#: shortest trial period, in durations
SHORTEST_DURATIONS = 4.0


def event_seen_once(
    light_curve: LightCurve, *, epoch: float, duration: float, source: str = ""
) -> TransitEvent:
    """Return the event at a mid-time, with the periods that the data allow.

    ``light_curve`` is detrended, ``epoch`` and ``duration`` in days. If another dip matches the
    event as its next one, their separation is the period; if not, it is the shortest that puts no
    other event between the first and the last cadence, as that of
    ``exoval.search.single_event``. Raises BadParameter for a duration that is not positive and
    NoDip if no cadence lies inside the event.
    """
    if not 0 < duration < np.inf or not np.isfinite(epoch):
        raise BadParameter(
            f"epoch {epoch} d, duration {duration} d of a single transit; give finite days, the "
            "duration above 0"
        )
    usable = searchable(light_curve)
    alone = Ephemeris(
        max(3 * usable.baseline if usable else 0.0, SHORTEST_DURATIONS * duration), epoch, duration
    )
    if usable is None or not alone.in_event(usable.time).any():
        raise NoDip(
            f"{light_curve.target}: no cadence within {24 * duration:.3g} h about {epoch:.6g} d; "
            f"the data run from {light_curve.time[0]:.6g} to {light_curve.time[-1]:.6g} d: give "
            "another epoch or more segments"
        )
    dip = replace(box_event(usable, alone), transit_count=1)
    pair = _pair(usable, dip)
    if pair is not None:
        return replace(pair, source=source)
    return replace(_once(usable, dip), source=source)


def _pair(light_curve: LightCurve, dip: TransitEvent) -> TransitEvent | None:
    """The event and another dip that matches it; None without one."""
    search = SingleEvent()
    others = [
        other
        for other in search.strongest_dips(light_curve, CANDIDATES)
        if abs(other.ephemeris.epoch - dip.ephemeris.epoch)
        > other.ephemeris.duration + dip.ephemeris.duration
    ]
    if not dip.signal_to_noise >= search.partner_threshold:
        return None
    return search.pair(light_curve, [dip, *others])


def _once(light_curve: LightCurve, dip: TransitEvent) -> TransitEvent:
    """The event with the shortest period that puts no other into the baseline."""
    epoch, duration = dip.ephemeris.epoch, dip.ephemeris.duration
    reach = max(epoch - light_curve.time[0], light_curve.time[-1] - epoch) + duration
    shortest = _shortest_period(light_curve, dip, longest=reach)
    return replace(
        dip,
        ephemeris=Ephemeris(max(float(reach), 2 * duration), epoch, duration),
        possible_periods=PossiblePeriods(shortest=shortest, all_above=float(reach)),
    )


def _shortest_period(light_curve: LightCurve, dip: TransitEvent, *, longest: float) -> float:
    """The shortest trial period whose other events fall into gaps or show the dip."""
    epoch, duration = dip.ephemeris.epoch, dip.ephemeris.duration
    time = light_curve.time
    before, after = time[0] - epoch, time[-1] - epoch
    days = covered_days(light_curve)
    weight = light_curve.flux_error**-2.0
    mass = np.concatenate([[0.0], np.cumsum(weight)])
    moment = np.concatenate([[0.0], np.cumsum(weight * (1 - light_curve.flux))])
    period = SHORTEST_DURATIONS * duration
    while period < longest:
        number = np.arange(np.ceil(before / period), np.floor(after / period) + 1)
        middles = epoch + period * number[number != 0]
        low = np.searchsorted(time, middles - 0.5 * duration)
        high = np.searchsorted(time, middles + 0.5 * duration)
        covered = days[high] - days[low] > COVERED * duration
        total = mass[high[covered]] - mass[low[covered]]
        depth = (moment[high[covered]] - moment[low[covered]]) / total
        absent = (depth < 0.5 * dip.depth) & (depth < dip.depth - 3 * total**-0.5)
        if not absent.any():
            return float(period)
        # the farthest event moves by a share of the duration
        period += STEP_DURATIONS * duration / max(np.abs(number).max(), 1)
    return float(longest)
