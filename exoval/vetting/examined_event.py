"""An event of a real light curve, measured for a model and not yet judged by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from exoval.ephemeris import Ephemeris
from exoval.errors import BadLightCurve, BadParameter
from exoval.event import TransitEvent
from exoval.labels import UNKNOWN
from exoval.lightcurve import LightCurve
from exoval.measure import MeasuredEvent, declared_columns
from exoval.missions.light_curve_object import as_light_curve
from exoval.real_event import limits_exceeded, measure_real_event, without_events
from exoval.recipe import Recipe
from exoval.star import Star
from exoval.table.feature_table import IDENTITY, LARGEST, FeatureTable
from exoval.vetting.against_a_planet import against_a_planet
from exoval.vetting.caveats import of_the_cadences, of_the_data
from exoval.views.store import ViewRows, Views

#: an epoch farther than this from the data must be on another clock
FARTHEST_EPOCH_DAYS = 2e4


@dataclass(frozen=True, kw_only=True)
class ExaminedEvent:
    """What judging an event needs of it, small enough to be sent between processes.

    ``event`` has the refined ephemeris, ``features`` one float a column of the recipe, ``views``
    those of its form with their counts of empty bins (None without a form). ``segments`` are the
    number used and the number that the star has. Four kinds of caveats stand around those of the
    model: ``notes`` on the request, ``against`` a planet, ``of_data`` and ``further`` ones.
    ``measured`` is the event as it was measured, with its light curve; None once that is left out.
    """

    name: str
    target: str
    event: TransitEvent
    features: dict[str, float]
    views: tuple[np.ndarray, np.ndarray] | None = None
    segments: tuple[int, int] = (0, 0)
    notes: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    of_data: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    measured: MeasuredEvent | None = None

    def without_light_curve(self) -> ExaminedEvent:
        """The same without what only a page needs."""
        return replace(self, measured=None)


def examine(
    light_curve: LightCurve,
    star: Star,
    recipe: Recipe,
    *,
    event: TransitEvent | None = None,
    name: str = "",
    others: Sequence[Ephemeris] = (),
) -> ExaminedEvent:
    """Measure an event of an undetrended light curve by the recipe of a model.

    Without an event the best that the search finds is taken. ``others`` are further signals of the
    star, as in ``exoval.vetting.vet.vet``. Raises BadLightCurve if no event is found, the event has
    no data or a feature comes out infinite, BadParameter for an epoch far from the data.
    """
    light_curve = as_light_curve(light_curve, recipe.mission)
    if event is None:
        event = _strongest(light_curve, star, recipe, others)
    else:
        _check_epoch(event.ephemeris.epoch, light_curve)
    measured = measure_real_event(light_curve, event, star, recipe, others=others)
    folded = measured.folded
    target = folded.light_curve.target
    _refuse_infinite(measured.row, target)
    return ExaminedEvent(
        name=name or target,
        target=target,
        event=folded.event,
        features=measured.row,
        views=measured.views,
        segments=(len(folded.light_curve.segments), len(light_curve.segments)),
        against=(*limits_exceeded(measured, recipe), *against_a_planet(measured.row)),
        of_data=of_the_data(measured),
        measured=measured,
    )


def examined_table(events: Sequence[ExaminedEvent], recipe: Recipe) -> FeatureTable:
    """Examined events as a table, one row an event, with the recipe's columns and views."""
    columns = declared_columns(recipe.features)
    names = [column.name for column in columns]
    values = np.array([[event.features[name] for name in names] for event in events], dtype=float)
    identity = dict.fromkeys(IDENTITY, [UNKNOWN] * len(events)) | {
        "event": [event.name for event in events],
        "target": [event.target for event in events],
    }
    features = pd.DataFrame(values.reshape(len(events), len(names)), columns=names)
    table = FeatureTable(pd.concat([pd.DataFrame(identity), features], axis=1), columns)
    if any(event.views is None for event in events):
        return table
    views = Views(
        *(np.stack(part) for part in zip(*(event.views for event in events), strict=True)),
        recipe.view_form.layout,
    )
    return replace(table, views=ViewRows.of_all(views, len(events)))


def days_away(epoch: float, light_curve: LightCurve) -> float:
    """The days between an epoch and the nearest end of a light curve; negative inside it."""
    if not len(light_curve):
        return 0.0
    return max(light_curve.time[0] - epoch, epoch - light_curve.time[-1])


def _strongest(
    light_curve: LightCurve, star: Star, recipe: Recipe, others: Sequence[Ephemeris]
) -> TransitEvent:
    """The best event that the recipe's search finds."""
    # a recipe for several events finds the others itself, the strongest first
    hidden = light_curve if recipe.max_events > 1 else without_events(light_curve, others)
    flat = recipe.detrend(hidden)
    event = recipe.search(flat, star)
    if event is None:
        said = "; ".join(of_the_cadences(flat))
        raise BadLightCurve(
            f"{light_curve.target}: the search finds no event above "
            f"{recipe.search.threshold:g} sigma; give an ephemeris"
            + (f". Of the light curve: {said}" if said else "")
        )
    return event


def _check_epoch(epoch: float, light_curve: LightCurve) -> None:
    """Raise BadParameter for an epoch so far from the data that it must be on another clock."""
    away = days_away(epoch, light_curve)
    if away > FARTHEST_EPOCH_DAYS:
        raise BadParameter(
            f"{light_curve.target}: epoch {epoch:.6g} is {away:,.6g} days away from its data at "
            f"{light_curve.time[0]:.6g} to {light_curve.time[-1]:.6g}; give both on the mission's "
            "clock; commands and tables take BJD too"
        )


def _refuse_infinite(features: dict[str, float], target: str) -> None:
    infinite = [name for name, value in features.items() if abs(value) > LARGEST]
    if infinite:
        raise BadLightCurve(
            f"{target}: {', '.join(infinite)} came out infinite, and no model can judge such an "
            "event; draw it with plot-event"
        )
