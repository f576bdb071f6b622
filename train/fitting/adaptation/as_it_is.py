"""Take the model as it is."""

from __future__ import annotations

from sklearn.base import BaseEstimator

from exoval.models.calibrate import Calibration
from exoval.models.fitted_model import FittedModel
from train.fitting.adaptation.way import Home, Material, calibrated


def as_it_is(
    name: str,
    classifier: BaseEstimator,
    *,
    calibration: Calibration,
    material: Material,
    home: Home,
    seed: int,
) -> FittedModel:
    """The model of the home mission, unchanged."""
    return calibrated(
        name,
        home.pipeline,
        calibration=calibration,
        fitted=material.home_fit,
        judged=material.home_calibration,
        how="as it is",
    )
