"""Ways to bring a classifier from the mission it was trained on to another one.

Every way is a function of the same ``Material`` and of the pipeline fitted on the first mission
(``fitted_at_home``), which it leaves as it is; ``WAYS`` names them. A way that weighs or goes on
training needs a classifier that can: where it cannot, the way says what was done instead in the
model's card (``adaptation``).
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

#: a row weighs at most this many times the mean: a few rows must not stand for all
HEAVIEST = 20.0
#: how much less training goes on than it began
GENTLER_EPOCHS, GENTLER_RATE = 4, 5.0


@dataclass(frozen=True, kw_only=True)
class Material:
    """Rows to learn from: of the mission trained on (home) and of the one judged (away).

    ``away_unlabelled`` are events of the other mission whose labels nobody looks at.
    """

    home_fit: FeatureTable
    home_calibration: FeatureTable
    away_fit: FeatureTable
    away_calibration: FeatureTable
    away_unlabelled: FeatureTable


class Way(Protocol):
    """Makes a model for the other mission; ``home`` is what was fitted on the first."""

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
        """The model, calibrated."""
        ...


def fitted_at_home(
    name: str, classifier: BaseEstimator, material: Material, *, seed: int
) -> Pipeline:
    """What all ways begin from: the classifier fitted on the one mission."""
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
    """The model of the one mission, used on the other."""
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
    """The same, with a calibration learned on all labelled events of the other mission."""
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
    """A model of events of the other mission alone."""
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
    """Events of the one mission, those that look like the other's counting more.

    The weight is the density ratio by a classifier that tells the missions apart without labels
    (covariate shift: Shimodaira 2000; Bickel et al. 2009, JMLR 10, 2137).
    """
    if not has_fit_parameter(classifier, "sample_weight"):
        raise BadTable(
            f"classifier '{name}' takes no weights, so its rows cannot be re-weighted; "
            "leave it or this way out"
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
    """The model of the one mission, trained on with events of the other.

    A classifier with ``warm_start`` goes on from where it was (``go_on``). Any other is fitted on
    the rows of both, either mission counting the same.
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


#: by the name under which a table of results has them
WAYS: dict[str, Way] = {
    "as_it_is": as_it_is,
    "recalibrated": recalibrated,
    "reweighted": reweighted,
    "anew": anew,
    "warm_started": warm_started,
}
#: ways whose answer does not depend on labelled events of the other mission
WITHOUT_LABELS = ("as_it_is", "reweighted")


def go_on(pipeline: Pipeline, table: FeatureTable) -> Pipeline:
    """A copy of a fitted pipeline whose classifier was trained on, its scaling kept.

    Trees are added to trees; what climbs in epochs does a fourth of them at a fifth of the rate,
    for what it knows is to be changed and not forgotten.
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
    """How much likelier every row of ``home`` is in ``away``, mean one, at most HEAVIEST."""
    odds_of = np.clip(domain_scores(home, away, seed=seed)[0], 1e-4, 1 - 1e-4)
    weight = odds_of / (1 - odds_of)
    weight = np.minimum(weight / weight.mean(), HEAVIEST)
    return weight / weight.mean()


def balance(material: Material) -> np.ndarray:
    """Weights of the rows of both missions, home first, by which either counts the same."""
    home, away = len(material.home_fit), len(material.away_fit)
    return np.repeat([(home + away) / 2 / home, (home + away) / 2 / away], [home, away])


def joined(one: FeatureTable, other: FeatureTable) -> FeatureTable:
    """The rows of two tables of the same columns."""
    other.require_columns_of(one)
    return replace(one, frame=pd.concat([one.frame, other.frame], ignore_index=True), views=None)


def _has_all_classes(material: Material) -> bool:
    """Whether both missions have the same labels, as going on needs."""
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
    """The pipeline with a calibration learned on ``judged``."""
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
