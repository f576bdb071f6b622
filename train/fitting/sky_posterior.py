"""Learn the posterior on the sky of a fitted model, from the rates of simulated events."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from exoval.errors import BadTable, DataNotFound
from exoval.injection.importance_weights import effective_sample_size, read_truth
from exoval.models.bias_corrected_temperature import fit_temperature
from exoval.models.fitted_model import FittedModel
from exoval.posterior.blended_stars import BlendedStars
from exoval.posterior.comparable_events import comparable_events
from exoval.posterior.event_rates import NOTHING, event_rates
from exoval.posterior.expected_rate import learn_relative_rate
from exoval.posterior.sky_posterior import LabelRate, SkyPosterior
from exoval.running.progress import progress
from exoval.running.whole_folder import FULL
from exoval.table.feature_table import FeatureTable
from train.data.splits import Split

log = logging.getLogger(__name__)

#: columns of the table of truths that describe a star beside the target
OF_A_BLEND = (
    "offset_arcsec",
    "companion_separation_arcsec",
    "magnitude_difference",
    "source_share",
    "log_eligible_stars",
)
#: most events of a label that are kept for evidence on its blends
MOST_OF_A_BLEND = 3000
#: number of single stars of the field, nearest in magnitude, whose density is that around a pair
NEAREST = 20
#: the conformal sets hold the true label this often
COVERAGE = 0.9
#: fewest left-out events of a label that its level is learned from
FEWEST_FOR_LEVEL = 20


@dataclass(frozen=True, kw_only=True)
class SkyRates:
    """Rates of the events of a set: ``of_rows`` (rows,) of its table, ``of_labels`` by label.

    The rate of a row is the expected number of such events per target; ``of_labels`` has the
    expected numbers of systems and of events that are found, (systems, events), per target.
    ``blends`` are the stars beside the target that make the events of a label, where it has any.
    """

    of_rows: np.ndarray
    of_labels: dict[str, tuple[float, float]]
    blends: dict[str, BlendedStars] = field(default_factory=dict)


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
    # by hashes: numpy compares every name with every other one
    missing = table.frame.loc[~table.frame["event"].isin(rate.index), "event"].to_list()
    if missing:
        raise BadTable(
            f"the table of truths of {labelled_set} lacks {len(missing)} events of the set, such "
            f"as '{missing[0]}'; simulate the set again"
        )
    return SkyRates(
        of_rows=rate[~rate.index.duplicated()].loc[table.frame["event"]].to_numpy(),
        of_labels=_of_labels(truth, rate.to_numpy()),
        blends=_blends(truth, rate.to_numpy()),
    )


def _blends(truth: pd.DataFrame, rate: np.ndarray) -> dict[str, BlendedStars]:
    """The stars beside the target behind the kept events of every label that has them."""
    kept = truth["status"].eq("kept").to_numpy() & (rate > 0)
    found, rows = {}, truth.assign(rate=rate)[kept]
    for label, mine in rows[rows["label"].ne(NOTHING)].groupby("label"):
        columns = {name: mine.get(name, pd.Series(np.nan, mine.index)) for name in OF_A_BLEND}
        share = columns["source_share"]
        # bound stars have a share of the light, those of the field a magnitude
        difference = columns["magnitude_difference"].fillna(-2.5 * np.log10(share / (1 - share)))
        separation = columns["offset_arcsec"].fillna(columns["companion_separation_arcsec"])
        known = np.isfinite(difference) & separation.notna()
        if known.any():
            chosen = np.flatnonzero(known)
            if len(chosen) > MOST_OF_A_BLEND:
                random = np.random.default_rng(0)
                chosen = np.sort(random.choice(chosen, MOST_OF_A_BLEND, replace=False))
            found[str(label)] = BlendedStars(
                separation=separation.to_numpy(float)[chosen],
                difference=difference.to_numpy(float)[chosen],
                rate=mine["rate"].to_numpy(float)[chosen] * known.sum() / len(chosen),
                density=_stars_per_magnitude(mine.iloc[chosen], rows),
            )
    return found


def _stars_per_magnitude(mine: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """Field stars per magnitude in the ring of a label's rows, (mine,); NaN for bound stars.

    The eligible stars of a pair in the field are fewer: those with a companion that eclipses. Their
    field is that of the single stars of other ``rows`` in the ring, at the nearest magnitudes.
    """
    of_the_field = ("magnitude_difference", "log_eligible_stars", "offset_arcsec")
    if any(name not in rows for name in of_the_field):
        return np.full(len(mine), np.nan)
    difference, logarithm, offset = mine[list(of_the_field)].to_numpy(float).T
    density = np.where(np.isfinite(difference), np.exp(logarithm), np.nan)
    paired = rows.get("companion_separation_arcsec", pd.Series(np.nan, rows.index)).notna()
    of_pairs = paired.loc[mine.index].to_numpy() & np.isfinite(difference)
    if of_pairs.any():
        inside = rows["offset_arcsec"].between(np.nanmin(offset), np.nanmax(offset))
        single = rows.loc[~paired & inside & rows["label"].ne(NOTHING), list(of_the_field)]
        around, stars, _ = single.dropna().to_numpy(float).T
        for place in np.flatnonzero(of_pairs):
            near = np.argsort(np.abs(around - difference[place]), kind="stable")[:NEAREST]
            density[place] = np.exp(stars[near]).mean() if len(near) else np.nan
    return density


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
    if not len(known):
        raise BadTable("no left-out events to calibrate a posterior on; simulate more systems")
    number = {name: place for place, name in enumerate(model.classes)}
    probability = model.probabilities(known)
    calibration = fit_temperature(
        probability,
        np.array([number[name] for name in known.labels], dtype=int),
        with_prior=True,
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
        blends={name: one for name, one in rates.blends.items() if name in model.classes},
    )
    others = np.sort(np.concatenate([held_out, split.test])) if not folds else split.test
    answers = posterior(model.probabilities(table.select(others)), features[others])
    compared = comparable_events(answers.log_odds, rates.of_rows[others], table.is_planet[others])
    least = {
        name: _level(
            answers.probability[labels[others] == name, place],
            rates.of_rows[others][labels[others] == name],
        )
        for place, name in enumerate(model.classes)
    }
    return replace(posterior, comparable=compared, least=least)


def _level(posterior: np.ndarray, rate: np.ndarray) -> float:
    """The posterior of their own label that ``COVERAGE`` of a label's events reach; 0 with few."""
    counted = rate > 0
    if counted.sum() < FEWEST_FOR_LEVEL:
        return 0.0
    order = np.argsort(posterior[counted])
    # as in a conformal set, the event that is asked about counts among the others
    share = np.cumsum(rate[counted][order]) / (rate[counted].sum() + rate[counted].mean())
    below = np.flatnonzero(share <= 1 - COVERAGE)
    return float(posterior[counted][order][below[-1]]) if len(below) else 0.0


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
    **population: object,
) -> SkyPosteriors:
    """The posteriors of models that were fitted on the parts of one table.

    ``population`` are settings of ``exoval.posterior.event_rates.event_rates``.
    There are none for a set without a table of truths, or whose population lacks a label; a warning
    says so.
    """
    try:
        rates = sky_rates(table, labelled_set, verify=verify, **population)
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
