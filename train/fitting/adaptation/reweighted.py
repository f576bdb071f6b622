"""Train on events of home that weigh more where they resemble the other mission."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import has_fit_parameter

from exoval.errors import BadTable
from exoval.models.calibrate import Calibration
from exoval.models.fitted_model import FittedModel
from exoval.models.novelty import domain_scores
from exoval.table.feature_table import FeatureTable
from train.fitting.adaptation.way import Home, Material, calibrated
from train.fitting.fit import fitted_pipeline

#: largest weight of a row, in units of the mean, so that a few rows do not dominate
HEAVIEST = 20.0


def reweighted(
    name: str,
    classifier: BaseEstimator,
    *,
    calibration: Calibration,
    material: Material,
    home: Home,
    seed: int,
) -> FittedModel:
    """A model of home events, with larger weights for those that resemble the other mission's.

    The weight is the density ratio, from a classifier that separates the missions without labels
    (covariate shift: Shimodaira 2000; Bickel et al. 2009, JMLR 10, 2137).
    """
    if not has_fit_parameter(classifier, "sample_weight"):
        raise BadTable(
            f"classifier '{name}' takes no weights, so its rows cannot be re-weighted; "
            "leave out the classifier or this way"
        )
    weight = density_ratio(material.home_fit, material.away_unlabelled, seed=seed)
    pipeline = fitted_pipeline(name, classifier, material.home_fit, seed=seed, weight=weight)
    model = calibrated(
        name,
        pipeline,
        calibration=calibration,
        fitted=material.home_fit,
        judged=material.home_calibration,
        how="re-weighted",
    )
    model.card["effective_rows"] = float(weight.sum() ** 2 / np.square(weight).sum())
    return model


def density_ratio(home: FeatureTable, away: FeatureTable, *, seed: int) -> np.ndarray:
    """Density of ``away`` over that of ``home`` at every home row, mean 1, at most HEAVIEST."""
    odds_of = np.clip(domain_scores(home, away, seed=seed)[0], 1e-4, 1 - 1e-4)
    weight = odds_of / (1 - odds_of)
    weight = np.minimum(weight / weight.mean(), HEAVIEST)
    return weight / weight.mean()
