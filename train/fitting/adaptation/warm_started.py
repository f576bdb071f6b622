"""Train the model of home further, on labelled events of the other mission."""

from __future__ import annotations

import copy

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from exoval.models.calibrate import Calibration
from exoval.models.fitted_model import FittedModel
from exoval.table.feature_table import FeatureTable
from train.fitting.adaptation.way import Home, Material, calibrated, joined
from train.fitting.fit import fitted_pipeline

#: divisors of the epochs and of the learning rate in further training
GENTLER_EPOCHS, GENTLER_RATE = 4, 5.0


def warm_started(
    name: str,
    classifier: BaseEstimator,
    *,
    calibration: Calibration,
    material: Material,
    home: Home,
    seed: int,
) -> FittedModel:
    """The model of the home mission after further training on events of the other.

    A classifier with ``warm_start`` continues from its state (``go_on``). Any other is fitted on
    the rows of both missions, with the same total weight for each.
    """
    if "warm_start" in classifier.get_params(deep=False) and _has_all_classes(material):
        pipeline = go_on(home.pipeline, material.away_fit)
        how = "warm start"
    else:
        both = joined(material.home_fit, material.away_fit)
        pipeline = fitted_pipeline(name, classifier, both, seed=seed, weight=balance(material))
        how = "rows of both missions"
    return calibrated(
        name,
        pipeline,
        calibration=calibration,
        fitted=material.away_fit,
        judged=material.away_calibration,
        how=how,
    )


def go_on(pipeline: Pipeline, table: FeatureTable) -> Pipeline:
    """A copy of a fitted pipeline after further training of its classifier; the scaling is kept.

    Trees are added to a forest. Classifiers that train in epochs get a fourth of the epochs at a
    fifth of the learning rate, so that they change without forgetting.
    """
    pipeline = copy.deepcopy(pipeline)
    classifier = pipeline[-1]
    settings = classifier.get_params(deep=False)
    more: dict = {"warm_start": True}
    if "epochs" in settings:
        more |= {
            "epochs": max(1, settings["epochs"] // GENTLER_EPOCHS),
            "learning_rate": settings["learning_rate"] / GENTLER_RATE,
        }
    elif "max_depth" in settings:
        trees = "n_estimators" if "n_estimators" in settings else "max_iter"
        more[trees] = 2 * settings[trees]
    classifier.set_params(**more)
    groups = {"groups": table.targets} if has_fit_parameter(classifier, "groups") else {}
    classifier.fit(pipeline[:-1].transform(table.features), table.labels, **groups)
    classifier.set_params(**{name: settings[name] for name in more})
    return pipeline


def balance(material: Material) -> np.ndarray:
    """Weights of the rows of both missions, home first, with the same total for each.

    Rows of one mission count among each other by the weights of its table.
    """
    parts = [
        np.ones(len(table)) if table.weight is None else table.weight
        for table in (material.home_fit, material.away_fit)
    ]
    rows = sum(map(len, parts))
    return np.concatenate([one / one.sum() * rows / len(parts) for one in parts])


def _has_all_classes(material: Material) -> bool:
    """Whether both missions have the same labels, which continued training needs."""
    return set(material.home_fit.labels) == set(material.away_fit.labels)
