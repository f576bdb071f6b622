"""Domain AUC: how well a classifier separates the rows of two tables."""

from __future__ import annotations

import logging

import numpy as np

from exoval.errors import BadTable
from exoval.models.novelty import domain_scores
from exoval.table.feature_table import FeatureTable
from train.judging.metrics import judge

log = logging.getLogger(__name__)


def domain_auc(
    one: FeatureTable, other: FeatureTable, *, resamples: int, seed: int
) -> dict[str, float | str | None]:
    """ROC AUC of separating the rows of two tables, as ``{value, low, high}``; 0.5 is chance.

    Each row is scored by a classifier that did not see its star, and whole stars are resampled.
    With too few rows the value is None and ``reason`` says why.
    """
    try:
        home, away = domain_scores(one, other, seed=seed)
    except BadTable as error:
        log.warning("no domain AUC of the two tables: %s", error)
        return {"value": None, "low": None, "high": None, "reason": str(error)}
    stars = np.concatenate([one.targets, other.targets])
    return auc_of_scores(home, away, stars, resamples=resamples, seed=seed)


def auc_of_scores(
    one: np.ndarray, other: np.ndarray, stars: np.ndarray, *, resamples: int, seed: int
) -> dict[str, float | str | None]:
    """Domain AUC from given scores of the rows of two tables, as ``{value, low, high}``.

    ``stars`` are those of both tables, one after the other.
    """
    scores = np.concatenate([one, other])
    is_other = np.arange(len(scores)) >= len(one)
    return judge(scores, is_other, stars, resamples=resamples, seed=seed, keys=["roc_auc"])[
        "roc_auc"
    ]
