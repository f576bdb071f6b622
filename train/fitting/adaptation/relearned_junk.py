"""Learn from unlabelled events what is no planet there, with simulated planets held fixed."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
from sklearn.base import BaseEstimator

from exoval.errors import BadTable
from exoval.models.calibrate import Calibration
from exoval.models.fitted_model import FittedModel
from exoval.models.planet_share import planet_probability_map, planet_share
from train.fitting.adaptation.as_it_is import as_it_is
from train.fitting.adaptation.way import Home, Material, with_planet_share
from train.fitting.fit import planet_score

#: divisions of the stars at home into halves
HALVINGS = 5
#: most that the share of planets at home may be off, as a factor
MOST_BIAS = 1.3


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
    (``share_at_home``), or with too few planets.
    """
    at_home = share_at_home(home, seed=seed)
    if not 1 / MOST_BIAS < at_home < MOST_BIAS:
        raise BadTable(
            f"'{name}' estimates {at_home:.2f} times the share of planets even at home: in these "
            "columns it does not tell planets from the rest well enough; use another way"
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


def share_at_home(home: Home, *, seed: int) -> float:
    """Estimated over true share of planets at home, a geometric mean over halves of the stars.

    Planets of one half stand for those of the other, whose labels are not used. Raises BadTable for
    too few planets.
    """
    random, stars = np.random.default_rng(seed), np.unique(home.known.targets)
    planets, scores, logarithms = home.known.is_planet, home.planet_scores, []
    for _ in range(HALVINGS):
        half = np.isin(home.known.targets, random.permutation(stars)[: len(stars) // 2])
        for given in (half, ~half):
            found = planet_share(scores[given & planets], scores[~given])
            logarithms.append(np.log(found.share / planets[~given].mean()))
    return float(np.exp(np.mean(logarithms)))
