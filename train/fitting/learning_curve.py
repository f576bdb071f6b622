"""Learning curves: the same training on fewer stars, judged on the same test stars."""

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
from train.judging.metrics import judge
from train.judging.scored import Scored, score

log = logging.getLogger(__name__)

#: the metrics of a point
SHOWN = ("log_loss", "roc_auc")


def learning_curve_points(
    classifiers: Mapping[str, BaseEstimator],
    *,
    calibration: Calibration,
    table: FeatureTable,
    split: Split,
    shares: Sequence[float],
    seed: int,
    real: FeatureTable | None = None,
    row_cap: Mapping[str, int | None] | None = None,
    resamples: int = 0,
) -> list[dict]:
    """One entry per classifier and share of the fitted stars, smallest share first.

    Keys: classifier, share, rows, stars, and ``simulated`` and ``real`` with log_loss and roc_auc
    as ``{value, low, high}`` on the simulated test rows and on the judged real rows; ``real`` is
    left out without such rows. Stars of a smaller share belong to every larger share. A share with
    too few stars to fit is left out with a warning.
    """
    jobs = [(share, name) for share in sorted(shares) for name in classifiers]
    points = []
    for share, name in progress(jobs, total=len(jobs), description="learning curve"):
        rows = rows_of_some_stars(table, split.fit, share=share, seed=seed)
        if table.is_planet[rows].all() or not table.is_planet[rows].any():
            log.warning("learning curve: %.3g of the stars hold too few classes", share)
            continue
        try:
            model = fit(
                name,
                classifiers[name],
                calibration=calibration,
                table=table,
                split=Split(rows, split.calibration, split.test),
                seed=seed,
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
                resamples=resamples,
                seed=seed,
            )
            | {"share": share}
        )
    return points


def last_point(
    model: FittedModel, simulated: Scored, real: Scored | None, *, resamples: int, seed: int
) -> dict:
    """The point at a share of 1, from a model that has been judged already."""
    judged = {"simulated": simulated} | ({} if real is None else {"real": real.judged})
    return {
        "classifier": model.name,
        "share": 1.0,
        "rows": model.card["rows_fitted"],
        "stars": model.card["stars_fitted"],
    } | {
        kind: judge(
            rows.probability,
            rows.is_planet,
            rows.star,
            resamples=resamples,
            seed=seed,
            keys=SHOWN,
        )
        for kind, rows in judged.items()
    }


def rows_of_some_stars(
    table: FeatureTable, rows: np.ndarray, *, share: float, seed: int
) -> np.ndarray:
    """The rows of a random share of the stars; a smaller share is part of a larger one."""
    stars = np.unique(table.targets[rows])
    order = np.random.default_rng(seed).permutation(stars)
    chosen = order[: max(1, round(share * len(stars)))]
    return rows[np.isin(table.targets[rows], chosen)]
