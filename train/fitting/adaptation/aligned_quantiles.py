"""Give every feature of the other mission the distribution that it has at home."""

from __future__ import annotations

from dataclasses import replace

from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline

from exoval.models.calibrate import Calibration
from exoval.models.fitted_model import FittedModel
from exoval.models.quantile_alignment import QuantileAlignment, quantiles
from train.fitting.adaptation.as_it_is import as_it_is
from train.fitting.adaptation.way import Home, Material


def aligned_quantiles(
    name: str,
    classifier: BaseEstimator,
    *,
    calibration: Calibration,
    material: Material,
    home: Home,
    seed: int,
) -> FittedModel:
    """The model of home behind a map of each feature's quantiles, from unlabelled events.

    It mends features that are measured on another scale. Where the shares of planets and false
    positives differ, it does harm: they move the quantiles as well.
    """
    model = as_it_is(
        name, classifier, calibration=calibration, material=material, home=home, seed=seed
    )
    known = material.home_fit
    alignment = QuantileAlignment(
        away=quantiles(material.away_unlabelled.features),
        home=quantiles(known.features, weight=known.weight),
    )
    return replace(
        model,
        pipeline=Pipeline([("alignment", alignment), *home.pipeline.steps]),
        card=model.card | {"adaptation": "aligned quantiles"},
    )
