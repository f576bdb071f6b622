"""Train on one table and judge on another of a different origin, in the columns both share."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from exoval.errors import BadTable, DataNotFound
from exoval.labels import FALSE_POSITIVE, PLANET
from exoval.models.calibrate import Calibration
from exoval.models.novelty import domain_scores
from exoval.running.progress import progress
from exoval.table.feature_table import FeatureTable
from train.data.splits import StarSplit
from train.data.tables import LabelledTable, without_stars_of
from train.fitting.fit import fit
from train.judging.domain_importance import domain_importance
from train.judging.evaluate import Scored, evaluate, score
from train.judging.feature_gap import feature_gap, of_kind
from train.judging.headline import leading
from train.judging.metrics import roc_auc
from train.report.transfer_figure import transfer_figure
from train.run import describe_sets, make_folder, nan_as_null, predictions, versions

log = logging.getLogger(__name__)


def transfer(
    output: str | Path,
    source: LabelledTable,
    target: LabelledTable,
    classifier: Mapping[str, BaseEstimator],
    calibration: Calibration,
    split: StarSplit,
    seed: int,
    bootstrap_resamples: int = 500,
    calibration_folds: int = 0,
    results: str | Path | None = None,
    settings: dict | None = None,
) -> dict:
    """Fit every classifier on ``source``, judge it on its held-out stars and on ``target``.

    Stars of the source are left out of the target, so nothing is judged that was trained on.
    Nothing is chosen or weighted by the target's labels. Returns the numbers, written to
    ``transfer.json`` in ``output`` and to the file ``results``; ``transfer.png``, ``gap.csv`` and
    ``predictions_*.csv`` stand beside. Raises DataNotFound or BadTable for tables that cannot be
    used.
    """
    start = time.time()
    output = make_folder(output)
    table = source()
    judged = without_stars_of(target(), table)
    judged.require_columns_of(table)
    parts = split(table, seed)
    models = [
        fit(
            name,
            estimator,
            calibration,
            table,
            parts,
            seed,
            calibration_folds,
            output / "checkpoints",
        )
        for name, estimator in progress(
            classifier.items(), total=len(classifier), description="fit classifiers"
        )
    ]
    held_out = {model.name: score(model, table.select(parts.test)) for model in models}
    elsewhere = {model.name: score(model, judged) for model in models}
    best = leading(models)
    gap = feature_gap(table, judged)
    numbers = {
        "source": source.kind,
        "target": target.kind,
        "leading": best,
        "seed": seed,
        "headline": headline(held_out[best], elsewhere[best], bootstrap_resamples, seed),
        "by_classifier": {
            name: {
                "source": evaluate(held_out[name], bootstrap_resamples, seed),
                "target": evaluate(elsewhere[name], bootstrap_resamples, seed),
            }
            for name in progress(elsewhere, total=len(elsewhere), description="judge")
        },
        "sets": describe_sets(table, parts, None) | {"target": described(judged)},
        "told_apart_auc": {
            kind: told_apart(table, judged, kind, seed) for kind in (PLANET, FALSE_POSITIVE)
        },
        "told_apart_by": {
            kind: told_apart_by(table, judged, kind, seed) for kind in (PLANET, FALSE_POSITIVE)
        },
        "feature_gap": gap.to_dict("records"),
        "columns": table.feature_names,
        "versions": versions(),
        "config": settings or {},
    }
    numbers["seconds"] = round(time.time() - start, 1)
    write(output, results, numbers, held_out, elsewhere, gap)
    return numbers | {"verdict": verdict(numbers)}


def headline(source: Scored, target: Scored, resamples: int, seed: int) -> dict:
    """AUC of planets against everything and against each label, at home and away."""
    home, away = (evaluate(rows, resamples, seed) for rows in (source, target))
    keys = {
        "roc_auc": "roc_auc",
        "pr_auc": "average_precision",
        "recall_at_precision_99": "recall_at_precision_0.99",
        "log_loss": "log_loss",
        "ece": "calibration_error",
    }
    found = {
        ours: {"source": home[theirs], "target": away[theirs]} for ours, theirs in keys.items()
    }
    return found | {
        "auc_against": away["auc_against"],
        "auc_against_source": home["auc_against"],
        "drop": home["roc_auc"]["value"] - away["roc_auc"]["value"],
    }


def described(table: FeatureTable) -> dict:
    """Rows, stars and labels of a table."""
    names, counts = np.unique(table.labels, return_counts=True)
    return {
        "rows": len(table),
        "stars": len(set(table.targets)),
        "labels": {str(name): int(count) for name, count in zip(names, counts)},
    }


def told_apart(table: FeatureTable, judged: FeatureTable, kind: str, seed: int) -> float | None:
    """ROC AUC of telling rows of one disposition of both tables apart; None with too few rows."""
    ours, theirs = table.select(of_kind(table, kind)), judged.select(of_kind(judged, kind))
    try:
        home, away = domain_scores(ours, theirs, seed=seed)
    except BadTable as error:
        log.warning("the two tables are not told apart: %s", error)
        return None
    both = np.concatenate([home, away])
    return roc_auc(both, np.arange(len(both)) >= len(home), np.ones(len(both)))


def told_apart_by(table: FeatureTable, judged: FeatureTable, kind: str, seed: int) -> dict:
    """By which features, largest fall of that AUC first; empty with too few rows."""
    try:
        found = domain_importance(
            table.select(of_kind(table, kind)), judged.select(of_kind(judged, kind)), seed
        )
    except BadTable:
        return {}
    return dict(zip(found["feature"], found["drop"].round(4)))


def write(
    output: Path,
    results: str | Path | None,
    numbers: dict,
    held_out: dict[str, Scored],
    elsewhere: dict[str, Scored],
    gap: pd.DataFrame,
) -> None:
    """Write numbers, predictions, distances and the figure."""
    text = json.dumps(nan_as_null(numbers), indent=1, default=str, allow_nan=False)
    (output / "transfer.json").write_text(text)
    predictions(held_out, None).to_csv(output / "predictions_source.csv", index=False)
    predictions(elsewhere, None).to_csv(output / "predictions_target.csv", index=False)
    gap.to_csv(output / "gap.csv", index=False)
    if results is not None:
        results = Path(results)
        make_folder(results.parent)
        short = {key: value for key, value in numbers.items() if key != "config"}
        results.write_text(json.dumps(nan_as_null(short), indent=1, default=str))
    try:
        best = numbers["leading"]
        transfer_figure(output / "transfer.png", held_out[best], elsewhere[best], gap, best)
    except DataNotFound as error:
        log.warning("transfer.json is written but no transfer.png: %s", error)


def verdict(numbers: dict) -> list[str]:
    """What came out, in sentences."""
    lines = []
    for name, of in numbers["by_classifier"].items():
        home, away = of["source"], of["target"]
        against = ", ".join(
            f"{number['value']:.3f} against {label}"
            for label, number in away["auc_against"].items()
            if number["value"] is not None
        )
        lines.append(
            f"{name}: ROC AUC {home['roc_auc']['value']:.3f} on held-out stars of the "
            f"{numbers['source']} table, {away['roc_auc']['value']:.3f} on the "
            f"{numbers['target']} ({against}); recall at precision 0.99 "
            f"{away['recall_at_precision_0.99']['value']:.3f}."
        )
    return lines
