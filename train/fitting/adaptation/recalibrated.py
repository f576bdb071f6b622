"""Calibrate the model of home on labelled events of the other mission."""

from __future__ import annotations

from sklearn.base import BaseEstimator

from exoval.models.calibrate import Calibration
from exoval.models.fitted_model import FittedModel
from train.fitting.adaptation.way import Home, Material, calibrated, joined


def recalibrated(
    name: str,
    classifier: BaseEstimator,
    *,
    calibration: Calibration,
    material: Material,
    home: Home,
    seed: int,
) -> FittedModel:
    """The model of the home mission, calibrated on all labelled events of the other one."""
    return calibrated(
        name,
        home.pipeline,
        calibration=calibration,
        fitted=material.home_fit,
        judged=joined(material.away_fit, material.away_calibration),
        how="recalibrated",
    )
