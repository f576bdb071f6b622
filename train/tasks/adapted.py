"""Models adapted to a table without its labels, in every way that is asked for."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import numpy as np
from sklearn.base import BaseEstimator

from exoval.errors import BadParameter, BadTable
from exoval.models.calibrate import Calibration
from exoval.models.fitted_model import FittedModel
from exoval.running.progress import progress
from exoval.table.feature_table import FeatureTable
from train.data.splits import Split
from train.fitting.adaptation.way import Home, Material, cross_fitted_at_home, unlabelled
from train.fitting.adaptation.ways import UNLABELLED, WAYS

log = logging.getLogger(__name__)


def adapted_models(
    models: Sequence[FittedModel],
    classifier: Mapping[str, BaseEstimator],
    *,
    ways: Sequence[str],
    calibration: Calibration,
    material: Mapping[str, Material],
    folds: int,
    seed: int,
) -> dict[str, dict[str, FittedModel]]:
    """Every model adapted in every way: by the model's name, then by the way's.

    ``material`` is by name too. ``folds`` copies of each classifier answer for the rows at home.
    Ways are in order of preference. One that refuses a model is missing there, and the log says
    why. Raises BadParameter for a way that is unknown or that needs labels.
    """
    unknown = [way for way in ways if way not in UNLABELLED]
    if unknown:
        raise BadParameter(f"ways={unknown} need labels or are unknown; give {list(UNLABELLED)}")
    found: dict[str, dict[str, FittedModel]] = {model.name: {} for model in models}
    work = [(model, way) for model in models for way in ways]
    home: dict[str, Home] = {}
    for model, way in progress(work, total=len(work), description="adapt"):
        if model.name not in home:
            home[model.name] = cross_fitted_at_home(
                model.name,
                classifier[model.name],
                material[model.name],
                pipeline=model.pipeline,
                folds=folds,
                seed=seed,
            )
        try:
            found[model.name][way] = WAYS[way](
                model.name,
                classifier[model.name],
                calibration=calibration,
                material=material[model.name],
                home=home[model.name],
                seed=seed,
            )
        except BadTable as error:
            log.warning("%s, %s: %s", model.name, way, error)
    return found


def material_of(table: FeatureTable, split: Split, away: FeatureTable) -> Material:
    """The rows of ``table`` and, without its labels, the table that models are adapted to.

    Models are fitted on the split's fit and calibration rows.
    """
    hidden = unlabelled(away)
    nothing = hidden.select(np.arange(0))
    return Material(
        home_fit=table.select(np.sort(np.concatenate([split.fit, split.calibration]))),
        home_calibration=table.select(split.test),
        away_fit=nothing,
        away_calibration=nothing,
        away_unlabelled=hidden,
    )
