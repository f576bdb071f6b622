"""Train on simulated TESS events, and judge on real ones that were classified by eye."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator

from exoval.errors import BadTable, DataNotFound
from exoval.models.calibrate import Calibration
from exoval.models.fitted_model import FittedModel
from exoval.models.prior_shift import estimate_priors
from exoval.running.output_path import make_folder
from exoval.running.progress import progress
from exoval.table.feature_table import FeatureTable
from exoval.views.columns import with_view_columns
from train.data.splits import Split, StarSplit
from train.data.tables import LabelledTable, without_stars_of
from train.fitting.fit import fit
from train.judging.domain_auc import domain_auc
from train.judging.metrics import WeightedRows, interval, intervals, star_weights
from train.judging.scored import auc_against, confusion, score
from train.report.result_file import frame, write_result
from train.report.triage_figure import triage_figure
from train.run import describe_sets
from train.tasks.transfer import as_seen, described, named_domain_importance

log = logging.getLogger(__name__)

#: metrics that do not depend on the class shares of training
RANKING = ("roc_auc", "average_precision", "precision_at_recall_0.9")
#: metrics of probabilities that were shifted to the estimated class shares
SHIFTED = (
    "accuracy",
    "precision_at_0.5",
    "recall_at_0.5",
    "accuracy_at_0.9",
    "precision_at_0.9",
    "recall_at_0.9",
    "log_loss",
    "calibration_error",
)
#: most columns that a classifier without views gets for each view
VIEW_COLUMNS = 67
#: number of named features that separate two tables
MOST_NAMED = 8


def triage(
    *,
    output: str | Path,
    source: LabelledTable,
    real: Callable[..., FeatureTable],
    junk: str,
    classifier: Mapping[str, BaseEstimator],
    calibration: Calibration,
    split: StarSplit,
    seed: int,
    bootstrap_resamples: int = 500,
    columns: Sequence[str] | None = None,
    results: str | Path | None = None,
    settings: dict | None = None,
) -> dict:
    """Fit on ``source``, judge on ``real()``, and compare with training on real labels.

    ``real(split=...)`` gives the published parts train, val and test; ``junk`` is the label of
    events that are neither transits nor eclipses. Models are judged as planet or not, and as
    planet or binary against junk (triage). Metrics at thresholds use probabilities shifted to the
    class shares of the real events, which are estimated without labels. The ceiling is the same
    classifier fitted on the real labels of train and val; both are also judged on test alone.
    Classifiers without views get them as columns. ``columns`` are the features to use beside the
    views, all if None. Returns the result, which is written to ``triage.json`` in ``output`` and
    to ``results``, with a figure.
    """
    start, output, kind = time.time(), make_folder(output), source.kind
    source, real = _reduced(source, columns), _reduced(real, columns)
    table = source()
    everything = real()
    judged = without_stars_of(everything, table)
    parts = split(table, seed=seed)
    test = without_stars_of(without_stars_of(real(split="test"), table), _joined(real))
    by_classifier: dict = {}
    curves = {}
    for name, estimator in progress(
        classifier.items(), total=len(classifier), description="fit classifiers"
    ):
        seen = as_seen(estimator, bins=VIEW_COLUMNS)
        model = fit(
            name, estimator, calibration=calibration, table=seen(table), split=parts, seed=seed
        )
        taught = _taught_by_labels(
            name,
            estimator,
            calibration=calibration,
            table=seen(_joined(real)),
            split=split,
            seed=seed,
        )
        tables = {
            "simulated": (model, table.select(parts.test)),
            "real": (model, judged),
            "real_test": (model, test),
            "ceiling_test": (taught, test),
        }
        tables = {where: (one, seen(rows)) for where, (one, rows) in tables.items()}
        by_classifier[name] = {
            where: judged_on(one, rows, junk=junk, resamples=bootstrap_resamples, seed=seed)
            for where, (one, rows) in tables.items()
        }
        curves[name] = {
            where: (score(one, rows), transit_score(one, rows, junk=junk))
            for where, (one, rows) in tables.items()
        }
    labels = sorted(set(judged.labels))
    pairs = {label: pair_of(label, table, judged) for label in labels}
    result = frame(settings or {}, seed=seed) | {
        "metrics": {
            "by_classifier": by_classifier,
            "domain_auc": {
                label: {
                    what: domain_auc(*pair, resamples=bootstrap_resamples, seed=seed)
                    for what, pair in of.items()
                }
                for label, of in pairs.items()
            },
        },
        "source": kind,
        "sets": describe_sets(table, parts, real=None)
        | {"real": described(judged), "real_test": described(test)},
        "domain_importance": {
            label: named_domain_importance(*of["features_and_views"], seed=seed, most=MOST_NAMED)
            for label, of in pairs.items()
        },
        "columns": table.feature_names,
        "seconds": round(time.time() - start, 1),
    }
    write_result(output / "triage.json", result)
    if results is not None:
        write_result(results, result)
    try:
        triage_figure(output / "triage.png", curves=curves, simulated=table, real=judged, junk=junk)
    except DataNotFound as error:
        log.warning("triage.json is written but no triage.png: %s", error)
    return result | {"verdict": verdict(result)}


def judged_on(
    model: FittedModel, table: FeatureTable, *, junk: str, resamples: int, seed: int
) -> dict:
    """Metrics of both questions on one table, with intervals over bootstraps of stars.

    Metrics that do not depend on class shares use the model's probabilities. The others use
    probabilities shifted to the class shares that are estimated for the table.
    """
    shares = estimate_priors(model.probabilities(table), trained=trained_shares(model)).shares
    priors = dict(zip(model.classes, map(float, shares), strict=True))
    shifted = model.probabilities(table, priors=priors)
    planet = score(model, table)
    most = np.argmax(shifted, axis=1)
    at_home = replace(
        planet,
        probability=model.of_planets(shifted),
        predicted=np.array(model.classes)[most],
        predicted_is_planet=model.is_planet_class[most],
    )
    random, is_transit = np.random.default_rng(seed), planet.label != junk
    weights = star_weights(planet.star, resamples=resamples, random=random)
    planets = WeightedRows(planet.probability, planet.is_planet, weights)
    transits = WeightedRows(transit_score(model, table, junk=junk), is_transit, weights)
    shifted_planets = WeightedRows(at_home.probability, planet.is_planet, weights)
    shifted_transit = 1 - shifted[:, model.classes.index(junk)]
    right = (at_home.predicted == planet.label).astype(float)
    return {
        "planet": intervals(planets, RANKING),
        "transit": intervals(transits, RANKING),
        "planet_with_estimated_shares": intervals(shifted_planets, SHIFTED),
        "transit_with_estimated_shares": intervals(
            WeightedRows(shifted_transit, is_transit, weights), SHIFTED
        ),
        "accuracy_of_classes": interval(planets.mean(right), undefined="no rows of known truth"),
        "auc_against": auc_against(planets, planet.label),
        "estimated_shares": priors,
        "confusion": confusion(at_home),
    }


def transit_score(model: FittedModel, table: FeatureTable, *, junk: str) -> np.ndarray:
    """Probability of anything but junk, shape (rows,)."""
    return 1 - model.probabilities(table)[:, model.classes.index(junk)]


def pair_of(
    label: str, table: FeatureTable, judged: FeatureTable
) -> dict[str, tuple[FeatureTable, FeatureTable]]:
    """Simulated and real events of one label, with coarse views as columns instead of views."""
    ours, theirs = (rows.select(rows.labels == label) for rows in (table, judged))
    return {
        "features": (ours, theirs),
        "features_and_views": (
            with_view_columns(ours, bins=20),
            with_view_columns(theirs, bins=20),
        ),
    }


def _joined(real: Callable[..., FeatureTable]) -> FeatureTable:
    """Train and val of the published split, on which the ceiling is fitted."""
    whole, test = real(), set(real(split="test").targets)
    return whole.select(~np.isin(whole.targets, list(test)))


def _reduced(
    rows: Callable[..., FeatureTable], columns: Sequence[str] | None
) -> Callable[..., FeatureTable]:
    """The same table with some of the columns; BadTable if a column does not exist."""

    def fewer(**arguments: object) -> FeatureTable:
        table = rows(**arguments)
        unknown = sorted(set(columns) - set(table.feature_names))
        if unknown:
            raise BadTable(
                f"there are no columns {unknown}; give columns=... some of "
                f"{', '.join(table.feature_names)}"
            )
        return table.only(columns)

    return rows if columns is None else fewer


def _taught_by_labels(
    name: str,
    estimator: BaseEstimator,
    *,
    calibration: Calibration,
    table: FeatureTable,
    split: StarSplit,
    seed: int,
) -> FittedModel:
    """The same classifier fitted on real labels and calibrated on other stars."""
    parts = split(table, seed=seed)
    taken = Split(np.concatenate([parts.fit, parts.test]), parts.calibration, parts.test[:0])
    return fit(name, estimator, calibration=calibration, table=table, split=taken, seed=seed)


def verdict(result: dict) -> list[str]:
    """The outcome: one line per classifier and table."""
    lines = []
    for name, tables in result["metrics"]["by_classifier"].items():
        for where, found in tables.items():
            planet, transit = (
                found[question]["roc_auc"]["value"] for question in ("planet", "transit")
            )
            precision = found["transit"]["average_precision"]["value"]
            lines.append(
                f"{name:30}{where:14}planet ROC AUC {planet:.3f}; planet or binary "
                f"against junk: ROC AUC {transit:.3f}, average precision {precision:.3f}; "
                f"accuracy of three classes {found['accuracy_of_classes']['value']:.3f}"
            )
    return lines


def trained_shares(model: FittedModel) -> np.ndarray:
    """Shares of the model's classes among the rows that it was calibrated on, (classes,)."""
    return np.array([model.card["class_shares"].get(name, 0.0) for name in model.classes])
