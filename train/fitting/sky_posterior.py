"""Learn the posterior on the sky of a fitted model, from the rates of simulated events."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from exoval.errors import BadTable, DataNotFound
from exoval.injection.importance_weights import effective_sample_size, read_truth
from exoval.models.bias_corrected_temperature import fit_temperature
from exoval.models.fitted_model import FittedModel
from exoval.posterior.comparable_events import comparable_events
from exoval.posterior.event_rates import NOTHING, event_rates
from exoval.posterior.expected_rate import learn_relative_rate
from exoval.posterior.sky_posterior import LabelRate, SkyPosterior
from exoval.running.progress import progress
from exoval.running.whole_folder import FULL
from exoval.table.feature_table import FeatureTable
from train.data.splits import Split

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class SkyRates:
    """Rates of the events of a set: ``of_rows`` (rows,) of its table, ``of_labels`` by label.

    The rate of a row is the expected number of such events per target; ``of_labels`` has the
    expected numbers of systems and of events that are found, (systems, events), per target.
    """

    of_rows: np.ndarray
    of_labels: dict[str, tuple[float, float]]


def sky_rates(
    table: FeatureTable, labelled_set: str | Path, *, verify: str = FULL, **settings: object
) -> SkyRates:
    """The rates of a labelled set's rows; ``settings`` are those of ``event_rates``.

    Raises BadTable if the set's table of truths lacks events or columns, DataNotFound without one.
    """
    truth = read_truth(labelled_set, verify=verify)
    needed = {"event", "scenario", "event_number", "status"} - set(truth)
    if needed:
        raise BadTable(
            f"the table of truths of {labelled_set} lacks {', '.join(sorted(needed))}; simulate "
            "the set again"
        )
    rate = event_rates(truth, **settings)
    missing = np.setdiff1d(table.frame["event"], rate.index)
    if len(missing):
        raise BadTable(
            f"the table of truths of {labelled_set} lacks {len(missing)} events of the set, such "
            f"as '{missing[0]}'; simulate the set again"
        )
    return SkyRates(
        of_rows=rate[~rate.index.duplicated()].loc[table.frame["event"]].to_numpy(),
        of_labels=_of_labels(truth, rate.to_numpy()),
    )


def _of_labels(truth: pd.DataFrame, rate: np.ndarray) -> dict[str, tuple[float, float]]:
    """Expected numbers of systems and of found events per target, by label."""
    label, kept = truth["label"], truth["status"].eq("kept").to_numpy()
    first = truth["event_number"].eq(0).to_numpy()
    found = {}
    for name in label.unique():
        mine = label.eq(name).to_numpy()
        # every target has a light curve in which nothing transits
        systems = 1.0 if name == NOTHING else float(rate[mine & first].sum())
        found[str(name)] = (systems, float(rate[mine & kept].sum()))
    return found


def learn_sky_posterior(
    model: FittedModel,
    table: FeatureTable,
    rates: SkyRates,
    *,
    split: Split,
    seed: int,
    folds: int = 0,
) -> SkyPosterior:
    """The posterior of a model that was fitted on ``split.fit`` of a table and calibrated.

    The probabilities of all classes are calibrated on the calibration part, or on the test part if
    the model was cross-fitted with ``folds``. Rates are regressed on the rows of both parts of
    training; the comparable events are those of all other stars. Raises BadTable if no planet, or
    nothing else, is expected in the population.
    """
    held_out = split.test if folds else split.calibration
    known = table.select(held_out[np.isin(table.labels[held_out], model.classes)])
    number = {name: place for place, name in enumerate(model.classes)}
    probability = model.probabilities(known)
    calibration = fit_temperature(
        probability, np.array([number[name] for name in known.labels], dtype=int)
    )
    training = np.sort(np.concatenate([split.fit, split.calibration]))
    names = [column.name for column in model.columns]
    features, labels = table.usable_matrix(names), table.labels
    counts = np.array([np.sum(known.labels == name) for name in model.classes]) + 0.5
    of_labels, regressions, means = {}, {}, {}
    for name, count in zip(model.classes, counts, strict=True):
        systems, found = rates.of_labels.get(name, (0.0, 0.0))
        mine = training[labels[training] == name]
        of_labels[name] = LabelRate(
            share=float(count / counts.sum()),
            systems=systems,
            events=found / systems if systems > 0 else 0.0,
            effective=effective_sample_size(rates.of_rows[labels == name]),
        )
        regression = learn_relative_rate(features[mine], rates.of_rows[mine], seed=seed)
        if regression is not None:
            regressions[name] = regression
            means[name] = float(regression.predict(features[mine]).mean())
    expected = np.array([of_labels[name].systems * of_labels[name].events for name in of_labels])
    for kind, mine in (("planet", model.is_planet_class), ("other event", ~model.is_planet_class)):
        if not expected[mine].sum() > 0:
            raise BadTable(f"no {kind} is expected in the population; simulate with a wider one")
    posterior = SkyPosterior(
        classes=tuple(model.classes),
        planets=model.is_planet_class,
        calibration=calibration,
        rates=of_labels,
        regressions=regressions,
        means=means,
        comparable=comparable_events(*np.zeros((3, 0))),
    )
    others = np.sort(np.concatenate([held_out, split.test])) if not folds else split.test
    answers = posterior(model.probabilities(table.select(others)), features[others])
    compared = comparable_events(answers.log_odds, rates.of_rows[others], table.is_planet[others])
    return replace(posterior, comparable=compared)


@dataclass(frozen=True, kw_only=True)
class SkyPosteriors:
    """The posteriors of a run's models by name, and the rate of every row of their table.

    ``missing`` says why there are none.
    """

    by_model: dict[str, SkyPosterior]
    of_rows: np.ndarray
    missing: str = ""

    def described(self) -> dict:
        """For the record of the run: the rates of every label, or why there are none."""
        if self.missing:
            return {"missing": self.missing}
        first = next(iter(self.by_model.values()))
        return {"rates": {name: asdict(one) for name, one in first.rates.items()}}


def learn_sky_posteriors(
    models: Sequence[FittedModel],
    table: FeatureTable,
    labelled_set: str | Path,
    *,
    split: Split,
    seed: int,
    folds: int = 0,
    verify: str = FULL,
) -> SkyPosteriors:
    """The posteriors of models that were fitted on the parts of one table.

    There are none for a set without a table of truths, or whose population lacks a label; a warning
    says so.
    """
    try:
        rates = sky_rates(table, labelled_set, verify=verify)
        found = {
            model.name: learn_sky_posterior(
                model, table, rates, split=split, seed=seed, folds=folds
            )
            for model in progress(models, total=len(models), description="posteriors on the sky")
        }
    except (BadTable, DataNotFound) as error:
        log.warning("no posterior on the sky: %s", error)
        return SkyPosteriors(by_model={}, of_rows=np.zeros(len(table)), missing=str(error))
    return SkyPosteriors(by_model=found, of_rows=rates.of_rows)
