"""All events of a star: the strongest is found and taken out, and the star is searched again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from exoval.ephemeris import SAME_FOUND_PERIOD, Ephemeris, is_same_signal
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve
from exoval.recipe import Recipe
from exoval.search.search_again import search_again
from exoval.siblings import COLUMNS, siblings
from exoval.star import Star

#: full width of the cut around each event of a found signal, in durations of the found box: ingress
#: and egress reach beyond a box, and what is left of them would be found again
REMOVED_DURATIONS = 2.2


def star_events(light_curve: LightCurve, star: Star, recipe: Recipe) -> list[TransitEvent]:
    """Return the events of an undetrended light curve in the order in which a search finds them.

    The search ends when it finds nothing, or with the recipe's ``max_events``. Raises the errors of
    detrending and search.
    """
    flat = recipe.detrend(light_curve)
    return search_again(
        recipe.search, flat, star, count=recipe.max_events, margin=REMOVED_DURATIONS
    )


def without_found(light_curve: LightCurve, found: Sequence[TransitEvent]) -> LightCurve:
    """Return the light curve without the cadences of events that were found and taken out."""
    visible = np.ones(len(light_curve), dtype=bool)
    for event in found:
        visible &= ~event.ephemeris.in_event(light_curve.time, REMOVED_DURATIONS)
    return light_curve if visible.all() else light_curve.keep(visible)


def place_among(event: Ephemeris, found: Sequence[TransitEvent]) -> int:
    """Return the place of an event among those found; their number if it is none of them.

    Of several at its period, such as both eclipses of a binary, it is the one at its phase.
    """
    same = [
        (abs(float(event.time_from_mid_event(one.ephemeris.epoch))), number)
        for number, one in enumerate(found)
        if is_same_signal(event, one.ephemeris, within=SAME_FOUND_PERIOD)
    ]
    apart, number = min(same, default=(np.inf, len(found)))
    own = min(event.period, found[number].ephemeris.period) if same else np.inf
    return number if apart < 0.25 * own else len(found)


def sibling_values(found: Sequence[TransitEvent], place: int) -> dict[str, float]:
    """Return how the event at a place relates to the others (``exoval.siblings.COLUMNS``)."""
    events = pd.DataFrame(
        {
            "target": "",
            "number": np.arange(1, len(found) + 1),
            "period": [one.ephemeris.period for one in found],
            "epoch": [one.ephemeris.epoch for one in found],
            "duration": [one.ephemeris.duration for one in found],
            "depth": [one.depth for one in found],
            "strength": [one.signal_to_noise for one in found],
        }
    )
    row = siblings(events).iloc[place]
    return {column.name: float(row[column.name]) for column in COLUMNS}
