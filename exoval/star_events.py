"""All events of a star: the strongest is found and taken out, and the star is searched again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from exoval.ephemeris import SAME_FOUND_PERIOD, Ephemeris, falls_on, is_same_signal
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve
from exoval.missions.mission import MASK
from exoval.recipe import Recipe
from exoval.removal import REMOVED_DURATIONS, take_out
from exoval.search.refine import refine
from exoval.search.search_again import search_again
from exoval.siblings import COLUMNS, COUNTS, siblings
from exoval.star import Star


def star_events(light_curve: LightCurve, star: Star, recipe: Recipe) -> list[TransitEvent]:
    """Return the events of an undetrended light curve in the order in which a search finds them.

    The search ends when it finds nothing, or with the recipe's ``max_events``. Raises the errors of
    detrending and search.
    """
    return search_again(
        recipe.search,
        recipe.detrend(light_curve),
        star,
        count=recipe.max_events,
        margin=REMOVED_DURATIONS,
        take_out=partial(take_out, how=recipe.event_removal),
    )


def without_found(
    light_curve: LightCurve, found: Sequence[TransitEvent], recipe: Recipe, *, is_flat: bool = False
) -> LightCurve:
    """Return a light curve without events that were found, as a further search sees it.

    Fits are made in the light curve itself if it ``is_flat`` (detrended), otherwise in one that is
    detrended for each event.
    """
    for event in found:
        if is_flat or recipe.event_removal == MASK:
            flat = light_curve
        else:
            flat = recipe.detrend(light_curve, event.ephemeris)
        light_curve = take_out(light_curve, event, how=recipe.event_removal, flat=flat)
    return light_curve


def place_among(event: Ephemeris, found: Sequence[TransitEvent]) -> int:
    """Return the place of an event among those found; their number if it is none of them.

    Of several at its period, such as both eclipses of a binary, it is the one at its phase, and of
    those that coincide with it the one that was found first: what its removal left comes later. One
    found at a multiple or a fraction of its period is the same if their events coincide and none
    was found at the period itself.
    """
    same = []
    for number, one in enumerate(found):
        if not is_same_signal(event, one.ephemeris, within=SAME_FOUND_PERIOD):
            continue
        has_its_period = round(_ratio(event, one.ephemeris)) == 1
        apart = _phase_apart(event, one.ephemeris)
        coincides = falls_on(one.ephemeris.epoch, event, duration=one.ephemeris.duration)
        same.append((not has_its_period, 0.0 if coincides else apart, number, apart))
    _, _, number, apart = min(same, default=(True, np.inf, len(found), np.inf))
    return number if apart < 0.25 else len(found)


def _ratio(one: Ephemeris, other: Ephemeris) -> float:
    """The longer period over the shorter one."""
    short, long = sorted((one.period, other.period))
    return long / short


def _phase_apart(event: Ephemeris, found: Ephemeris) -> float:
    """Distance of the events of two ephemerides in phase of the shorter period, 0 to 0.5."""
    shorter = event.period / max(round(event.period / found.period), 1)
    cycles = (found.epoch - event.epoch) / shorter
    return abs(cycles - round(cycles))


def is_among(signal: Ephemeris, events: Sequence[TransitEvent]) -> bool:
    """Return whether a signal is one of some events, at whichever eclipse."""
    return any(is_same_signal(signal, one.ephemeris, within=SAME_FOUND_PERIOD) for one in events)


def known_events(
    known: Sequence[Ephemeris], found: Sequence[TransitEvent], flat: LightCurve, recipe: Recipe
) -> list[TransitEvent]:
    """Return the known signals of a star that its search missed and would count, strongest first.

    ``flat`` is detrended, and what the search found is taken out of it. A signal is refined there
    as the events of a search are. It counts if it then has the strength and the number of transits
    that the search requires: a simulated star has no other siblings. Signals that were found, at
    either eclipse, are left out, and so are those that repeat a stronger one.
    """
    missed = [one for one in known if not is_among(one, found)]
    refined = [refine(flat, one, source="known signal") for one in missed]
    counted = [one for one in refined if one is not None and _is_counted(one, recipe)]
    distinct: list[TransitEvent] = []
    for one in sorted(counted, key=lambda event: -event.signal_to_noise):
        if not is_among(one.ephemeris, [*found, *distinct]):
            distinct.append(one)
    return distinct


def _is_counted(event: TransitEvent, recipe: Recipe) -> bool:
    """Whether a search that goes on would report an event."""
    search = recipe.search
    return (
        event.signal_to_noise >= search.threshold and event.transit_count >= search.minimum_transits
    )


def sibling_values(
    listed: Sequence[TransitEvent], place: int, *, most_events: int
) -> dict[str, float]:
    """Return how the event at a place relates to the others (``exoval.siblings.COLUMNS``).

    The counts are those of a search that ends with ``most_events`` events, however many further
    ones are known.
    """
    events = pd.DataFrame(
        {
            "target": "",
            "number": np.arange(1, len(listed) + 1),
            "period": [one.ephemeris.period for one in listed],
            "epoch": [one.ephemeris.epoch for one in listed],
            "duration": [one.ephemeris.duration for one in listed],
            "depth": [one.depth for one in listed],
            "strength": [one.signal_to_noise for one in listed],
        }
    )
    row = siblings(events).iloc[place]
    values = {column.name: float(row[column.name]) for column in COLUMNS}
    return values | {name: min(values[name], most_events - 1.0) for name in COUNTS}
