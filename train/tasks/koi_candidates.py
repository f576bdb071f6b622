"""Probabilities of the KOI table's candidates, by models trained on decided objects.

The labelled threshold-crossing events include almost no candidates. So the columns are those of
the KOI table (and positional probabilities), which confirmed planets, false positives and
candidates all have. Candidates are never fitted, and each is scored by a copy that saw no event of
its star.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from exoval.catalogs.koi_features import koi_features
from exoval.labels import FALSE_POSITIVE, PLANET, UNKNOWN
from exoval.models.calibrate import Calibration
from exoval.models.prior_shift import estimate_priors, shift_priors
from exoval.table.feature_table import FeatureTable
from train.fitting.out_of_fold import (
    averaged,
    cross_fitted,
    jackknife_error,
    out_of_fold,
    planet_or_not,
    stacked,
    star_folds,
)
from train.judging.metrics import SUMMARY, judge

log = logging.getLogger(__name__)

#: a share below this is no estimate: one kind has vanished
LEAST_SHARE = 0.02


def score_candidates(
    classifier: Mapping[str, BaseEstimator],
    *,
    calibration: Calibration,
    seed: int,
    cache: Path,
    resamples: int,
    folds: int = 10,
    table: FeatureTable | None = None,
    ensemble: list[str] | None = None,
) -> tuple[pd.DataFrame, dict]:
    """A table with one row per candidate, and the metrics of the same models on decided objects.

    Every model has a column of probabilities and one, ``_error``, of standard errors, a
    jackknife over folds of stars. ``ensemble`` names the combined models, all by default. These
    probabilities assume that candidates are drawn like decided objects. That is not quite so:
    confirmed planets are brighter, more often in multiple systems and better observed. In the
    columns ``_shifted`` the share of planets is the one that the candidates themselves show
    (``with_estimated_share``).
    """
    table = planet_or_not(koi_features() if table is None else table)
    fold = star_folds(table, folds=folds, seed=seed)
    disposition = table.frame["disposition"].to_numpy()
    candidate, decided = disposition == UNKNOWN, disposition != UNKNOWN
    truth = np.where(candidate, np.nan, disposition == PLANET)
    found = out_of_fold(classifier, table, fold, seed=seed, cache=cache)
    raw = {name: one.score for name, one in found.items()}
    probability = {
        name: cross_fitted(score, truth, fold, calibration=calibration)
        for name, score in raw.items()
    }
    error = {}
    for name, one in found.items():
        copies = np.stack(
            [
                _mapped(copy[candidate], one.score, truth, calibration=calibration)
                for copy in one.by_fold
            ]
        )
        error[name] = jackknife_error(copies)
    members = list(ensemble or classifier)
    if len(members) > 1:
        scores, calibrated = (np.stack([of[name] for name in members]) for of in (raw, probability))
        # a stack needs no calibration: it is a logistic regression on the rows of other folds
        probability["ensemble"] = stacked(scores, truth, fold)
        probability["ensemble_average"] = cross_fitted(
            averaged(calibrated), truth, fold, calibration=calibration
        )
        for name in ("ensemble", "ensemble_average"):
            # spread between the members, and the error of each member
            error[name] = np.hypot(
                calibrated[:, candidate].std(axis=0),
                np.mean([error[one] for one in members], axis=0),
            )
    decided_share = float(np.mean(truth[decided]))
    return (
        with_estimated_share(_rows(table, candidate, probability, error), share=decided_share),
        _quality(table, decided, truth, probability, resamples=resamples, seed=seed),
    )


def with_estimated_share(rows: pd.DataFrame, *, share: float) -> pd.DataFrame:
    """The table of candidates with probabilities for the share of planets among them.

    ``share`` is that of the decided objects, for which the columns of ``rows`` hold. The share
    among candidates is the most likely one (``estimate_priors``), by every model for itself. Each
    probability has columns ``_shifted`` and ``_shifted_error``, but for a model that sees only
    planets or none.
    """
    trained, columns = np.array([share, 1 - share]), {}
    for name in [name for name in rows if f"{name}_error" in rows]:
        probability, error = rows[name].to_numpy(), rows[f"{name}_error"].to_numpy()
        found = estimate_priors(_two_classes(probability), trained=trained)
        if not found.converged or found.shares.min() < LEAST_SHARE:
            log.warning("%s: candidates in shares of %s; not shifted", name, found.shares)
            continue
        middle, low, high = (
            shift_priors(_two_classes(np.clip(one, 0, 1)), trained=trained, target=found.shares)[
                :, 0
            ]
            for one in (probability, probability - error, probability + error)
        )
        columns |= {f"{name}_shifted": middle, f"{name}_shifted_error": (high - low) / 2}
    return rows.assign(**columns)


def _two_classes(probability: np.ndarray) -> np.ndarray:
    return np.column_stack([probability, 1 - probability])


def _mapped(
    score: np.ndarray, learned_from: np.ndarray, truth: np.ndarray, *, calibration: Calibration
) -> np.ndarray:
    """Scores calibrated by the map of all decided rows."""
    known = np.isfinite(truth)
    return calibration(learned_from[known], truth[known] > 0.5)(score)


def _rows(
    table: FeatureTable,
    candidate: np.ndarray,
    probability: Mapping[str, np.ndarray],
    error: Mapping[str, np.ndarray],
) -> pd.DataFrame:
    """The candidates' rows of the file."""
    columns = {"kepoi_name": table.frame["event"][candidate].to_numpy()}
    for name, values in probability.items():
        columns |= {name: values[candidate], f"{name}_error": error[name]}
    return pd.DataFrame(columns)


def _quality(
    table: FeatureTable,
    decided: np.ndarray,
    truth: np.ndarray,
    probability: Mapping[str, np.ndarray],
    *,
    resamples: int,
    seed: int,
) -> dict:
    """Counts, and metrics of every model on decided objects that it did not see."""
    labels = table.frame["disposition"]
    return {
        "candidates": int((labels == UNKNOWN).sum()),
        "trained_on": {kind: int((labels == kind).sum()) for kind in (PLANET, FALSE_POSITIVE)},
        "columns": table.feature_names,
        "on_decided_objects": {
            name: judge(
                values[decided],
                truth[decided] > 0.5,
                table.targets[decided],
                resamples=resamples,
                seed=seed,
                keys=SUMMARY,
            )
            for name, values in probability.items()
        },
    }
