"""Search for several events in a light curve: search, hide the found event, search again."""

from __future__ import annotations

from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve
from exoval.missions.light_curve_object import as_light_curve
from exoval.search.search import Search
from exoval.star import Star


def search_again(
    search: Search, light_curve: LightCurve, star: Star, *, count: int = 5, margin: float = 2.0
) -> list[TransitEvent]:
    """Return up to ``count`` events, each found with all earlier ones hidden.

    Later events are further planets, or the secondary eclipse of a binary (at the period of the
    first event). ``light_curve`` is detrended. ``margin`` is the full width of the hidden window in
    durations of the found box, because ingress and egress reach beyond the box. A search that gives
    what remains of a light curve goes on in that: single bad events and waves are removed once. The
    search ends when it finds nothing or no cadence is left. Raises the errors of the search.
    """
    light_curve = as_light_curve(light_curve)
    events: list[TransitEvent] = []
    while len(events) < count:
        event, light_curve = _event_and_remains(search, light_curve, star)
        if event is None:
            break
        events.append(event)
        visible = ~event.ephemeris.in_event(light_curve.time, margin)
        if not visible.any():
            break
        light_curve = light_curve.keep(visible)
    return events


def _event_and_remains(
    search: Search, light_curve: LightCurve, star: Star
) -> tuple[TransitEvent | None, LightCurve]:
    """The next event and the light curve in which to look for further ones."""
    if hasattr(search, "event_and_remains"):
        return search.event_and_remains(light_curve, star)
    return search(light_curve, star), light_curve
