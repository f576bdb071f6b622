"""Fit a classifier on some stars and calibrate it on others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from exoval.errors import BadTable
from exoval.labels import LabelMeaning, planet_labels
from exoval.models.calibrate import Calibration
from exoval.models.feature_pipeline import feature_pipeline
from exoval.models.fitted_model import FittedModel, planet_columns, views_for
from exoval.models.training_range import training_range
from exoval.models.transit_shape_map import shape_columns
from exoval.table.feature_table import FeatureTable
from train.data.row_cap import capped_rows
from train.data.splits import Split
from train.judging.metrics import value_of


def fit(
    name: str,
    classifier: BaseEstimator,
    *,
    calibration: Calibration,
    table: FeatureTable,
    split: Split,
    seed: int,
    folds: int = 0,
    checkpoints: Path | None = None,
    row_cap: int | None = None,
) -> FittedModel:
    """A model with feature scaling and a copy of the classifier, fitted and calibrated.

    With ``folds`` 0 it is fitted on ``split.fit`` and calibrated on ``split.calibration``. With
    more folds it is cross-fitted on both parts: one copy per fold is fitted without that fold's
    stars, the copies' scores of the left-out stars train the calibration, and the classifier of
    the model is fitted on all rows. A classifier that can resume keeps its state in the folder
    ``checkpoints``. No copy is fitted on more than ``row_cap`` rows. Raises BadTable if the
    classifier cannot be fitted on the rows.
    """
    if folds == 0:
        chosen = table.select(capped_rows(name, table, split.fit, cap=row_cap, seed=seed))
        pipeline = fitted_pipeline(
            name, classifier, chosen, seed=seed, checkpoints=checkpoints, weight=chosen.weight
        )
        judged = table.select(split.calibration)
        score = planet_score(pipeline, judged, chosen.label_meanings())
    else:
        judged = table.select(np.sort(np.concatenate([split.fit, split.calibration])))
        score = left_out_scores(
            name,
            classifier,
            judged,
            seed=seed,
            folds=folds,
            checkpoints=checkpoints,
            row_cap=row_cap,
        )
        chosen = judged.select(
            capped_rows(name, judged, np.arange(len(judged)), cap=row_cap, seed=seed)
        )
        pipeline = fitted_pipeline(
            name, classifier, chosen, seed=seed, checkpoints=checkpoints, weight=chosen.weight
        )
    return FittedModel(
        name=name,
        pipeline=pipeline,
        calibration=calibration(score, judged.is_planet),
        columns=table.columns,
        meanings=chosen.label_meanings(),
        card=card(chosen, judged, score, folds=folds),
        training_range=training_range(chosen),
    )


def fitted_pipeline(
    name: str,
    classifier: BaseEstimator,
    table: FeatureTable,
    *,
    seed: int,
    checkpoints: Path | None = None,
    part: str = "all",
    weight: np.ndarray | None = None,
) -> Pipeline:
    """Fitted scaling and a fitted copy of the classifier; BadTable if fitting fails.

    ``weight`` (rows,) is the number of times each row counts, for classifiers that take weights.
    """
    copy = clone(classifier)
    settings = copy.get_params(deep=False)
    resumable = (
        checkpoints is not None
        and settings.get("checkpoint", "") is None
        and isinstance(settings.get("random_state"), int)
    )
    if resumable:
        copy.set_params(checkpoint=str(checkpoints / f"{name}-{part}.pt"))
    pipeline = feature_pipeline(
        copy,
        len(table),
        seed=seed,
        shape_columns=shape_columns(table.feature_names),
        planets=planet_labels(table.label_meanings()),
    )
    # a classifier that holds out rows for early stopping must hold out whole stars
    extra = {"classifier__groups": table.targets} if has_fit_parameter(classifier, "groups") else {}
    if weight is not None and has_fit_parameter(classifier, "sample_weight"):
        extra["classifier__sample_weight"] = weight
    if has_fit_parameter(classifier, "views"):
        if table.views is None:
            raise BadTable(
                f"classifier '{name}' needs views, and the labelled set has none; "
                "make them with python -m simulate views=true"
            )
        extra["classifier__views"] = table.views
    try:
        pipeline.fit(table.features, table.labels, **extra)
    except ValueError as error:
        raise BadTable(
            f"classifier '{name}' cannot be fitted on {len(table)} rows: {error}; "
            "simulate more systems or change the classifier's settings"
        ) from error
    if resumable:
        # the path of the checkpoint is not part of the model
        copy.set_params(checkpoint=None)
    return pipeline


def left_out_scores(
    name: str,
    classifier: BaseEstimator,
    table: FeatureTable,
    *,
    seed: int,
    folds: int,
    checkpoints: Path | None = None,
    row_cap: int | None = None,
) -> np.ndarray:
    """P(planet) of every row from a copy fitted without the row's star, shape (rows,)."""
    score, meanings = np.full(len(table), np.nan), table.label_meanings()
    for number, (fitted, out) in enumerate(divided(table, folds=folds, seed=seed)):
        fitted = capped_rows(name, table, fitted, cap=row_cap, seed=seed)
        if not table.is_planet[fitted].any():
            raise BadTable(
                "without the stars of one fold no planets are left to fit; give fewer "
                "calibration_folds or simulate more stars"
            )
        chosen = table.select(fitted)
        copy = fitted_pipeline(
            name,
            classifier,
            chosen,
            seed=seed,
            checkpoints=checkpoints,
            part=f"fold{number}",
            weight=chosen.weight,
        )
        score[out] = planet_score(copy, table.select(out), meanings)
    return score


def divided(table: FeatureTable, *, folds: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Rows to fit on and rows left out, for each of ``folds`` parts of the stars.

    Raises BadTable if the stars cannot be divided into so many.
    """
    stars = len(set(table.targets))
    try:
        if stars < folds:
            raise ValueError("there are fewer stars than folds")
        splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
        return list(splitter.split(table.features, table.labels, table.targets))
    except ValueError as error:
        raise BadTable(
            f"{stars} stars cannot be divided into calibration_folds={folds}: {error}; give fewer "
            "folds"
        ) from error


def planet_score(
    pipeline: Pipeline, table: FeatureTable, meanings: Mapping[str, LabelMeaning]
) -> np.ndarray:
    """Uncalibrated P(planet) of every row, shape (rows,); ``meanings`` is of the fitted labels."""
    probability = pipeline.predict_proba(table.features, **views_for(pipeline, table))
    return probability[:, planet_columns(pipeline, meanings)].sum(axis=1)


def card(fitted: FeatureTable, judged: FeatureTable, score: np.ndarray, *, folds: int) -> dict:
    """The model's card: a description of its training."""
    names, counts = np.unique(judged.labels, return_counts=True)
    return {
        "rows_fitted": len(fitted),
        "stars_fitted": len(set(fitted.targets)),
        "rows_calibrated": len(judged),
        "stars_calibrated": len(set(judged.targets)),
        "calibration_folds": folds,
        "class_shares": {
            str(name): float(count / len(judged)) for name, count in zip(names, counts, strict=True)
        },
        "held_back_log_loss": value_of("log_loss", score, judged.is_planet),
        "recipe": judged.recipe,
    }
