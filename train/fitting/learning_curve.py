"""Does more simulation still help? The same training on fewer stars, judged on the same test."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import numpy as np
from sklearn.base import BaseEstimator

from exoval.errors import BadTable
from exoval.models.calibrate import Calibration
from exoval.models.fitted_model import FittedModel
from exoval.running.progress import progress
from exoval.table.feature_table import FeatureTable
from train.data.row_cap import cap_of
from train.data.splits import Split
from train.fitting.fit import fit
from train.judging.evaluate import Scored, score
from train.judging.metrics import log_loss, roc_auc

log = logging.getLogger(__name__)


def learning_curve_points(
    classifiers: Mapping[str, BaseEstimator],
    calibration: Calibration,
    table: FeatureTable,
    split: Split,
    shares: Sequence[float],
    seed: int,
    real: FeatureTable | None = None,
    row_cap: Mapping[str, int | None] | None = None,
) -> list[dict]:
    """One entry a classifier and share of the fitted stars, smallest first.

    Keys: classifier, share, rows, stars, and log_loss and roc_auc on the simulated test and on
    judged real rows (``real_`` in front; None without). Stars of a smaller share are among those
    of a larger one. A share that leaves too little to fit is left out with a warning.
    """
    jobs = [(share, name) for share in sorted(shares) for name in classifiers]
    points = []
    for share, name in progress(jobs, total=len(jobs), description="learning curve"):
        rows = rows_of_some_stars(table, split.fit, share, seed)
        if table.is_planet[rows].all() or not table.is_planet[rows].any():
            log.warning("learning curve: %.3g of the stars hold too few classes", share)
            continue
        try:
            model = fit(
                name,
                classifiers[name],
                calibration,
                table,
                Split(rows, split.calibration, split.test),
                seed,
                row_cap=cap_of(name, row_cap or {}),
            )
        except BadTable as error:
            log.warning("learning curve: %.3g of the stars are too few: %s", share, error)
            continue
        points.append(
            last_point(
                model,
                score(model, table.select(split.test)),
                None if real is None else score(model, real),
            )
            | {"share": share}
        )
    return points


def last_point(model: FittedModel, simulated: Scored, real: Scored | None) -> dict:
    """The point of a model that has been judged already, at a share of 1."""
    judged = numbers(simulated)
    if real is not None:
        judged |= {f"real_{key}": value for key, value in numbers(real.judged).items()}
    return {
        "classifier": model.name,
        "share": 1.0,
        "rows": model.card["rows_fitted"],
        "stars": model.card["stars_fitted"],
    } | judged


def rows_of_some_stars(
    table: FeatureTable, rows: np.ndarray, share: float, seed: int
) -> np.ndarray:
    """The rows of a random share of their stars; smaller shares are parts of larger ones."""
    stars = np.unique(table.targets[rows])
    order = np.random.default_rng(seed).permutation(stars)
    chosen = order[: max(1, round(share * len(stars)))]
    return rows[np.isin(table.targets[rows], chosen)]


def numbers(scored: Scored) -> dict[str, float | None]:
    """Log-loss and ROC AUC, None where undefined."""
    weight = np.ones(len(scored.star))
    found = {
        "log_loss": log_loss(scored.probability, scored.is_planet, weight),
        "roc_auc": roc_auc(scored.probability, scored.is_planet, weight) if len(weight) else np.nan,
    }
    return {key: None if np.isnan(value) else value for key, value in found.items()}
