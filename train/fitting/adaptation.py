"""Adaptation of a classifier from the mission it was trained on (home) to another one (away).

Every way of adapting is a function of the same ``Material`` and of the pipeline fitted at home
(``fitted_at_home``), which it does not change; ``WAYS`` names them. Some ways need a classifier
that takes weights or can continue training. The model's card (``adaptation``) says what was done,
also for a classifier that could not.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from exoval.errors import BadTable
from exoval.models.calibrate import Calibration
from exoval.models.fitted_model import FittedModel
from exoval.models.novelty import domain_scores
from exoval.table.feature_table import FeatureTable
from train.fitting.fit import card, fitted_pipeline, planet_score

#: largest weight of a row, in units of the mean, so that a few rows do not dominate
HEAVIEST = 20.0
#: divisors of the epochs and of the learning rate in further training
GENTLER_EPOCHS, GENTLER_RATE = 4, 5.0


@dataclass(frozen=True, kw_only=True)
class Material:
    """Rows to learn from: of the mission trained on (home) and of the one judged (away).

    ``away_unlabelled`` are events of the other mission whose labels are not used.
    """

    home_fit: FeatureTable
    home_calibration: FeatureTable
    away_fit: FeatureTable
    away_calibration: FeatureTable
    away_unlabelled: FeatureTable


class Way(Protocol):
    """A way to make a model for the other mission from ``home``, the pipeline of the first."""

    def __call__(
        self,
        name: str,
        classifier: BaseEstimator,
        *,
        calibration: Calibration,
        material: Material,
        home: Pipeline,
        seed: int,
    ) -> FittedModel:
        """The calibrated model."""
        ...


def fitted_at_home(
    name: str, classifier: BaseEstimator, material: Material, *, seed: int
) -> Pipeline:
    """The classifier fitted on the home mission, from which all ways start."""
    return fitted_pipeline(name, classifier, material.home_fit, seed=seed)


def as_it_is(
    name: str,
    classifier: BaseEstimator,
    *,
    calibration: Calibration,
    material: Material,
    home: Pipeline,
    seed: int,
) -> FittedModel:
    """The model of the home mission, unchanged."""
    return _calibrated(
        name,
        home,
        calibration=calibration,
        fitted=material.home_fit,
        judged=material.home_calibration,
        how="as it is",
    )


def recalibrated(
    name: str,
    classifier: BaseEstimator,
    *,
    calibration: Calibration,
    material: Material,
    home: Pipeline,
    seed: int,
) -> FittedModel:
    """The model of the home mission, calibrated on all labelled events of the other one."""
    return _calibrated(
        name,
        home,
        calibration=calibration,
        fitted=material.home_fit,
        judged=joined(material.away_fit, material.away_calibration),
        how="recalibrated",
    )


def anew(
    name: str,
    classifier: BaseEstimator,
    *,
    calibration: Calibration,
    material: Material,
    home: Pipeline,
    seed: int,
) -> FittedModel:
    """A model trained on events of the other mission alone."""
    pipeline = fitted_pipeline(name, classifier, material.away_fit, seed=seed)
    return _calibrated(
        name,
        pipeline,
        calibration=calibration,
        fitted=material.away_fit,
        judged=material.away_calibration,
        how="anew",
    )


def reweighted(
    name: str,
    classifier: BaseEstimator,
    *,
    calibration: Calibration,
    material: Material,
    home: Pipeline,
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
    model = _calibrated(
        name,
        pipeline,
        calibration=calibration,
        fitted=material.home_fit,
        judged=material.home_calibration,
        how="re-weighted",
    )
    model.card["effective_rows"] = float(weight.sum() ** 2 / np.square(weight).sum())
    return model


def warm_started(
    name: str,
    classifier: BaseEstimator,
    *,
    calibration: Calibration,
    material: Material,
    home: Pipeline,
    seed: int,
) -> FittedModel:
    """The model of the home mission after further training on events of the other.

    A classifier with ``warm_start`` continues from its state (``go_on``). Any other is fitted on
    the rows of both missions, with the same total weight for each.
    """
    if "warm_start" in classifier.get_params(deep=False) and _has_all_classes(material):
        pipeline = go_on(home, material.away_fit)
        how = "warm start"
    else:
        both = joined(material.home_fit, material.away_fit)
        pipeline = fitted_pipeline(name, classifier, both, seed=seed, weight=balance(material))
        how = "rows of both missions"
    return _calibrated(
        name,
        pipeline,
        calibration=calibration,
        fitted=material.away_fit,
        judged=material.away_calibration,
        how=how,
    )


#: name in a table of results -> way
WAYS: dict[str, Way] = {
    "as_it_is": as_it_is,
    "recalibrated": recalibrated,
    "reweighted": reweighted,
    "anew": anew,
    "warm_started": warm_started,
}
#: ways that use no labelled events of the other mission
WITHOUT_LABELS = ("as_it_is", "reweighted")


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


def density_ratio(home: FeatureTable, away: FeatureTable, *, seed: int) -> np.ndarray:
    """Density of ``away`` over that of ``home`` at every home row, mean 1, at most HEAVIEST."""
    odds_of = np.clip(domain_scores(home, away, seed=seed)[0], 1e-4, 1 - 1e-4)
    weight = odds_of / (1 - odds_of)
    weight = np.minimum(weight / weight.mean(), HEAVIEST)
    return weight / weight.mean()


def balance(material: Material) -> np.ndarray:
    """Weights of the rows of both missions, home first, with the same total for each."""
    home, away = len(material.home_fit), len(material.away_fit)
    return np.repeat([(home + away) / 2 / home, (home + away) / 2 / away], [home, away])


def joined(one: FeatureTable, other: FeatureTable) -> FeatureTable:
    """The rows of two tables of the same columns."""
    other.require_columns_of(one)
    return replace(one, frame=pd.concat([one.frame, other.frame], ignore_index=True), views=None)


def _has_all_classes(material: Material) -> bool:
    """Whether both missions have the same labels, which continued training needs."""
    return set(material.home_fit.labels) == set(material.away_fit.labels)


def _calibrated(
    name: str,
    pipeline: Pipeline,
    *,
    calibration: Calibration,
    fitted: FeatureTable,
    judged: FeatureTable,
    how: str,
) -> FittedModel:
    """The model of the pipeline, with a calibration learned on ``judged``."""
    if not fitted.is_planet.any():
        raise BadTable(f"no planets among the {len(fitted)} rows to fit '{name}' on; simulate more")
    meanings = fitted.label_meanings()
    score = planet_score(pipeline, judged, meanings)
    return FittedModel(
        name=name,
        pipeline=pipeline,
        calibration=calibration(score, judged.is_planet),
        columns=fitted.columns,
        meanings=meanings,
        card=card(fitted, judged, score, folds=0) | {"adaptation": how},
    )
