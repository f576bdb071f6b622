"""Calibration: from a classifier's score to a probability that agrees with observed frequencies.

The planet-versus-rest probability is calibrated, on stars that the classifier never saw. The
other classes keep their proportions and share the remaining probability.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from exoval.errors import BadParameter
from exoval.schema import as_record


class ScoreMap(Protocol):
    """A non-decreasing map from an uncalibrated to a calibrated probability."""

    def __call__(self, score: np.ndarray) -> np.ndarray:
        """Calibrated probabilities of the same shape."""


class Calibration(Protocol):
    """A method that learns a ``ScoreMap``."""

    def __call__(self, score: np.ndarray, is_planet: np.ndarray) -> ScoreMap:
        """Learn the map from scores and truths of rows that were not used in fitting."""


@dataclass(frozen=True)
class Identity:
    """The map that changes nothing."""

    def __call__(self, score: np.ndarray) -> np.ndarray:
        """The score itself."""
        return np.asarray(score, dtype=float)


@dataclass(frozen=True)
class PiecewiseLinear:
    """Straight lines between knots of score and probability, both of shape (knots,).

    Raises BadParameter for knots of other shapes or whose scores descend.
    """

    score: np.ndarray
    probability: np.ndarray

    def __post_init__(self) -> None:
        if np.ndim(self.score) != 1 or np.shape(self.score) != np.shape(self.probability):
            raise BadParameter(
                f"knots of shapes {np.shape(self.score)} and {np.shape(self.probability)}; give "
                "one score and one probability a knot"
            )
        if not len(self.score) or not np.all(np.diff(self.score) >= 0):
            raise BadParameter(
                "knots without ascending scores; give one or more in ascending order"
            )

    def __call__(self, score: np.ndarray) -> np.ndarray:
        """Interpolate between the knots."""
        return np.interp(score, self.score, self.probability)


@dataclass(frozen=True)
class Sigmoid:
    """Logistic function of the score's logit: slope and offset."""

    slope: float
    offset: float

    def __call__(self, score: np.ndarray) -> np.ndarray:
        """The sigmoid 1 / (1 + exp(-(slope logit(score) + offset)))."""
        return 1 / (1 + np.exp(-(self.slope * logit(score) + self.offset)))


@dataclass(frozen=True)
class BetaMap:
    """Logistic function of ln s and -ln(1 - s): slopes ``low`` and ``high``, and an offset."""

    low: float
    high: float
    offset: float

    def __call__(self, score: np.ndarray) -> np.ndarray:
        """The beta map 1 / (1 + exp(-(low ln s - high ln(1 - s) + offset)))."""
        near_zero, near_one = _logarithms(score)
        return 1 / (1 + np.exp(-(self.low * near_zero + self.high * near_one + self.offset)))


@dataclass(frozen=True)
class NoCalibration:
    """Take the classifier's probability as it is."""

    def __call__(self, score: np.ndarray, is_planet: np.ndarray) -> ScoreMap:
        """The identity, for any truths."""
        check_calibration_set(score, is_planet)
        return Identity()


@dataclass(frozen=True)
class PlattCalibration:
    """A sigmoid of two parameters (Platt 1999), for calibration sets of any size.

    Truths are softened as Platt does, (planets + 1) / (planets + 2) instead of 1, so that slopes
    stay finite for a perfectly separated set.

    >>> score = np.array([0.1, 0.2, 0.8, 0.9])
    >>> score_map = PlattCalibration()(score, score > 0.5)
    >>> bool(np.all(np.diff(score_map(score)) > 0))
    True
    """

    def __call__(self, score: np.ndarray, is_planet: np.ndarray) -> ScoreMap:
        """Fit slope and offset; a negative slope is set to zero."""
        score, truth = check_calibration_set(score, is_planet)
        (slope,), offset = _soft_logistic(logit(score)[:, None], truth)
        if slope <= 0:
            return Sigmoid(0.0, float(logit(truth.mean())))
        return Sigmoid(slope, offset)


@dataclass(frozen=True)
class TemperatureCalibration:
    """One slope for the logit and no offset (Guo et al. 2017, ICML 34).

    It changes only how confident a classifier is. So it needs the fewest events, and it cannot
    correct a wrong base rate.
    """

    def __call__(self, score: np.ndarray, is_planet: np.ndarray) -> ScoreMap:
        """Fit the slope, between 0.05 and 20, that gives the lowest log-loss."""
        score, truth = check_calibration_set(score, is_planet)
        side = np.where(truth, -1.0, 1.0) * logit(score)
        found = minimize_scalar(
            lambda log: np.logaddexp(0, np.exp(log) * side).mean(),
            bounds=(-3.0, 3.0),
            method="bounded",
            options={"xatol": 1e-8},
        )
        return Sigmoid(float(np.exp(found.x)), 0.0)


@dataclass(frozen=True)
class BetaCalibration:
    """Two slopes and an offset (Kull, Silva Filho & Flach 2017, AISTATS 54).

    The two ends of this sigmoid may differ. It includes the identity, which Platt's sigmoid on raw
    scores does not, and corrects scores that are overconfident at one end. Truths are softened as
    Platt does.
    """

    def __call__(self, score: np.ndarray, is_planet: np.ndarray) -> ScoreMap:
        """Fit slopes and offset; a negative slope is set to zero, as in the paper."""
        score, truth = check_calibration_set(score, is_planet)
        features = np.column_stack(_logarithms(score))
        used, coefficients, offset = [0, 1], np.zeros(2), 0.0
        while used:
            slopes, offset = _soft_logistic(features[:, used], truth)
            if min(slopes) >= 0:
                coefficients[used] = slopes
                break
            used = [column for column, slope in zip(used, slopes, strict=True) if slope > 0]
        if not used:
            offset = float(logit(truth.mean()))
        return BetaMap(float(coefficients[0]), float(coefficients[1]), float(offset))


@dataclass(frozen=True)
class IsotonicCalibration:
    """Centred isotonic regression (Oron & Flournoy 2017); Platt's sigmoid for small sets.

    Plain isotonic regression is a staircase with ties and with probabilities of exactly 0 and 1.
    Here each step counts one more event, split by the base rate, and the map is linear between
    the centres of the steps. So it is strictly increasing and never more certain than the
    calibration set can show. With fewer than ``minimum_events`` planets or false positives the
    staircase is noise, and the sigmoid is used.
    """

    minimum_events: int = 50

    def __call__(self, score: np.ndarray, is_planet: np.ndarray) -> ScoreMap:
        """Fit the knots."""
        score, truth = check_calibration_set(score, is_planet)
        if min(truth.sum(), (~truth).sum()) < self.minimum_events:
            return PlattCalibration()(score, truth)
        steps = IsotonicRegression(out_of_bounds="clip").fit_transform(score, truth.astype(float))
        _, which, size = np.unique(steps, return_inverse=True, return_counts=True)
        centre = np.bincount(which, score) / size
        base_rate = truth.mean()
        height = (np.bincount(which, truth) + base_rate) / (size + 1)
        height = np.maximum.accumulate(height)
        beyond = len(score) + 2
        return PiecewiseLinear(
            np.concatenate([[0.0], centre, [1.0]]),
            np.concatenate([[base_rate / beyond], height, [1 - (1 - base_rate) / beyond]]),
        )


def rescale_classes(
    probability: np.ndarray, *, planets: np.ndarray, calibrated: np.ndarray
) -> np.ndarray:
    """Class probabilities in which the columns ``planets`` sum to ``calibrated``, and all to 1.

    ``planets`` (classes,) is a mask of the classes that count as planet. Planet columns of
    ``probability`` (..., classes) keep their proportions, and so do the others; columns of one
    kind that are all zero get equal shares.

    >>> probability, planets = np.array([0.2, 0.6, 0.2]), np.array([True, False, False])
    >>> rescale_classes(probability, calibrated=np.array(0.6), planets=planets).round(3).tolist()
    [0.6, 0.3, 0.1]
    """
    rescaled = np.empty(probability.shape)
    for columns, whole in ((planets, calibrated), (~planets, 1 - calibrated)):
        part = np.compress(columns, probability, axis=-1)
        total = part.sum(axis=-1, keepdims=True)
        share = np.where(total > 0, part / np.where(total > 0, total, 1), 1 / part.shape[-1])
        rescaled[..., columns] = share * whole[..., None]
    return rescaled


def _soft_logistic(features: np.ndarray, truth: np.ndarray) -> tuple[list[float], float]:
    """Slopes and offset of a logistic regression on softened truths."""
    planets, others = truth.sum(), (~truth).sum()
    soft = np.where(truth, (planets + 1) / (planets + 2), 1 / (others + 2))
    # each row counts as planet and as false positive, with the soft truth and its rest as weights
    model = LogisticRegression(C=1e6, max_iter=1000).fit(
        np.tile(features, (2, 1)),
        np.repeat([1, 0], len(truth)),
        sample_weight=np.concatenate([soft, 1 - soft]),
    )
    return [float(slope) for slope in model.coef_[0]], float(model.intercept_[0])


def _logarithms(score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """ln s and -ln(1 - s), finite at 0 and 1."""
    clipped = np.clip(score, 1e-6, 1 - 1e-6)
    return np.log(clipped), -np.log1p(-clipped)


def logit(probability: np.ndarray) -> np.ndarray:
    """The logit log(p / (1 - p)), finite at 0 and 1."""
    clipped = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.log(clipped / (1 - clipped))


def check_calibration_set(
    score: np.ndarray, is_planet: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Scores as floats and truths as booleans.

    Raises BadParameter unless there is one probability per truth, with planets and false positives.
    """
    score, truth = np.asarray(score, dtype=float), np.asarray(is_planet, dtype=bool)
    if score.shape != truth.shape or not np.all((score >= 0) & (score <= 1)):
        raise BadParameter(
            f"calibration needs one probability in [0, 1] per truth; got shapes "
            f"{score.shape} and {truth.shape}"
        )
    if truth.all() or not truth.any():
        raise BadParameter(
            f"all {len(truth)} calibration rows are of one kind; calibrate on "
            "rows that hold planets and false positives"
        )
    return score, truth


#: name of each kind of map in the file of a saved model
SCORE_MAPS: dict[str, type] = {
    "identity": Identity,
    "piecewise_linear": PiecewiseLinear,
    "sigmoid": Sigmoid,
    "beta": BetaMap,
}


def score_map_to_plain(score_map: ScoreMap) -> dict:
    """A map as numbers and lists, for JSON.

    Raises BadParameter for a map whose kind is not in ``SCORE_MAPS``.
    """
    for kind, known in SCORE_MAPS.items():
        if type(score_map) is known:
            return {"kind": kind} | {
                name: np.asarray(value).tolist() for name, value in vars(score_map).items()
            }
    raise BadParameter(
        f"cannot write a calibration of type {type(score_map).__name__}; known "
        f"kinds are {', '.join(SCORE_MAPS)}"
    )


def score_map_from_plain(plain: dict) -> ScoreMap:
    """The map that ``score_map_to_plain`` described.

    Raises BadParameter for an unknown kind, BadTable for entries that are not those of its kind.
    """
    settings = dict(plain)
    kind = settings.pop("kind", None)
    if not isinstance(kind, str) or kind not in SCORE_MAPS:
        raise BadParameter(
            f"unknown calibration '{str(kind)[:60]}'; known kinds are {', '.join(SCORE_MAPS)}"
        )
    return as_record(
        settings, SCORE_MAPS[kind], source=f"calibration {kind}", remedy="calibrate again"
    )
