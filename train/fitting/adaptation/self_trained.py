"""Train again on unlabelled events with the labels that the model of home gives them."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from exoval.errors import BadTable
from exoval.labels import FALSE_POSITIVE, PLANET
from exoval.models.calibrate import Calibration
from exoval.models.fitted_model import FittedModel
from exoval.models.planet_share import planet_probability_map, planet_share
from exoval.table.feature_table import FeatureTable
from train.data.splits import assign_stars
from train.fitting.adaptation.relearned_junk import relearned_junk
from train.fitting.adaptation.way import Home, Material, joined, with_planet_share
from train.fitting.fit import fitted_pipeline, planet_score


def self_trained(
    name: str,
    classifier: BaseEstimator,
    *,
    calibration: Calibration,
    material: Material,
    home: Home,
    seed: int,
) -> FittedModel:
    """A model of the events at home and of unlabelled ones, each as every class in part.

    Unlabelled events count for each class by the probability of ``relearned_junk``, and together as
    much as those at home. Two copies learn from half of the unlabelled stars each and score the
    other half, from which the probabilities are learned, so that no event confirms itself.
    Raises BadTable for a classifier without weights.
    """
    if not has_fit_parameter(classifier, "sample_weight"):
        raise BadTable(
            f"classifier '{name}' takes no weights, so that unlabelled events cannot count for "
            "several classes; leave out the classifier or this way"
        )
    model = relearned_junk(
        name, classifier, calibration=calibration, material=material, home=home, seed=seed
    )
    away = material.away_unlabelled
    probability = model.probabilities(away)
    here, there = (_halves(table, seed=seed) for table in (material.home_fit, away))
    planets, survey = np.full(len(material.home_fit), np.nan), np.full(len(away), np.nan)
    for side in (0, 1):
        copy = _fitted(
            name,
            classifier,
            model,
            home=material.home_fit.select(here == side),
            away=away.select(there == side),
            probability=probability[there == side],
            seed=seed,
        )
        for scores, table, half in ((planets, material.home_fit, here), (survey, away, there)):
            scores[half != side] = planet_score(copy, table.select(half != side), model.meanings)
    known = material.home_fit
    weight = None if known.weight is None else known.weight[known.is_planet]
    scores = planets[known.is_planet]
    found = planet_share(scores, survey, weight=weight)
    adapted = replace(
        model,
        pipeline=_fitted(
            name,
            classifier,
            model,
            home=known,
            away=away,
            probability=probability,
            seed=seed,
        ),
        calibration=planet_probability_map(scores, survey, share=found.share, weight=weight),
        card=model.card | {"adaptation": "self-trained", "planet_share": asdict(found)},
    )
    return with_planet_share(adapted, found.share)


def _halves(table: FeatureTable, *, seed: int) -> np.ndarray:
    """Half of the stars, 0 or 1 for every row, (rows,)."""
    random = np.random.default_rng(seed)
    return assign_stars(
        table.targets, np.full(len(table), "any"), share=np.array([0.5, 0.5]), random=random
    )


def _fitted(
    name: str,
    classifier: BaseEstimator,
    model: FittedModel,
    *,
    home: FeatureTable,
    away: FeatureTable,
    probability: np.ndarray,
    seed: int,
) -> Pipeline:
    """A classifier fitted on events at home and on unlabelled ones as every class in part."""
    rows, weight = in_part(away, model, probability)
    at_home = np.ones(len(home)) if home.weight is None else home.weight
    weight = np.concatenate([at_home, weight * at_home.sum() / weight.sum()])
    return fitted_pipeline(name, classifier, joined(home, rows), seed=seed, weight=weight)


def in_part(
    table: FeatureTable, model: FittedModel, probability: np.ndarray
) -> tuple[FeatureTable, np.ndarray]:
    """The events once for every class, and what each counts: its probability (rows, classes)."""
    planets = dict(zip(model.classes, model.is_planet_class, strict=True))
    frames = [
        table.frame.assign(label=name, disposition=PLANET if is_planet else FALSE_POSITIVE)
        for name, is_planet in planets.items()
    ]
    repeated = replace(
        table,
        frame=pd.concat(frames, ignore_index=True),
        meanings=dict(model.meanings),
        weight=None,
        views=None,
    )
    return repeated, probability.T.ravel()
