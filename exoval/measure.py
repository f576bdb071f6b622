"""Measurement of an event in a light curve, the same for simulated and real events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from exoval.detrend.detrend import Detrend
from exoval.detrend.wild_cadences import (
    IMPOSSIBLE,
    ISOLATED,
    against_the_fold,
    impossible_flux,
)
from exoval.ephemeris_match import match_of_event
from exoval.event import TransitEvent
from exoval.features.feature_group import FeatureGroup
from exoval.folded.folded_event import FoldedEvent
from exoval.lightcurve import LightCurve
from exoval.recipe import Recipe
from exoval.search.refine import refine
from exoval.star import Star
from exoval.table.column import Column


@dataclass(frozen=True)
class MeasuredEvent:
    """A folded event and the features measured from it.

    ``row`` has one float per declared column, NaN for a missing feature. ``views`` holds the views
    of the recipe's form and their counts of empty bins; None without a form.
    """

    folded: FoldedEvent
    row: dict[str, float]
    views: tuple[np.ndarray, np.ndarray] | None = None


def measure(
    light_curve: LightCurve,
    event: TransitEvent,
    star: Star,
    recipe: Recipe,
    *,
    siblings: Mapping[str, float] | None = None,
) -> MeasuredEvent | None:
    """Detrend with the event masked, refine its ephemeris, and measure every feature group.

    ``light_curve`` is undetrended, and all of it is used. ``siblings`` relate the event to the
    others of its star (``exoval.star_events``), the recipe's ``survey_events`` to those of other
    stars. None if no box near the event holds data. Raises BadLightCurve if no cadence is left
    after detrending.
    """
    folded = fold(light_curve, event, star, detrend=recipe.detrend)
    if folded is None:
        return None
    folded = replace(folded, siblings=siblings, ephemeris_match=_match(folded, recipe))
    form = recipe.view_form
    return MeasuredEvent(
        folded,
        measure_folded(folded, features=recipe.features),
        None if form is None else form(folded),
    )


def fold(
    light_curve: LightCurve, event: TransitEvent, star: Star, *, detrend: Detrend
) -> FoldedEvent | None:
    """The folded event that feature groups and views measure: the first half of ``measure``.

    Cadences that deviate from all other events at their phase are left out
    (``exoval.detrend.wild_cadences``).
    """
    flat = detrend(light_curve, event.ephemeris)
    # before refinement, which a wild cadence would attract, and by the better ephemeris after it
    flat = flat.leave_out(against_the_fold(flat, event.ephemeris), ISOLATED)
    refined = refine(flat, event.ephemeris, source=event.source)
    if refined is None:
        return None
    wild = against_the_fold(flat, refined.ephemeris)
    if wild.any():
        flat = flat.leave_out(wild, ISOLATED)
        refined = refine(flat, event.ephemeris, source=event.source)
    if refined is None:
        return None
    refined = replace(refined, possible_periods=event.possible_periods)
    return FoldedEvent(flat, refined, star, _without_wild(light_curve, flat))


def _match(folded: FoldedEvent, recipe: Recipe) -> dict[str, float] | None:
    """The event among the survey's events of other stars; None without their list."""
    time = folded.light_curve.time
    if recipe.survey_events is None or not len(time):
        return None
    return match_of_event(
        folded.event,
        folded.light_curve.target,
        recipe.survey_events,
        span=(float(time.min()), float(time.max())),
    )


def _without_wild(light_curve: LightCurve, flat: LightCurve) -> LightCurve:
    """The undetrended light curve without the cadences that detrending found to be wild."""
    light_curve = light_curve.leave_out(impossible_flux(light_curve), IMPOSSIBLE)
    if flat.left_out.get(ISOLATED, 0):
        return light_curve.keep(np.isin(light_curve.time, flat.time))
    return light_curve


def measure_folded(
    folded: FoldedEvent, *, features: Mapping[str, FeatureGroup]
) -> dict[str, float]:
    """One float per declared column of a folded event: the second half of ``measure``.

    Columns that need a period are missing if it is unknown.
    """
    columns = declared_columns(features)
    row = {column.name: np.nan for column in columns}
    for group in features.values():
        row.update(group(folded))
    if not folded.event.period_is_known:
        row.update({column.name: np.nan for column in columns if column.needs_period})
    return {name: float(value) for name, value in row.items()}


def declared_columns(features: Mapping[str, FeatureGroup]) -> tuple[Column, ...]:
    """The columns of all groups, in order."""
    return tuple(column for group in features.values() for column in group.columns)
