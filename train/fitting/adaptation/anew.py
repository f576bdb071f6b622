"""Train on labelled events of the other mission alone."""

from __future__ import annotations

from sklearn.base import BaseEstimator

from exoval.models.calibrate import Calibration
from exoval.models.fitted_model import FittedModel
from train.fitting.adaptation.way import Home, Material, calibrated
from train.fitting.fit import fitted_pipeline


def anew(
    name: str,
    classifier: BaseEstimator,
    *,
    calibration: Calibration,
    material: Material,
    home: Home,
    seed: int,
) -> FittedModel:
    """A model trained on events of the other mission alone."""
    pipeline = fitted_pipeline(name, classifier, material.away_fit, seed=seed)
    return calibrated(
        name,
        pipeline,
        calibration=calibration,
        fitted=material.away_fit,
        judged=material.away_calibration,
        how="anew",
    )
