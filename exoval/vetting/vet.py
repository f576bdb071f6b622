"""Judge one event of a real light curve with a trained model: probabilities and caveats.

The event is measured as every simulated one: the same detrending, refinement, features and views,
in as many segments as the model's light curves had. Caveats say where the model has no
experience: periods that were never simulated, fewer transits or a weaker signal than the search
requires, features unlike those of the training set (``exoval.vetting.caveats``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from exoval.ephemeris import Ephemeris
from exoval.ephemeris_match import SurveyEvents
from exoval.errors import BadLightCurve, BadParameter
from exoval.event import TransitEvent
from exoval.labels import UNKNOWN
from exoval.lightcurve import LightCurve
from exoval.measure import MeasuredEvent, declared_columns
from exoval.missions.light_curve_object import as_light_curve
from exoval.models.fitted_model import FittedModel
from exoval.models.novelty import NOVEL
from exoval.models.training_range import MOST_MISSING, missing_share
from exoval.real_event import measure_real_event, without_events
from exoval.star import Star
from exoval.table.feature_table import IDENTITY, LARGEST, FeatureTable
from exoval.vetting.caveats import caveats, of_the_cadences
from exoval.vetting.result import VettingResult
from exoval.vetting.trained_run import TrainedRun, with_survey_events
from exoval.views.store import ViewRows, Views

#: an epoch farther than this from the data must be on another clock
FARTHEST_EPOCH_DAYS = 2e4


def vet(
    light_curve: LightCurve,
    star: Star,
    run: TrainedRun,
    *,
    event: TransitEvent | None = None,
    name: str = "",
    others: Sequence[Ephemeris] = (),
    planet_share: float | None = None,
    survey_events: SurveyEvents | None = None,
) -> VettingResult:
    """Judge an event of an undetrended light curve; without one, the best that the search finds.

    ``others`` are further signals of the star, which are cut out or, by a recipe for several
    events, taken as events beside this one. Probabilities hold for the
    mixture of scenarios that was simulated. ``planet_share`` shifts them to another share of
    planets among all events; the other scenarios keep their proportions. ``survey_events`` replace
    the list with which a model that has one compares the event. Raises BadLightCurve if no event is
    found or the event has no data, BadParameter for a share outside 0 to 1, an epoch far from the
    data or a list that the model does not use.
    """
    if survey_events is not None:
        run = with_survey_events(run, survey_events)
    recipe = run.recipe
    light_curve = as_light_curve(light_curve, recipe.mission)
    if event is None:
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
    else:
        _check_epoch(event.ephemeris.epoch, light_curve)
    measured = measure_real_event(light_curve, event, star, recipe, others=others)
    table = _table(run, measured, name)
    model = run.models[run.leading]
    priors = None if planet_share is None else model.priors_at(planet_share)
    probability = model.probabilities(table, priors=priors)[0]
    low, high = model.probability_intervals(table, priors=priors)
    planet_low, planet_high = model.planet_interval(table, priors=priors)
    novelty = None if run.novelty is None else run.novelty(table)
    is_novel = novelty is not None and novelty.verdict[0] == NOVEL
    planet = {
        one: float(other.of_planets(probability[None])[0])
        if one == run.leading
        else _planet(other, table, planet_share)
        for one, other in run.models.items()
    }
    used, available = len(measured.folded.light_curve.segments), len(light_curve.segments)
    result = VettingResult(
        name=name or light_curve.target,
        classifier=run.leading,
        probability=dict(zip(model.classes, map(float, probability), strict=True)),
        interval={
            label: (float(one), float(other))
            for label, one, other in zip(model.classes, low[0], high[0], strict=True)
        },
        planet_interval=(float(planet_low[0]), float(planet_high[0])),
        meanings=model.meanings,
        by_classifier=planet,
        novelty=np.nan if novelty is None else float(novelty.score[0]),
        caveats=caveats(run, measured, by_classifier=planet, is_novel=is_novel),
        measured=measured,
        table=table,
        segments=(used, available),
    )
    missing, expected = missing_share(measured.row, model.training_range)
    if missing > MOST_MISSING * expected:
        return result.withhold(f"{missing} of {expected} features that training had are missing")
    return result


def _check_epoch(epoch: float, light_curve: LightCurve) -> None:
    """Raise BadParameter for an epoch so far from the data that it must be on another clock."""
    away = days_away(epoch, light_curve)
    if away > FARTHEST_EPOCH_DAYS:
        raise BadParameter(
            f"{light_curve.target}: epoch {epoch:.6g} is {away:,.6g} days away from its data at "
            f"{light_curve.time[0]:.6g} to {light_curve.time[-1]:.6g}; give both on the mission's "
            "clock; commands and tables take BJD too"
        )


def days_away(epoch: float, light_curve: LightCurve) -> float:
    """The days between an epoch and the nearest end of a light curve; negative inside it."""
    if not len(light_curve):
        return 0.0
    return max(light_curve.time[0] - epoch, epoch - light_curve.time[-1])


def _table(run: TrainedRun, measured: MeasuredEvent, name: str) -> FeatureTable:
    """The event as a table of one row."""
    target = measured.folded.light_curve.target
    columns = declared_columns(run.recipe.features)
    row = dict.fromkeys(IDENTITY, UNKNOWN) | {"event": name or target, "target": target}
    frame = pd.DataFrame([row | measured.row])
    values = frame[[column.name for column in columns]].to_numpy(float)[0]
    infinite = np.abs(values) > LARGEST
    if infinite.any():
        names = ", ".join(column.name for column, bad in zip(columns, infinite) if bad)
        raise BadLightCurve(
            f"{target}: {names} came out infinite, and no model can judge such an event; draw it "
            "with plot-event"
        )
    table = FeatureTable(frame.astype({column.name: float for column in columns}), columns)
    if measured.views is None:
        return table
    values, missing = measured.views
    views = Views(values[None], missing[None], run.recipe.view_form.layout)
    return replace(table, views=ViewRows.of_all(views, 1))


def _planet(model: FittedModel, table: FeatureTable, planet_share: float | None) -> float:
    priors = None if planet_share is None else model.priors_at(planet_share)
    return float(model.of_planets(model.probabilities(table, priors=priors))[0])
