"""Measurement of an event in a real light curve, the same for training, vetting and pages.

``train``, ``vet``, its page and ``plot-event`` all use it: the star's other signals are cut out,
the segments with most of the event are chosen, and it is measured as simulated ones are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from exoval.ephemeris import MIDDLES_APART, Ephemeris
from exoval.errors import NoDip
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve
from exoval.measure import MeasuredEvent, measure
from exoval.missions.light_curve_object import as_light_curve
from exoval.recipe import Recipe
from exoval.search.refine import box_event, refine
from exoval.search.seen_once import event_seen_once
from exoval.star import Star
from exoval.star_events import (
    is_among,
    known_events,
    place_among,
    sibling_values,
    star_events,
    without_found,
)

#: full width of the cut around each event of another signal, in durations of its events: middles
#: of events that do not coincide with it stay
CUT_DURATIONS = 2 * MIDDLES_APART


def measure_real_event(
    light_curve: LightCurve,
    event: TransitEvent,
    star: Star,
    recipe: Recipe,
    *,
    others: Sequence[Ephemeris] = (),
) -> MeasuredEvent:
    """Measure an event of an undetrended light curve as the events of a labelled set were.

    ``others`` are further signals of the star, which are cut out. A recipe that searches for
    several events finds them itself: it takes out what it finds before the event and keeps the
    rest; those of ``others`` that it misses are events of the star too where they are strong enough
    (``exoval.star_events.known_events``). For an event whose period is unknown, the periods that
    the whole light curve allows are found first. Raises NoDip if the data show no dip at the event,
    BadLightCurve if no cadence is left.
    """
    light_curve = _processed(as_light_curve(light_curve, recipe.mission), event, recipe)
    if recipe.max_events == 1:
        light_curve = without_events(light_curve, others)
    if not event.period_is_known:
        event = event_seen_once(
            recipe.detrend(light_curve, event.ephemeris),
            epoch=event.ephemeris.epoch,
            duration=event.ephemeris.duration,
            source=event.source,
        )
    window = best_window(light_curve, event.ephemeris, recipe.segments_per_light_curve)
    siblings = None
    if recipe.max_events > 1 and len(window):
        window, siblings = _among_its_siblings(window, event, star, recipe, others=others)
    measured = measure(window, event, star, recipe, siblings=siblings) if len(window) else None
    if measured is None or not measured.folded.inside.any():
        raise NoDip(_no_dip(light_curve, event.ephemeris))
    return measured


def _processed(light_curve: LightCurve, event: TransitEvent, recipe: Recipe) -> LightCurve:
    """The light curve after the mission's own processing, of the segments with most of the event.

    The processing of a simulated star sees no other segments.
    """
    mission = recipe.simulated or recipe.mission
    if not mission.processing or light_curve.is_processed:
        return light_curve
    if event.period_is_known:
        size = recipe.segments_per_light_curve
        light_curve = best_window(light_curve, event.ephemeris, size)
    return mission.processed(light_curve)


def _among_its_siblings(
    window: LightCurve,
    event: TransitEvent,
    star: Star,
    recipe: Recipe,
    *,
    others: Sequence[Ephemeris],
) -> tuple[LightCurve, dict[str, float]]:
    """The window without the events that come before this one, and their relation.

    As in a simulation: later events stay in the data. First come those that a search finds, then
    the event and the known signals that it misses, the strongest first, as if it went on.
    """
    found = star_events(window, star, recipe)
    own, *known = (one.near(window.time[0]) for one in (event.ephemeris, *others))
    place, listed = place_among(own, found), found
    this = replace(event, ephemeris=own)
    further = [one for one in known if not is_among(one, [this, *found])]
    if place == len(found) or further:
        flat = without_found(recipe.detrend(window), found, recipe, is_flat=True)
        missed = known_events(further, found, flat, recipe)
        if place == len(found):
            this = refine(flat, own) or box_event(flat, own)
            place += sum(one.signal_to_noise > this.signal_to_noise for one in missed)
            missed.insert(place - len(found), this)
        listed = [*found, *missed]
    values = sibling_values(listed, place, most_events=recipe.max_events)
    return without_found(window, listed[:place], recipe), values


def without_events(light_curve: LightCurve, signals: Sequence[Ephemeris]) -> LightCurve:
    """The light curve without the cadences inside the events of some signals."""
    for signal in signals:
        light_curve = light_curve.keep(~signal.in_event(light_curve.time, CUT_DURATIONS))
    return light_curve


def best_window(light_curve: LightCurve, ephemeris: Ephemeris, size: int | None) -> LightCurve:
    """The ``size`` consecutive segments with most cadences inside events, as a light curve.

    The earliest of equal ones is taken; the whole light curve if ``size`` is None.
    """
    segments = light_curve.segments
    if size is None or size >= len(segments):
        return light_curve
    inside = ephemeris.in_event(light_curve.time)
    best = max(
        _runs(len(segments), size),
        key=lambda run: sum(int(inside[segments[i].cadences].sum()) for i in run),
    )
    cadences = np.zeros(len(light_curve), dtype=bool)
    for i in best:
        cadences[segments[i].cadences] = True
    return light_curve.keep(cadences)


def limits_exceeded(measured: MeasuredEvent, recipe: Recipe) -> tuple[str, ...]:
    """Sentences on how an event lies outside what was simulated and searched for; often empty."""
    folded, search = measured.folded, recipe.search
    shortest, longest = recipe.periods
    depth, error = folded.depth
    found = []
    if folded.event.period_is_known and not shortest <= folded.period <= longest:
        found.append(f"period outside the {shortest:g}-{longest:g} days that were simulated")
    if len(folded.events) < search.minimum_transits:
        found.append(f"fewer than the {search.minimum_transits} transits that the search requires")
    if depth < search.threshold * error:
        found.append(f"weaker than the {search.threshold:g} sigma that the search requires")
    return tuple(found)


def _runs(count: int, size: int) -> Iterator[range]:
    return (range(first, first + size) for first in range(count - size + 1))


def _no_dip(light_curve: LightCurve, ephemeris: Ephemeris) -> str:
    """The message for an event that is not in the data."""
    where = "there are no data"
    if len(light_curve):
        where = f"the data run from {light_curve.time[0]:.2f} to {light_curve.time[-1]:.2f} d"
    return (
        f"{light_curve.target}: no dip in the data near period {ephemeris.period:.6g} d, epoch "
        f"{ephemeris.epoch:.6g} d, duration {24 * ephemeris.duration:.4g} h; {where}: give "
        "another ephemeris or other segments"
    )
