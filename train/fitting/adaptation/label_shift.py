"""Estimate from unlabelled events how the shares of the groups have changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.isotonic import IsotonicRegression

from exoval.errors import BadTable
from exoval.models.bias_corrected_temperature import fit_temperature
from exoval.models.calibrate import Calibration, PiecewiseLinear
from exoval.models.fitted_model import FittedModel, planet_columns
from exoval.models.prior_shift import (
    EstimatedPriors,
    black_box_priors,
    estimate_priors,
    shift_priors,
)
from exoval.table.feature_table import FeatureTable
from train.fitting.adaptation.as_it_is import as_it_is
from train.fitting.adaptation.way import Home, Material, answers_of
from train.fitting.fit import planet_score

#: shares below this are a collapse: a group has vanished
LEAST_SHARE = 1e-3
#: largest difference of the cumulative distributions of scores, of the events and of the groups
#: in the estimated shares, at which changed shares still explain the events
MOST_DIFFERENCE = 0.05
#: weight of the home shares in the regularised estimate
PENALTY = 0.01


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Calibrated class probabilities at home (rows, classes) and away, with what is known at home.

    ``truth`` (rows,) is the number of each home row's class, ``weight`` (rows,) what it counts.
    """

    home: np.ndarray
    truth: np.ndarray
    weight: np.ndarray
    away: np.ndarray

    @property
    def shares(self) -> np.ndarray:
        """Shares of the classes at home, (classes,)."""
        total = np.bincount(self.truth, self.weight, minlength=self.home.shape[1])
        return total / total.sum()


def by_likelihood(answers: Answers) -> EstimatedPriors:
    """Shares of highest likelihood (Saerens et al. 2002; calibrated as Alexandari et al. 2020)."""
    return estimate_priors(answers.away, trained=answers.shares)


def by_black_box(answers: Answers, *, penalty: float = 0.0) -> EstimatedPriors:
    """Shares under which the mean answers agree (Lipton et al. 2018)."""
    return black_box_priors(
        answers.away,
        known=answers.home,
        truth=answers.truth,
        weight=answers.weight,
        penalty=penalty,
    )


def by_regularised_black_box(answers: Answers) -> EstimatedPriors:
    """The same, drawn towards the shares at home (Azizzadenesheli et al. 2019)."""
    return by_black_box(answers, penalty=PENALTY)


@dataclass(frozen=True)
class LabelShift:
    """The model of home for the shares of groups that unlabelled events show.

    It holds if every group looks the same in both places. A BadTable refuses the model if a group
    vanishes, or if the groups in the estimated shares do not have the scores of the events: then
    more than the shares has changed.
    """

    estimate: Callable[[Answers], EstimatedPriors] = by_likelihood

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
        """The model whose probabilities hold for the estimated shares."""
        model = as_it_is(
            name, classifier, calibration=calibration, material=material, home=home, seed=seed
        )
        answers = calibrated_answers(home, material.away_unlabelled)
        found = self.estimate(answers)
        difference = unexplained(answers, found.shares)
        classes = [str(one) for one in home.pipeline.classes_]
        shares = dict(zip(classes, map(float, found.shares), strict=True))
        _refuse_collapse(name, shares, found)
        _refuse_unexplained(name, difference, len(answers.away))
        shifted = shift_priors(answers.away, trained=answers.shares, target=found.shares)
        planets = planet_columns(home.pipeline, model.meanings)
        return replace(
            model,
            calibration=averaged_map(
                planet_score(home.pipeline, material.away_unlabelled, model.meanings),
                shifted[:, planets].sum(axis=1),
            ),
            card=model.card
            | {
                "adaptation": "label shift",
                "class_shares": shares,
                "unexplained": difference,
            },
        )


def calibrated_answers(home: Home, away: FeatureTable) -> Answers:
    """The calibrated class probabilities of the events at home that it never saw, and away."""
    temperature = fit_temperature(home.answers, home.truth, weight=home.weight)
    return Answers(
        home=temperature(home.answers),
        truth=home.truth,
        weight=home.weight,
        away=temperature(answers_of(home.pipeline, away)),
    )


def unexplained(answers: Answers, shares: np.ndarray) -> float:
    """Largest difference of the cumulative distributions of any class's probability, 0 to 1.

    Compared are the events away and those at home, weighed to the shares (classes,).
    """
    weight = (answers.weight * (shares / answers.shares)[answers.truth]).astype(float)
    largest = 0.0
    for home, away in zip(answers.home.T, answers.away.T, strict=True):
        points = np.unique(np.concatenate([home, away]))
        order = np.argsort(home)
        summed = np.concatenate([[0.0], np.cumsum(weight[order])]) / weight.sum()
        expected = summed[np.searchsorted(home[order], points, side="right")]
        observed = np.searchsorted(np.sort(away), points, side="right") / len(away)
        largest = max(largest, float(np.abs(expected - observed).max()))
    return largest


def averaged_map(score: np.ndarray, probability: np.ndarray) -> PiecewiseLinear:
    """The mean probability at each score, never falling, between the centres of its steps."""
    steps = IsotonicRegression().fit_transform(score, probability)
    height, which, size = np.unique(steps, return_inverse=True, return_counts=True)
    return PiecewiseLinear(np.bincount(which, score) / size, height)


def _refuse_collapse(name: str, shares: dict[str, float], found: EstimatedPriors) -> None:
    """Raise BadTable if the estimate did not converge or a class has vanished."""
    gone = [label for label, share in shares.items() if share < LEAST_SHARE]
    if gone or not found.converged:
        raise BadTable(
            f"the shares that '{name}' sees in the unlabelled events are {shares}, "
            + (f"without {', '.join(gone)}" if gone else "and they did not settle")
            + "; use relearned_junk or as_it_is"
        )


def _refuse_unexplained(name: str, difference: float, events: int) -> None:
    """Raise BadTable if the groups in the estimated shares are unlike the events."""
    if difference > MOST_DIFFERENCE + 2 / np.sqrt(events):
        raise BadTable(
            f"no shares of the groups explain what '{name}' says of the unlabelled events: "
            f"distributions differ by {difference:.3f}, more than {MOST_DIFFERENCE}; what is in a "
            "group has changed too, so use relearned_junk"
        )
