"""Fit a classifier on some stars and calibrate it on others."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import has_fit_parameter

from exoval.calibrate import Calibration
from exoval.classifiers.feature_pipeline import feature_pipeline
from exoval.classifiers.fitted_model import FittedModel
from exoval.classifiers.transit_shape_map import shape_columns
from exoval.errors import BadTable
from exoval.feature_table import FeatureTable
from exoval.labels import PLANET
from train.splits import Split


def fit(name: str, classifier: BaseEstimator, calibration: Calibration, table: FeatureTable,
        split: Split, seed: int) -> FittedModel:
    """Fit feature scaling and a copy of the classifier on ``split.fit``, then calibrate.

    Raises BadTable if the fitted rows are not what the classifier can take.
    """
    fitted = table.select(split.fit)
    pipeline = feature_pipeline(clone(classifier), len(fitted), seed,
                                shape_columns(fitted.feature_names))
    # a classifier that holds out rows to know when to stop must hold out whole stars
    extra = ({"classifier__groups": fitted.targets}
             if has_fit_parameter(classifier, "groups") else {})
    try:
        pipeline.fit(fitted.features, fitted.labels, **extra)
    except ValueError as error:
        raise BadTable(f"classifier '{name}' cannot be fitted on {len(fitted)} rows: {error}; "
                       "simulate more systems or change the classifier's settings") from error
    held_back = table.select(split.calibration)
    planet = list(pipeline.classes_).index(PLANET)
    score = pipeline.predict_proba(held_back.features)[:, planet]
    learned = calibration(score, np.equal(held_back.labels, PLANET))
    return FittedModel(name, pipeline, learned, table.columns)
