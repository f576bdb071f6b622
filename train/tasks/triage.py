"""Train on simulated TESS events, judge on what the eye said of real ones from their folds."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import has_fit_parameter

from exoval.errors import BadTable, DataNotFound
from exoval.labels import FALSE_POSITIVE, PLANET
from exoval.models.calibrate import Calibration
from exoval.models.fitted_model import FittedModel
from exoval.models.prior_shift import estimate_priors
from exoval.running.progress import progress
from exoval.table.feature_table import IDENTITY, FeatureTable
from exoval.views.columns import with_view_columns
from train.data.splits import Split, StarSplit
from train.data.tables import LabelledTable, without_stars_of
from train.fitting.fit import fit
from train.judging.evaluate import Scored, confusion, score, star_weights, with_interval
from train.judging.metrics import (
    Metric,
    average_precision,
    calibration_error,
    counts_above,
    log_loss,
    mean,
    precision,
    recall,
    roc_auc,
)
from train.report.triage_figure import triage_figure
from train.run import describe_sets, make_folder, nan_as_null, versions
from train.tasks.transfer import described, told_apart, told_apart_by

log = logging.getLogger(__name__)

#: the probability at which precision, recall and accuracy are stated
THRESHOLDS = (0.5, 0.9)
#: the recall at which precision is stated
RECALL = 0.9


def triage(
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
    """Fit on ``source``, judge on ``real()``, and say what the real labels themselves would teach.

    ``real(split=...)`` gives the published parts train, val and test; ``junk`` is the label of
    what is no transit or eclipse. Two questions are asked: planet or not, and planet or binary
    against junk (triage). Class shares of the real events, by which probabilities at thresholds
    are shifted, are estimated without a label. The ceiling is the same classifier fitted on the
    real labels of train and val; both are judged on test alone as well. Classifiers that do not
    look at views get them as columns. ``columns`` are those that may be seen beside the views; null
    is all. Returns the numbers, written to ``triage.json`` in
    ``output`` and to ``results``, with a figure.
    """
    start, output, kind = time.time(), make_folder(output), source.kind
    source, real = _reduced(source, columns), _reduced(real, columns)
    table = source()
    everything = real()
    judged = without_stars_of(everything, table)
    parts = split(table, seed)
    test = without_stars_of(without_stars_of(real(split="test"), table), _joined(real))
    numbers: dict = {
        "source": kind,
        "seed": seed,
        "columns": table.feature_names,
        "by_classifier": {},
    }
    curves = {}
    for name, estimator in progress(
        classifier.items(), total=len(classifier), description="fit classifiers"
    ):
        as_seen = _as_seen(estimator)
        model = fit(name, estimator, calibration, as_seen(table), parts, seed)
        taught = _taught_by_labels(
            name, estimator, calibration, as_seen(_joined(real)), split, seed
        )
        tables = {
            "simulated": (model, table.select(parts.test)),
            "real": (model, judged),
            "real_test": (model, test),
            "ceiling_test": (taught, test),
        }
        tables = {where: (one, as_seen(rows)) for where, (one, rows) in tables.items()}
        numbers["by_classifier"][name] = {
            where: judge(one, rows, junk, bootstrap_resamples, seed)
            for where, (one, rows) in tables.items()
        }
        curves[name] = {
            where: (score(one, rows), transit_score(one, rows, junk))
            for where, (one, rows) in tables.items()
        }
    numbers |= {
        "sets": describe_sets(table, parts, None)
        | {"real": described(judged), "real_test": described(test)},
        "told_apart": {
            label: _told_apart(table, judged, label, seed) for label in sorted(set(judged.labels))
        },
        "versions": versions(),
        "config": settings or {},
        "seconds": round(time.time() - start, 1),
    }
    write(output, results, numbers)
    try:
        triage_figure(output / "triage.png", curves, table, judged, junk)
    except DataNotFound as error:
        log.warning("triage.json is written but no triage.png: %s", error)
    return numbers | {"verdict": verdict(numbers)}


def judge(model: FittedModel, table: FeatureTable, junk: str, resamples: int, seed: int) -> dict:
    """Numbers of both questions on one table, with intervals over bootstraps of stars."""
    shares = estimate_priors(model.probabilities(table), trained=_trained_shares(model)).shares
    priors = dict(zip(model.classes, map(float, shares), strict=True))
    shifted = model.probabilities(table, priors=priors)
    planet = score(model, table)
    at_home = replace(
        planet,
        probability=model.of_planets(shifted),
        predicted=np.array(model.classes)[np.argmax(shifted, axis=1)],
    )
    weights = star_weights(planet.star, resamples, np.random.default_rng(seed))
    transit = transit_score(model, table, junk)
    found = {
        "planet": _question(planet.probability, planet.is_planet, weights),
        "transit": _question(transit, planet.label != junk, weights),
        "auc_against": {
            str(label): with_interval(roc_auc, *_pair(planet, label, weights))
            for label in sorted(set(planet.label) - {PLANET})
        },
        "estimated_shares": priors,
        "confusion": confusion(at_home),
        "accuracy": with_interval(
            lambda right, _, weight: mean(right, weight),
            (at_home.predicted == planet.label).astype(float),
            planet.is_planet,
            weights,
        ),
        "log_loss": log_loss(at_home.probability, planet.is_planet, np.ones(len(table))),
        "calibration_error": calibration_error(
            at_home.probability, planet.is_planet, np.ones(len(table))
        ),
    }
    shifted_transit = 1 - shifted[:, model.classes.index(junk)]
    for threshold in THRESHOLDS:
        found[f"planet_at_{threshold}"] = _at(
            at_home.probability, planet.is_planet, threshold, weights
        )
        found[f"transit_at_{threshold}"] = _at(
            shifted_transit, planet.label != junk, threshold, weights
        )
    return found


def transit_score(model: FittedModel, table: FeatureTable, junk: str) -> np.ndarray:
    """Probability of anything but junk, shape (rows,)."""
    return 1 - model.probabilities(table)[:, model.classes.index(junk)]


def _question(probability: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> dict:
    return {
        "roc_auc": with_interval(roc_auc, probability, truth, weights),
        "average_precision": with_interval(average_precision, probability, truth, weights),
        f"precision_at_recall_{RECALL}": with_interval(
            precision_at_recall(RECALL), probability, truth, weights
        ),
    }


def _pair(rows: Scored, label: str, weights: np.ndarray) -> tuple[np.ndarray, ...]:
    pair = rows.is_planet | (rows.label == label)
    return rows.probability[pair], rows.is_planet[pair], weights[:, pair]


def _at(probability: np.ndarray, truth: np.ndarray, threshold: float, weights: np.ndarray) -> dict:
    """Precision, recall and accuracy of calling what is above the threshold."""

    def right(called: np.ndarray, truth: np.ndarray, weight: np.ndarray) -> float:
        return mean(((called >= threshold) == truth).astype(float), weight)

    return {
        name: with_interval(metric, probability, truth, weights)
        for name, metric in (
            ("precision", precision(threshold)),
            ("recall", recall(threshold)),
            ("accuracy", right),
        )
    }


def precision_at_recall(least: float) -> Metric:
    """The largest precision at any threshold whose recall is at least ``least``."""

    def metric(probability: np.ndarray, truth: np.ndarray, weight: np.ndarray) -> float:
        true, false = counts_above(probability, truth, weight)
        if true[-1] == 0:
            return np.nan
        enough = true >= least * true[-1]
        return float(np.max(true[enough] / (true + false)[enough]))

    return metric


def _trained_shares(model: FittedModel) -> np.ndarray:
    return np.array([model.card["class_shares"].get(name, 0.0) for name in model.classes])


def _joined(real: Callable[..., FeatureTable]) -> FeatureTable:
    """Train and val of the published split: what the ceiling learns from."""
    whole, test = real(), set(real(split="test").targets)
    return whole.select(~np.isin(whole.targets, list(test)))


def _reduced(
    rows: Callable[..., FeatureTable], columns: Sequence[str] | None
) -> Callable[..., FeatureTable]:
    """The same rows with some of the columns; BadTable if there is no such column."""

    def fewer(**arguments: object) -> FeatureTable:
        table = rows(**arguments)
        unknown = sorted(set(columns) - set(table.feature_names))
        if unknown:
            raise BadTable(
                f"there are no columns {unknown}; columns takes some of "
                f"{', '.join(table.feature_names)}"
            )
        return replace(
            table,
            frame=table.frame[[*IDENTITY, *columns]],
            columns=tuple(c for name in columns for c in table.columns if c.name == name),
        )

    return rows if columns is None else fewer


def _as_seen(estimator: BaseEstimator) -> Callable[[FeatureTable], FeatureTable]:
    """What a classifier is shown of a table: views as they are, or as columns."""
    return (lambda table: table) if has_fit_parameter(estimator, "views") else with_view_columns


def _told_apart(table: FeatureTable, judged: FeatureTable, label: str, seed: int) -> dict:
    """ROC AUC of telling simulated from real events of one label, and the columns it is by."""
    kind = PLANET if label == PLANET else FALSE_POSITIVE
    ours, theirs = (rows.select(rows.labels == label) for rows in (table, judged))
    found: dict = {"features": told_apart(ours, theirs, kind, seed)}
    ours, theirs = with_view_columns(ours, bins=20), with_view_columns(theirs, bins=20)
    by = told_apart_by(ours, theirs, kind, seed)
    return found | {
        "features_and_views": told_apart(ours, theirs, kind, seed),
        "by": dict(list(by.items())[:8]),
    }


def _taught_by_labels(
    name: str,
    estimator: BaseEstimator,
    calibration: Calibration,
    table: FeatureTable,
    split: StarSplit,
    seed: int,
) -> FittedModel:
    """The same classifier fitted on real labels, calibrated on stars of its own."""
    parts = split(table, seed)
    taken = Split(np.concatenate([parts.fit, parts.test]), parts.calibration, parts.test[:0])
    return fit(name, estimator, calibration, table, taken, seed)


def write(output: Path, results: str | Path | None, numbers: dict) -> None:
    """Write the numbers."""
    text = json.dumps(nan_as_null(numbers), indent=1, default=str, allow_nan=False)
    (output / "triage.json").write_text(text)
    if results is not None:
        make_folder(Path(results).parent)
        short = {key: value for key, value in numbers.items() if key != "config"}
        Path(results).write_text(json.dumps(nan_as_null(short), indent=1, default=str))


def verdict(numbers: dict) -> list[str]:
    """What came out, one line a classifier and table."""
    lines = []
    for name, tables in numbers["by_classifier"].items():
        for where, found in tables.items():
            planet, transit = (
                found[question]["roc_auc"]["value"] for question in ("planet", "transit")
            )
            precision = found["transit"]["average_precision"]["value"]
            lines.append(
                f"{name:30}{where:14}planet ROC AUC {planet:.3f}; planet or binary "
                f"against junk: ROC AUC {transit:.3f}, average precision {precision:.3f}; "
                f"accuracy of three classes {found['accuracy']['value']:.3f}"
            )
    return lines
