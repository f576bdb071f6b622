"""Judge classifiers on the labelled threshold-crossing events of Kepler, across stars."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from exoval.catalogs.tce_features import published_folds, tce_features
from exoval.errors import BadParameter, DataNotFound
from exoval.labels import FALSE_POSITIVE, PLANET
from exoval.models.calibrate import Calibration
from exoval.running.progress import progress
from exoval.table.feature_table import FeatureTable
from train.fitting.out_of_fold import averaged, cross_fitted, out_of_fold, stacked, star_folds
from train.judging.star_metrics import judge
from train.judging.strata import by_stratum
from train.report.benchmark_figures import write_figures
from train.run import make_folder, nan_as_null, versions
from train.tasks.catalogue_scores import published_table
from train.tasks.disputed_labels import disputed_labels, down_weighted
from train.tasks.grouped_importance import grouped_importance
from train.tasks.koi_candidates import score_candidates
from train.tasks.vespa_disagreement import vespa_disagreement

log = logging.getLogger(__name__)

#: folds=... that asks for those of Valizadegan et al. 2022
PUBLISHED = "published"
#: the names of what is made of all classifiers together
STACK, AVERAGE = "ensemble", "ensemble_average"
#: a value and its interval in indented JSON
INTERVAL = re.compile(r'\{\s*"value":[^{}]*\}')


@dataclass(frozen=True)
class Judged:
    """Probabilities of every row by name, before and after calibration, (rows,) each."""

    table: FeatureTable
    fold: np.ndarray
    raw: dict[str, np.ndarray]
    probability: dict[str, np.ndarray]
    error: dict[str, np.ndarray]
    seconds: dict[str, float]

    @property
    def truth(self) -> np.ndarray:
        """Whether each row is a planet."""
        return (self.table.frame["disposition"] == PLANET).to_numpy()


def kepler_tce(
    output: str | Path,
    results: str | Path,
    classifier: Mapping[str, BaseEstimator],
    calibration: Calibration,
    seed: int,
    folds: int | str = 10,
    bootstrap_resamples: int = 200,
    ensemble: list[str] | None = None,
    every_label: list[str] | None = None,
    explained: str | None = None,
    candidates: str | Path | None = None,
    disputed: str | Path | None = None,
    tces: str | Path | None = None,
    settings: dict | None = None,
) -> dict:
    """Cross-validate every classifier by star and write the numbers to the file ``results``.

    ``folds`` is how many, or ``published``. ``ensemble`` names what is joined, all by default;
    ``every_label`` what learns AFP and NTP apart and not planet or not; ``explained`` the
    classifier whose features are permuted and which is fitted again with disputed
    labels down-weighted. ``candidates`` and ``disputed`` are CSV files to write. ``tces`` is the
    labelled table, by default under EXOVAL_DATA. Folds that were fitted before are taken from
    ``output``, where figures are written too. Raises DataNotFound, BadTable or BadParameter.
    """
    start = time.time()
    check_settings(
        classifier,
        folds,
        [*(ensemble or []), *(every_label or []), *([explained] if explained else [])],
    )
    output, results = make_folder(output), Path(results)
    make_folder(results.parent)
    table = learnable(tce_features(tces))
    fold = published_folds(tces) if folds == PUBLISHED else star_folds(table, int(folds), seed)
    judged = cross_validate(
        table, fold, classifier, calibration, seed, output / "folds", ensemble, every_label or ()
    )
    numbers = {
        "rows": len(table),
        "stars": len(set(table.targets)),
        "labels": {str(k): int(v) for k, v in table.frame["label"].value_counts().items()},
        "columns": table.feature_names,
        "folds": describe_folds(table, fold, folds),
        "calibration": "the map of each fold is learned from the scores of the other folds' stars",
        "models": {
            name: numbers_of(name, judged, bootstrap_resamples, seed)
            for name in progress(
                judged.probability, total=len(judged.probability), description="judge"
            )
        },
    }
    best = min(judged.raw, key=lambda name: numbers["models"][name]["log_loss"]["value"])
    numbers["lowest_log_loss"] = best
    numbers["published"] = published_table(
        judged.probability, table, fold, calibration, bootstrap_resamples, seed
    )
    numbers["vespa_disagreement"] = vespa_disagreement(
        table, judged.probability[best], fold, calibration
    )
    save_probabilities(judged, output / "probabilities.parquet")
    # what comes next is slow as well: an interrupted run leaves what is known by then
    write_json(numbers, results)
    importance = None
    if explained is not None:
        chosen = {explained: classifier[explained]}
        importance = grouped_importance(chosen[explained], table, fold, seed, output / "importance")
        numbers["importance"] = importance.round(5).to_dict("records")
        listed = disputed_labels(table, judged.probability[best], judged.probability)
        if disputed is not None:
            write_csv(listed, Path(disputed))
        numbers["label_noise"] = down_weighted(
            chosen, listed, table, fold, calibration, seed, output / "folds", bootstrap_resamples
        )
    if candidates is not None:
        scored, numbers["candidates"] = score_candidates(
            classifier, calibration, seed, output / "folds", bootstrap_resamples, ensemble=ensemble
        )
        write_csv(scored, Path(candidates))
    write_json(numbers | {"seed": seed, "versions": versions()}, results)
    try:
        write_figures(
            output / results.stem, judged.raw, judged.probability, judged.truth, importance
        )
    except DataNotFound as error:
        log.warning("%s is written but no figures: %s", results, error)
    return {"verdict": verdict(numbers), "seconds": time.time() - start}


def check_settings(
    classifier: Mapping[str, BaseEstimator], folds: int | str, named: list[str]
) -> None:
    """Raise BadParameter for a setting that cannot be met."""
    if folds != PUBLISHED and not (isinstance(folds, int) and folds >= 2):
        raise BadParameter(f"folds is {folds}; give 2 or more, or {PUBLISHED}")
    unknown = sorted(set(named) - set(classifier))
    if unknown or not classifier:
        raise BadParameter(
            f"{', '.join(unknown) or 'no classifier'} is not chosen; classifier="
            f"[{','.join(classifier)}] must hold what other settings name"
        )


def learnable(table: FeatureTable) -> FeatureTable:
    """The table with its planets called planet, as classifiers are asked for that class."""
    label = table.frame["label"].mask(table.frame["disposition"] == PLANET, PLANET)
    known = table.frame["disposition"].isin([PLANET, FALSE_POSITIVE])
    if not known.all():
        log.warning("%d events without a label are left out", (~known).sum())
    return replace(table, frame=table.frame.assign(label=label)).select(known.to_numpy())


def cross_validate(
    table: FeatureTable,
    fold: np.ndarray,
    classifier: Mapping[str, BaseEstimator],
    calibration: Calibration,
    seed: int,
    cache: Path,
    ensemble: list[str] | None = None,
    every_label: Collection[str] = (),
) -> Judged:
    """Calibrated probabilities of every row by classifiers that did not see its fold.

    With two classifiers or more their stack and average are two more, whose error is what the
    members differ by.
    """
    found = out_of_fold(classifier, table, fold, seed, cache, every_label=every_label)
    truth = (table.frame["disposition"] == PLANET).to_numpy(dtype=float)
    raw = {name: one.score for name, one in found.items()}
    error = {name: one.error for name, one in found.items()}
    probability = {
        name: cross_fitted(score, truth, fold, calibration) for name, score in raw.items()
    }
    members = list(ensemble or classifier)
    if len(members) > 1:
        scores, calibrated = (np.stack([of[name] for name in members]) for of in (raw, probability))
        raw[STACK], raw[AVERAGE] = stacked(scores, truth, fold), averaged(calibrated)
        # a stack is a logistic regression on other folds' rows: it is its own calibration
        probability[STACK] = raw[STACK]
        probability[AVERAGE] = cross_fitted(raw[AVERAGE], truth, fold, calibration)
        error |= dict.fromkeys((STACK, AVERAGE), calibrated.std(axis=0))
    return Judged(
        table, fold, raw, probability, error, {name: one.seconds for name, one in found.items()}
    )


def numbers_of(name: str, judged: Judged, resamples: int, seed: int) -> dict:
    """All numbers of one model: overall, against each label, before calibration, in bins."""
    probability, truth, stars = judged.probability[name], judged.truth, judged.table.targets
    result = judge(probability, truth, stars, resamples, seed)
    before = judge(judged.raw[name], truth, stars, resamples, seed)
    result["before_calibration"] = {
        key: before[key] for key in ("roc_auc", "log_loss", "brier", "ece")
    }
    result["against"] = {}
    for label in sorted(set(judged.table.labels[~truth])):
        pair = truth | (judged.table.labels == label)
        result["against"][label] = judge(
            probability[pair], truth[pair], stars[pair], resamples, seed
        )
    result["bins"] = by_stratum(probability, truth, judged.table, resamples, seed)
    if name in judged.seconds:
        result["seconds_to_fit"] = round(judged.seconds[name], 1)
    return result


def describe_folds(table: FeatureTable, fold: np.ndarray, folds: int | str) -> dict:
    """How many, of what kind, and how many stars are in more than one."""
    shared = int((pd.Series(fold).groupby(table.targets).nunique() > 1).sum())
    kind = "by star: no star is in two folds"
    if folds == PUBLISHED:
        kind = (
            f"those of Valizadegan et al. 2022, in which {shared} stars of this copy of the "
            "table (6,252 of the whole table) have events in several folds, so that models "
            "are judged on stars they were fitted on"
        )
    return {"number": len(np.unique(fold)), "kind": kind, "stars_in_several_folds": shared}


def save_probabilities(judged: Judged, path: Path) -> None:
    """One row an event: identity, fold, probability and error of every model."""
    columns = {"fold": judged.fold}
    for name, probability in judged.probability.items():
        columns |= {name: probability, f"{name}_error": judged.error[name]}
    frame = judged.table.frame[["event", "target", "label", "disposition"]]
    pd.concat([frame, pd.DataFrame(columns)], axis=1).to_parquet(path)


def write_json(numbers: dict, path: Path) -> None:
    """Write numbers, a value and its interval in one line, null for what is not finite."""
    text = json.dumps(nan_as_null(numbers), indent=1, allow_nan=False)
    path.write_text(INTERVAL.sub(lambda found: " ".join(found[0].split()), text))


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write rows to a CSV with five decimals."""
    make_folder(path.parent)
    frame.to_csv(path, index=False, float_format="%.5f")


def verdict(numbers: dict) -> list[str]:
    """What came out, one sentence a model and one about the folds."""
    lines = [
        f"{numbers['rows']} labelled events of {numbers['stars']} stars; folds are "
        f"{numbers['folds']['kind']}."
    ]
    for name, of in numbers["models"].items():
        value = {
            key: of[key]["value"]
            for key in (
                "roc_auc",
                "pr_auc",
                "recall_at_precision_99",
                "log_loss",
                "base_rate_log_loss",
                "ece",
            )
        }
        lines.append(
            f"{name}: ROC AUC {value['roc_auc']:.4f}, PR AUC {value['pr_auc']:.4f}, "
            f"recall at precision 0.99 {value['recall_at_precision_99']:.3f}, log-loss "
            f"{value['log_loss']:.4f} (base rate {value['base_rate_log_loss']:.3f}), "
            f"ECE {value['ece']:.4f}"
        )
    return lines
