"""Cross-validation by star of classifiers on Kepler's labelled threshold-crossing events."""

from __future__ import annotations

import logging
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
from exoval.running import spreadsheet
from exoval.running.output_path import make_folder, output_path
from exoval.running.progress import progress
from exoval.table.feature_table import FeatureTable
from train.fitting.out_of_fold import averaged, cross_fitted, out_of_fold, stacked, star_folds
from train.judging.metrics import SUMMARY, judge
from train.judging.strata import by_stratum
from train.report.benchmark_figures import write_figures
from train.report.result_file import frame, write_result
from train.tasks.catalogue_scores import published_table
from train.tasks.disputed_labels import disputed_labels, down_weighted
from train.tasks.grouped_importance import grouped_importance
from train.tasks.koi_candidates import score_candidates
from train.tasks.vespa_disagreement import vespa_disagreement

log = logging.getLogger(__name__)

#: value of folds=... for the folds of Valizadegan et al. 2022
PUBLISHED = "published"
#: names of the combinations of all classifiers
STACK, AVERAGE = "ensemble", "ensemble_average"
#: metrics of a model before its calibration
UNCALIBRATED = ("roc_auc", "log_loss", "brier", "calibration_error")


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Probabilities of every row by name, before and after calibration, (rows,) each."""

    table: FeatureTable
    fold: np.ndarray
    raw: dict[str, np.ndarray]
    probability: dict[str, np.ndarray]
    seconds: dict[str, float]

    @property
    def truth(self) -> np.ndarray:
        """Whether each row is a planet."""
        return (self.table.frame["disposition"] == PLANET).to_numpy()


def kepler_tce(
    *,
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
    """Cross-validate every classifier by star, write the result to ``results`` and return it.

    ``folds`` is a number or ``published``. ``ensemble`` names the combined classifiers, all by
    default; ``every_label`` those that learn AFP and NTP separately instead of planet or not;
    ``explained`` the one whose features are permuted and which is fitted again with disputed labels
    down-weighted. ``candidates`` and ``disputed`` are CSV files to write. ``tces`` is the labelled
    table, by default under EXOVAL_DATA. Fitted folds in ``output`` are reused, and figures are
    written there. Raises DataNotFound or BadTable for tables that cannot be used, BadParameter for
    settings out of range.
    """
    start = time.time()
    check_settings(
        classifier,
        folds=folds,
        named=[*(ensemble or []), *(every_label or []), *([explained] if explained else [])],
    )
    output, results = make_folder(output), output_path(results, setting="results")
    make_folder(results.parent)
    table = learnable(tce_features(tces))
    fold = (
        published_folds(tces)
        if folds == PUBLISHED
        else star_folds(table, folds=int(folds), seed=seed)
    )
    judged = cross_validate(
        table,
        fold,
        classifier=classifier,
        calibration=calibration,
        seed=seed,
        cache=output / "folds",
        ensemble=ensemble,
        every_label=every_label or (),
    )
    metrics: dict = {
        "by_classifier": {
            name: numbers_of(name, judged, resamples=bootstrap_resamples, seed=seed)
            for name in progress(
                judged.probability, total=len(judged.probability), description="judge"
            )
        },
        "published": published_table(
            judged.probability,
            table,
            fold,
            calibration=calibration,
            resamples=bootstrap_resamples,
            seed=seed,
        ),
    }
    best = min(judged.raw, key=lambda name: metrics["by_classifier"][name]["log_loss"]["value"])
    result = frame(settings or {}, seed=seed) | {
        "metrics": metrics,
        "leading": best,
        "rows": len(table),
        "stars": len(set(table.targets)),
        "labels": {str(k): int(v) for k, v in table.frame["label"].value_counts().items()},
        "columns": table.feature_names,
        "folds": describe_folds(table, fold, folds=folds),
        "calibration": "the map of each fold is learned from the scores of the other folds' stars",
        "seconds_to_fit": {name: round(taken, 1) for name, taken in judged.seconds.items()},
        "vespa_disagreement": vespa_disagreement(
            table, judged.probability[best], fold, calibration=calibration
        ),
    }
    save_probabilities(judged, output / "probabilities.parquet")
    # the next steps are slow too: write now, so that an interrupted run keeps these results
    write_result(results, result)
    importance = None
    if explained is not None:
        chosen = {explained: classifier[explained]}
        importance = grouped_importance(
            chosen[explained], table, fold, seed=seed, cache=output / "importance"
        )
        result["importance"] = importance.round(5).to_dict("records")
        listed = disputed_labels(table, judged.probability[best], by_model=judged.probability)
        if disputed is not None:
            write_csv(listed, Path(disputed))
        noise = down_weighted(
            chosen,
            listed,
            table,
            fold,
            calibration=calibration,
            seed=seed,
            cache=output / "folds",
            resamples=bootstrap_resamples,
        )
        metrics["label_noise"] = noise.pop("by_classifier")
        result["label_noise"] = noise
    if candidates is not None:
        scored, described = score_candidates(
            classifier,
            calibration=calibration,
            seed=seed,
            cache=output / "folds",
            resamples=bootstrap_resamples,
            ensemble=ensemble,
        )
        metrics["on_decided_objects"] = described.pop("on_decided_objects")
        result["candidates"] = described
        write_csv(scored, Path(candidates))
    result["seconds"] = round(time.time() - start, 1)
    write_result(results, result)
    try:
        write_figures(
            output / results.stem,
            before=judged.raw,
            after=judged.probability,
            truth=judged.truth,
            importance=importance,
        )
    except DataNotFound as error:
        log.warning("%s is written but no figures: %s", results, error)
    return result | {"verdict": verdict(result)}


def check_settings(
    classifier: Mapping[str, BaseEstimator], *, folds: int | str, named: list[str]
) -> None:
    """Raise BadParameter for a setting out of range or a classifier that is not chosen."""
    if folds != PUBLISHED and not (isinstance(folds, int) and folds >= 2):
        raise BadParameter(f"folds is {folds}; give 2 or more, or {PUBLISHED}")
    unknown = sorted(set(named) - set(classifier))
    if unknown or not classifier:
        raise BadParameter(
            f"{', '.join(unknown) or 'no classifier'} is not chosen; classifier="
            f"[{','.join(classifier)}] must hold what other settings name"
        )


def learnable(table: FeatureTable) -> FeatureTable:
    """The labelled rows of the table, with planets under the label planet."""
    label = table.frame["label"].mask(table.frame["disposition"] == PLANET, PLANET)
    known = table.frame["disposition"].isin([PLANET, FALSE_POSITIVE])
    if not known.all():
        log.warning("%d events without a label are left out", (~known).sum())
    return replace(table, frame=table.frame.assign(label=label)).select(known.to_numpy())


def cross_validate(
    table: FeatureTable,
    fold: np.ndarray,
    *,
    classifier: Mapping[str, BaseEstimator],
    calibration: Calibration,
    seed: int,
    cache: Path,
    ensemble: list[str] | None = None,
    every_label: Collection[str] = (),
) -> Judged:
    """Calibrated probabilities of every row by classifiers that did not see its fold.

    With two or more classifiers their stack and average are added.
    """
    found = out_of_fold(classifier, table, fold, seed=seed, cache=cache, every_label=every_label)
    truth = (table.frame["disposition"] == PLANET).to_numpy(dtype=float)
    raw = {name: one.score for name, one in found.items()}
    probability = {
        name: cross_fitted(score, truth, fold, calibration=calibration)
        for name, score in raw.items()
    }
    members = list(ensemble or classifier)
    if len(members) > 1:
        scores, calibrated = (np.stack([of[name] for name in members]) for of in (raw, probability))
        raw[STACK], raw[AVERAGE] = stacked(scores, truth, fold), averaged(calibrated)
        # a stack needs no calibration: it is a logistic regression on the rows of other folds
        probability[STACK] = raw[STACK]
        probability[AVERAGE] = cross_fitted(raw[AVERAGE], truth, fold, calibration=calibration)
    return Judged(
        table=table,
        fold=fold,
        raw=raw,
        probability=probability,
        seconds={name: one.seconds for name, one in found.items()},
    )


def numbers_of(name: str, judged: Judged, *, resamples: int, seed: int) -> dict:
    """All metrics of one model: overall, against each label, before calibration, in bins."""
    probability, truth, stars = judged.probability[name], judged.truth, judged.table.targets
    resampling = {"resamples": resamples, "seed": seed}
    found = judge(probability, truth, stars, **resampling)
    found["before_calibration"] = judge(
        judged.raw[name], truth, stars, **resampling, keys=UNCALIBRATED
    )
    found["against"] = {}
    for label in sorted(set(judged.table.labels[~truth])):
        pair = truth | (judged.table.labels == label)
        found["against"][label] = judge(probability[pair], truth[pair], stars[pair], **resampling)
    found["bins"] = by_stratum(probability, truth, judged.table, **resampling)
    return found


def describe_folds(table: FeatureTable, fold: np.ndarray, *, folds: int | str) -> dict:
    """The number and kind of folds, and the number of stars in more than one fold."""
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
    """Write one row per event: identity, fold and probability of every model."""
    columns = {"fold": judged.fold} | judged.probability
    frame = judged.table.frame[["event", "target", "label", "disposition"]]
    pd.concat([frame, pd.DataFrame(columns)], axis=1).to_parquet(path)


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write rows to a CSV with five decimals."""
    make_folder(output_path(path).parent)
    spreadsheet.write_csv(frame, path, float_format="%.5f")


def verdict(result: dict) -> list[str]:
    """The outcome in sentences: one about the folds and one per model."""
    lines = [
        f"{result['rows']} labelled events of {result['stars']} stars; folds are "
        f"{result['folds']['kind']}."
    ]
    for name, of in result["metrics"]["by_classifier"].items():
        value = {key: of[key]["value"] for key in SUMMARY}
        lines.append(
            f"{name}: ROC AUC {value['roc_auc']:.4f}, average precision "
            f"{value['average_precision']:.4f}, recall at precision 0.99 "
            f"{value['recall_at_precision_0.99']:.3f}, log-loss {value['log_loss']:.4f} (base "
            f"rate {value['base_rate_log_loss']:.3f}), calibration error "
            f"{value['calibration_error']:.4f}"
        )
    return lines
