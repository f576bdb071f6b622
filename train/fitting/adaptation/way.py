"""The contract of every way to bring a classifier from where it was trained to another place.

Home is a mission or a simulation, away another mission or the sky. A way is a function of the same
``Material`` and of the pipeline fitted at home (``fitted_at_home``), which it does not change. Some
need a classifier that takes weights or can continue training. The model's card (``adaptation``)
says what was done, also for a classifier that could not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline

from exoval.errors import BadTable
from exoval.labels import UNKNOWN
from exoval.models.calibrate import Calibration, rescale_classes
from exoval.models.fitted_model import FittedModel, planet_columns, views_for
from exoval.table.feature_table import FeatureTable
from train.fitting.fit import card, divided, fitted_pipeline, planet_score


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


@dataclass(frozen=True, kw_only=True)
class Home:
    """A classifier fitted at home, and what it says of rows there that it never saw.

    ``answers`` (rows, classes) are uncalibrated probabilities of the rows ``known``, from the
    pipeline itself or from copies of it that were fitted without the row's star.
    """

    pipeline: Pipeline
    known: FeatureTable
    answers: np.ndarray

    @property
    def truth(self) -> np.ndarray:
        """Number of the class of each known row, (rows,); BadTable for one never fitted."""
        strange = sorted(set(self.known.labels) - set(self.pipeline.classes_))
        if strange:
            raise BadTable(
                f"no row of {', '.join(map(str, strange))} was fitted, and shares of classes need "
                "answers for each; simulate more, or leave the class out"
            )
        return np.searchsorted(self.pipeline.classes_, self.known.labels)

    @property
    def weight(self) -> np.ndarray:
        """What each known row counts, (rows,)."""
        return np.ones(len(self.known)) if self.known.weight is None else self.known.weight

    @property
    def planet_scores(self) -> np.ndarray:
        """Uncalibrated P(planet) of the known rows, (rows,)."""
        planets = planet_columns(self.pipeline, self.known.label_meanings())
        return self.answers[:, planets].sum(axis=1)


class Way(Protocol):
    """A way to make a model for the other mission from ``home``, the classifier of the first."""

    def __call__(
        self,
        name: str,
        classifier: BaseEstimator,
        *,
        calibration: Calibration,
        material: Material,
        home: Home,
        seed: int,
    ) -> FittedModel:
        """The calibrated model."""
        ...


def fitted_at_home(name: str, classifier: BaseEstimator, material: Material, *, seed: int) -> Home:
    """The classifier fitted on the home mission, from which all ways start."""
    pipeline = fitted_pipeline(
        name, classifier, material.home_fit, seed=seed, weight=material.home_fit.weight
    )
    known = material.home_calibration
    return Home(pipeline=pipeline, known=known, answers=answers_of(pipeline, known))


def cross_fitted_at_home(
    name: str,
    classifier: BaseEstimator,
    material: Material,
    *,
    pipeline: Pipeline,
    folds: int,
    seed: int,
) -> Home:
    """A pipeline fitted on ``material.home_fit``, with answers to all of these rows.

    Each comes from one of ``folds`` copies, fitted without the row's star. Many planets at home are
    answered so, where held-out stars have few. Raises BadTable for more folds than stars.
    """
    known = material.home_fit
    answers = np.full((len(known), len(pipeline.classes_)), np.nan)
    for fitted, out in divided(known, folds=folds, seed=seed):
        chosen = known.select(fitted)
        copy = fitted_pipeline(name, classifier, chosen, seed=seed, weight=chosen.weight)
        columns = np.searchsorted(pipeline.classes_, copy.classes_)
        answers[np.ix_(out, columns)] = answers_of(copy, known.select(out))
    return Home(pipeline=pipeline, known=known, answers=np.nan_to_num(answers))


def answers_of(pipeline: Pipeline, table: FeatureTable) -> np.ndarray:
    """Uncalibrated class probabilities (rows, classes)."""
    return pipeline.predict_proba(table.features, **views_for(pipeline, table))


def joined(one: FeatureTable, other: FeatureTable) -> FeatureTable:
    """The rows of two tables of the same columns, without views and weights."""
    other.require_columns_of(one)
    return replace(
        one, frame=pd.concat([one.frame, other.frame], ignore_index=True), views=None, weight=None
    )


def calibrated(
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


def with_planet_share(model: FittedModel, share: float) -> FittedModel:
    """The model with a card that says the share of planets; the other classes keep proportions."""
    classes = np.array(model.classes)
    shares = np.array([model.card["class_shares"].get(name, 0.0) for name in classes])
    planets = model.is_planet_class
    return replace(
        model,
        card=model.card
        | {
            "class_shares": dict(
                zip(
                    model.classes,
                    rescale_classes(shares, planets=planets, calibrated=np.array(share)).tolist(),
                    strict=True,
                )
            )
        },
    )


def unlabelled(table: FeatureTable) -> FeatureTable:
    """The table with labels and dispositions that say nothing, as a way may see it."""
    return replace(table, frame=table.frame.assign(label=UNKNOWN, disposition=UNKNOWN), meanings={})
