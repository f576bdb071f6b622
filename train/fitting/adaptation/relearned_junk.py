"""Learn from unlabelled events what is no planet there, with simulated planets held fixed."""

from __future__ import annotations

from dataclasses import asdict, replace

from sklearn.base import BaseEstimator

from exoval.models.calibrate import Calibration
from exoval.models.fitted_model import FittedModel
from exoval.models.planet_share import known_share_ratio, planet_probability_map, planet_share
from train.fitting.adaptation.as_it_is import as_it_is
from train.fitting.adaptation.way import Home, Material, with_planet_share
from train.fitting.fit import planet_score


def relearned_junk(
    name: str,
    classifier: BaseEstimator,
    *,
    calibration: Calibration,
    material: Material,
    home: Home,
    seed: int,
) -> FittedModel:
    """The model of home, whose probabilities hold for the mixture of the unlabelled events.

    Learning from positive and unlabelled rows (Elkan & Noto 2008; Garg et al. 2021), with the
    simulated planets' scores as the positive ones (``exoval.models.planet_share``). False
    positives may look like nothing that was simulated; planets must get the scores of simulated
    planets, and some of them scores that nothing else has. A BadTable refuses the model if that is
    not so at home, where half of the stars do not tell the share of planets among the others
    (``known_share_ratio``), or with too few planets.
    """
    at_home = known_share_ratio(
        home.planet_scores, home.known.is_planet, stars=home.known.targets, seed=seed
    )
    model = as_it_is(
        name, classifier, calibration=calibration, material=material, home=home, seed=seed
    )
    planets = home.known.is_planet
    scores, weight = home.planet_scores[planets], home.weight[planets]
    survey = planet_score(home.pipeline, material.away_unlabelled, model.meanings)
    found = planet_share(scores, survey, weight=weight)
    adapted = replace(
        model,
        calibration=planet_probability_map(scores, survey, share=found.share, weight=weight),
        card=model.card
        | {
            "adaptation": "junk learned anew",
            "planet_share": asdict(found),
            "share_at_home": at_home,
        },
    )
    return with_planet_share(adapted, found.share)
