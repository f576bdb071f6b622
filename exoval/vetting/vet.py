"""Judge one event of a real light curve with a trained model: what it is, how surely, and why not.

The event goes the road of every simulated one: the same trend, refinement, features and views, in
as many segments as the model's light curves had. What the model cannot know is said beside the
numbers: periods that were never simulated, fewer events or less signal than the search asked for,
features unlike any it has seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from exoval.ephemeris import Ephemeris
from exoval.errors import BadLightCurve, BadParameter
from exoval.event import TransitEvent
from exoval.folded.folded_event import FoldedEvent
from exoval.labels import PLANET, UNKNOWN
from exoval.lightcurve import LightCurve
from exoval.measure import declared_columns, fold, measure_folded
from exoval.models.fitted_model import FittedModel
from exoval.models.novelty import NOVEL
from exoval.recipe import best_window
from exoval.star import Star
from exoval.table.feature_table import IDENTITY, FeatureTable
from exoval.vetting.trained_run import TrainedRun
from exoval.views.store import ViewRows, Views

#: durations of another signal of the star that are cut out
CUT_DURATIONS = 1.5
#: an epoch this far from the data is on another clock
FARTHEST_EPOCH_DAYS = 2e4


@dataclass(frozen=True)
class VettingResult:
    """One judged event.

    ``probability`` and ``error`` are by scenario, those of the leading classifier;
    ``by_classifier`` is P(planet) of every classifier of the run. ``novelty`` is between 0 and 1,
    the oddest, NaN without detectors. ``caveats`` say why the numbers may not hold. ``folded`` is
    the event as it was measured, ``table`` its features.
    """

    name: str
    event: TransitEvent
    classifier: str
    probability: dict[str, float]
    error: dict[str, float]
    by_classifier: dict[str, float]
    novelty: float
    caveats: tuple[str, ...]
    folded: FoldedEvent
    table: FeatureTable

    @property
    def most_probable(self) -> str:
        """The scenario of the highest probability."""
        return max(self.probability, key=self.probability.get)

    def row(self) -> dict[str, float | str]:
        """One row of a table of judged events."""
        ephemeris = self.event.ephemeris
        return {
            "event": self.name,
            "target": self.folded.light_curve.target,
            "period_days": ephemeris.period,
            "epoch_days": ephemeris.epoch,
            "duration_hours": 24 * ephemeris.duration,
            "depth_ppm": 1e6 * self.event.depth,
            "signal_to_noise": self.event.signal_to_noise,
            "transits": self.event.transit_count,
            "most_probable": self.most_probable,
            "classifier": self.classifier,
            **{f"P_{name}": value for name, value in self.probability.items()},
            **{f"error_{name}": value for name, value in self.error.items()},
            **{f"P_planet_{name}": value for name, value in self.by_classifier.items()},
            "novelty": self.novelty,
            "caveats": "; ".join(self.caveats),
        }


def vet(
    run: TrainedRun,
    light_curve: LightCurve,
    star: Star,
    event: TransitEvent | None = None,
    name: str = "",
    others: Sequence[Ephemeris] = (),
    planet_share: float | None = None,
) -> VettingResult:
    """Judge an event of an undetrended light curve; without one, the best that the search finds.

    ``others`` are further signals of the star, which are cut out. Probabilities hold for the
    mixture of scenarios that was simulated; ``planet_share`` gives them for another share of
    planets among all events, the other scenarios keeping their proportions. Raises BadLightCurve
    if there is no event or no data at it, BadParameter for a share that is none.
    """
    for other in others:
        light_curve = light_curve.keep(~other.in_event(light_curve.time, CUT_DURATIONS))
    method = run.recipe
    if event is not None:
        _check_epoch(event.ephemeris.epoch, light_curve)
    if event is None:
        event = run.search(method.detrend(light_curve), star)
    if event is None:
        raise BadLightCurve(
            f"{light_curve.target}: the search finds nothing above "
            f"{method.threshold:g} sigma; give an ephemeris"
        )
    window = best_window(light_curve, event.ephemeris, method.segments_per_light_curve)
    folded = fold(window, event, star, detrend=method.detrend)
    if folded is None:
        raise BadLightCurve(
            f"{light_curve.target}: no dip in the data near period "
            f"{event.ephemeris.period:.6g} d, epoch {event.ephemeris.epoch:.6g} d; "
            "give another ephemeris or other segments"
        )
    table = _table(run, folded, name)
    model = run.models[run.leading]
    priors = None if planet_share is None else _priors(model.card, planet_share)
    probability = model.probabilities(table, priors=priors)[0]
    novelty = None if run.novelty is None else run.novelty(table)
    return VettingResult(
        name or light_curve.target,
        folded.event,
        run.leading,
        dict(zip(model.classes, map(float, probability), strict=True)),
        dict(
            zip(
                model.classes,
                map(float, model.probability_errors(table, priors=priors)[0]),
                strict=True,
            )
        ),
        {one: _planet(other, table, planet_share) for one, other in run.models.items()},
        np.nan if novelty is None else float(novelty.score[0]),
        _caveats(run, folded, table, novelty is not None and novelty.verdict[0] == NOVEL),
        folded,
        table,
    )


def _check_epoch(epoch: float, light_curve: LightCurve) -> None:
    """Refuse an epoch of another clock: over as many periods no phase is known."""
    if not len(light_curve):
        return
    away = max(light_curve.time[0] - epoch, epoch - light_curve.time[-1])
    if away > FARTHEST_EPOCH_DAYS:
        raise BadParameter(
            f"{light_curve.target}: epoch {epoch:.6g} is {away:,.0f} days away from its data at "
            f"{light_curve.time[0]:.6g} to {light_curve.time[-1]:.6g}; give both on the mission's "
            "clock or as BJD"
        )


def _table(run: TrainedRun, folded: FoldedEvent, name: str) -> FeatureTable:
    """The event as a table of one row."""
    method = run.recipe
    columns = declared_columns(method.features)
    row = dict.fromkeys(IDENTITY, UNKNOWN) | {
        "event": name or folded.light_curve.target,
        "target": folded.light_curve.target,
    }
    frame = pd.DataFrame([row | measure_folded(folded, features=method.features)])
    infinite = np.isinf(frame[[column.name for column in columns]].to_numpy(float))[0]
    if infinite.any():
        odd = ", ".join(column.name for column, bad in zip(columns, infinite) if bad)
        raise BadLightCurve(
            f"{folded.light_curve.target}: {odd} came out infinite, so that no "
            "model can judge the event; look at it with plot-event"
        )
    table = FeatureTable(frame.astype({column.name: float for column in columns}), columns)
    if not method.views:
        return table
    values, missing = method.view_form(folded)
    views = Views(values[None], missing[None])
    return replace(table, views=ViewRows.of_all(views, 1))


def _planet(model: FittedModel, table: FeatureTable, planet_share: float | None) -> float:
    priors = None if planet_share is None else _priors(model.card, planet_share)
    return float(model.probabilities(table, priors=priors)[0, model.classes.index(PLANET)])


def _priors(card: dict, planet_share: float) -> dict[str, float]:
    """The shares of training with another one of planets."""
    if not 0 < planet_share < 1:
        raise BadParameter(f"a share of planets of {planet_share}; give one between 0 and 1")
    shares = card["class_shares"]
    rest = sum(share for name, share in shares.items() if name != PLANET)
    return {
        name: planet_share if name == PLANET else share * (1 - planet_share) / rest
        for name, share in shares.items()
    }


def _caveats(
    run: TrainedRun, folded: FoldedEvent, table: FeatureTable, is_novel: bool
) -> tuple[str, ...]:
    """Why the numbers may not hold for this event."""
    method, event = run.recipe, folded.event
    shortest, longest = method.periods
    found = []
    if not shortest <= event.ephemeris.period <= longest:
        found.append(f"period outside the {shortest:g}-{longest:g} days that were simulated")
    if event.transit_count < method.minimum_transits:
        found.append(
            f"{event.transit_count} events with data where the search asks for "
            f"{method.minimum_transits}"
        )
    if event.signal_to_noise < method.threshold:
        found.append(f"{event.signal_to_noise:.1f} sigma, below the search's {method.threshold:g}")
    if is_novel:
        found.append("unlike the events that were simulated")
    answers = [_planet(model, table, None) for model in run.models.values()]
    if min(answers) < 0.5 < max(answers):
        found.append("classifiers disagree")
    if folded.light_curve.target in run.training_stars:
        found.append("the star's light curve is part of the training set, with other signals in it")
    if run.caveat:
        found.append(run.caveat)
    return tuple(found)
