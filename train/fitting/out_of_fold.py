"""Out-of-fold scores: every row is scored by a copy fitted without its fold; kept on disk."""

from __future__ import annotations

import hashlib
import json
import logging
import time
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from exoval.errors import BadTable
from exoval.labels import UNKNOWN
from exoval.models.calibrate import Calibration, Identity, logit
from exoval.models.fitted_model import FittedModel
from exoval.running.output_path import make_folder, replacing
from exoval.running.progress import progress
from exoval.running.provenance import code_version
from exoval.table.feature_table import FeatureTable
from train.fitting.fit import fitted_pipeline

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OutOfFold:
    """Uncalibrated P(planet) of every row.

    ``by_fold`` (folds, rows) holds the scores of all copies for rows of unknown disposition, which
    are never fitted, and NaN for all other rows. ``seconds`` is the total time of the fits.
    """

    score: np.ndarray
    by_fold: np.ndarray
    seconds: float


def star_folds(table: FeatureTable, *, folds: int, seed: int) -> np.ndarray:
    """The fold (0, 1, ...) of every row, the same for all rows of a star, balanced by label.

    Raises BadTable if there are fewer stars or rows of a label than folds.
    """
    fold = np.empty(len(table), dtype=int)
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    try:
        parts = list(splitter.split(table.features, table.labels, table.targets))
    except ValueError as error:
        raise BadTable(
            f"{len(set(table.targets))} stars cannot be divided into folds={folds}: "
            f"{error}; give fewer folds"
        ) from error
    for number, (_, out) in enumerate(parts):
        fold[out] = number
    return fold


def out_of_fold(
    classifier: Mapping[str, BaseEstimator],
    table: FeatureTable,
    fold: np.ndarray,
    *,
    seed: int,
    cache: Path,
    weight: np.ndarray | None = None,
    every_label: Collection[str] = (),
) -> dict[str, OutOfFold]:
    """Scores of every row by every classifier, by name.

    Classifiers learn planet or not; those named in ``every_label`` learn all labels. Boosted trees
    gain by that, while a Gaussian process of the same size takes four times as long and becomes
    worse. Rows of unknown disposition are scored and never fitted; a row of ``weight`` 2 counts as
    two. Each fit is stored in the folder ``cache`` and reused for the same rows, folds, weights
    and settings. Raises BadTable for rows that cannot be fitted.
    """
    binary, numbers = planet_or_not(table), np.unique(fold)
    work = [(name, number) for name in classifier for number in numbers]
    found: dict[str, list] = {name: [] for name in classifier}
    for name, number in progress(work, total=len(work), description="fit folds"):
        asked = table if name in every_label else binary
        found[name].append(
            _one_fold(
                name,
                classifier[name],
                asked,
                fold,
                number=number,
                seed=seed,
                cache=cache,
                weight=weight,
            )
        )
    return {name: _joined(parts, fold, numbers) for name, parts in found.items()}


def planet_or_not(table: FeatureTable) -> FeatureTable:
    """The table with its dispositions as labels."""
    return replace(table, frame=table.frame.assign(label=table.frame["disposition"]), meanings={})


def cross_fitted(
    score: np.ndarray, truth: np.ndarray, fold: np.ndarray, *, calibration: Calibration
) -> np.ndarray:
    """Calibrated scores (rows,); the map of each fold is learned from the rows of other folds.

    All scores are from copies that did not see the row's star. Rows whose ``truth`` is NaN are
    calibrated but do not enter the map.
    """
    calibrated = np.empty(len(score))
    known = np.isfinite(truth)
    for number in np.unique(fold):
        mine = fold == number
        learned = calibration(score[~mine & known], truth[~mine & known] > 0.5)
        calibrated[mine] = learned(score[mine])
    return calibrated


def stacked(scores: np.ndarray, truth: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Stacked score (rows,) from those of several classifiers (classifiers, rows).

    A logistic regression on logits; its weights for each fold are learned from the rows of the
    other folds (Wolpert 1992).
    """
    features, known = logit(scores).T, np.isfinite(truth)
    joined = np.empty(scores.shape[1])
    for number in np.unique(fold):
        mine = fold == number
        learn = ~mine & known
        model = LogisticRegression(C=0.1, max_iter=1000).fit(features[learn], truth[learn] > 0.5)
        joined[mine] = model.predict_proba(features[mine])[:, 1]
    return joined


def averaged(probabilities: np.ndarray) -> np.ndarray:
    """Probability (rows,) of the mean logit of calibrated probabilities (classifiers, rows).

    >>> averaged(np.array([[0.9, 0.5], [0.9, 0.5]])).round(3).tolist()
    [0.9, 0.5]
    """
    return 1 / (1 + np.exp(-logit(probabilities).mean(axis=0)))


def jackknife_error(by_fold: np.ndarray) -> np.ndarray:
    """Standard error (rows,) from copies that each lack one fold, (folds, rows).

    Delete-a-group jackknife (Shao & Tu 1995): the copies share most rows and so differ little,
    which the factor corrects.

    >>> jackknife_error(np.array([[0.4], [0.5], [0.6]])).round(3).tolist()
    [0.115]
    """
    number = len(by_fold)
    return np.sqrt((number - 1) / number * np.sum((by_fold - by_fold.mean(axis=0)) ** 2, axis=0))


def _one_fold(
    name: str,
    classifier: BaseEstimator,
    table: FeatureTable,
    fold: np.ndarray,
    *,
    number: int,
    seed: int,
    cache: Path,
    weight: np.ndarray | None,
) -> dict:
    """Scores of one fold's rows and of rows of unknown disposition, from disk or by fitting."""
    mine = fold == number
    unknown = (table.frame["disposition"] == UNKNOWN).to_numpy()
    fitted = ~mine & ~unknown
    path = (
        cache / f"{name}-{number}-{_digest(classifier, table, mine, seed=seed, weight=weight)}.npz"
    )
    if path.is_file():
        try:
            with np.load(path) as kept:
                return dict(kept)
        except (OSError, ValueError, BadZipFile, zlib.error) as error:
            log.warning("%s is damaged (%s); the fold is fitted again", path, error)
    start = time.perf_counter()
    rows = table.select(fitted)
    if not rows.is_planet.any():
        raise BadTable(f"without fold {number} no planets are left to fit; give fewer folds")
    pipeline = fitted_pipeline(
        name, classifier, rows, seed=seed, weight=None if weight is None else weight[fitted]
    )
    model = FittedModel(
        name=name,
        pipeline=pipeline,
        calibration=Identity(),
        columns=table.columns,
        meanings=rows.label_meanings(),
    )
    score, others = (
        model.of_planets(model.probabilities(table.select(rows))) if rows.any() else np.zeros(0)
        for rows in (mine, unknown)
    )
    result = {
        "score": score,
        "unknown": others,
        "rows_unknown": np.flatnonzero(unknown),
        "seconds": np.array(time.perf_counter() - start),
    }
    make_folder(cache)
    with replacing(path, setting="cache") as draft:
        np.savez(draft, **result)
    return result


def _joined(parts: list[dict], fold: np.ndarray, numbers: np.ndarray) -> OutOfFold:
    """The folds of one classifier in the order of the rows."""
    score = np.full(len(fold), np.nan)
    by_fold = np.full((len(parts), len(fold)), np.nan)
    for place, (number, part) in enumerate(zip(numbers, parts, strict=True)):
        score[fold == number] = part["score"]
        by_fold[place, part["rows_unknown"].astype(int)] = part["unknown"]
    return OutOfFold(score, by_fold, float(sum(part["seconds"] for part in parts)))


def _digest(
    classifier: BaseEstimator,
    table: FeatureTable,
    mine: np.ndarray,
    *,
    seed: int,
    weight: np.ndarray | None,
) -> str:
    """A digest of everything that determines the fit."""
    made = hashlib.sha256(
        json.dumps(
            [
                type(classifier).__name__,
                repr(sorted(classifier.get_params().items())),
                seed,
                table.schema_hash,
                code_version(),
            ]
        ).encode()
    )
    for array in (
        table.features,
        mine,
        table.labels.astype("U32"),
        table.targets.astype("U32"),
        np.zeros(0) if weight is None else weight,
    ):
        made.update(np.ascontiguousarray(array).tobytes())
    return made.hexdigest()[:16]
