"""Search for several events in a light curve: search, hide the found event, search again."""

from __future__ import annotations

from collections.abc import Callable

from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve
from exoval.missions.light_curve_object import as_light_curve
from exoval.search.search import Search
from exoval.star import Star


def search_again(
    search: Search,
    light_curve: LightCurve,
    star: Star,
    *,
    count: int = 5,
    margin: float = 2.0,
    take_out: Callable[[LightCurve, TransitEvent], LightCurve] | None = None,
) -> list[TransitEvent]:
    """Return up to ``count`` events, each found with all earlier ones hidden.

    Later events are further planets, or the secondary eclipse of a binary (at the period of the
    first event). ``light_curve`` is detrended. ``margin`` is the full width of the hidden window in
    durations of the found box, because ingress and egress reach beyond the box; ``take_out`` is
    another way to take an event out. A search that gives what it looked at goes on from there:
    single bad events and waves are removed once, and periods at which nothing can be above the
    threshold are not searched again. The search ends when it finds nothing or no cadence is left.
    Raises the errors of the search.
    """
    light_curve = as_light_curve(light_curve)
    goes_on = hasattr(search, "event_and_searched")
    searched = None
    events: list[TransitEvent] = []
    while len(events) < count:
        if goes_on:
            event, searched = search.event_and_searched(light_curve, star, searched)
            light_curve = searched.light_curve
        else:
            event = search(light_curve, star)
        if event is None:
            break
        events.append(event)
        visible = ~event.ephemeris.in_event(light_curve.time, margin)
        if not visible.any():
            break
        light_curve = (
            light_curve.keep(visible) if take_out is None else take_out(light_curve, event)
        )
    return events
