"""The error of a probability: how far another training set from the same world would move it.

The error is a standard deviation of the log odds. It is learned from pairs of models that were
trained on different stars and asked about events of further stars: half the squared difference of
their log odds is the variance of one. A regression of that square (gamma deviance) on the features
and on the log odds gives the variance for any event.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingRegressor

from exoval.errors import BadParameter

#: smallest variance, and smallest as a share of the mean. Below it the logarithm in the deviance
#: would ask for the impossible: where both models say 0, as forests do, the squares are 0, and one
#: step of the boosting towards them is so long that the next ones diverge
SMALLEST_VARIANCE, SMALLEST_SHARE = 1e-4, 0.02
#: most rows that a regression is fitted on
MOST_ROWS = 30_000


@dataclass(frozen=True, kw_only=True)
class RetrainingError:
    """Regressions of the variance of log odds: of planet or not, and of every class.

    ``planet`` takes the log odds and the features, ``classes`` the number of the class as well.
    ``scale`` turns the variance of a model of the pairs into that of the model of all stars.
    Raises BadParameter for other regressions, and for a scale that is not positive.
    """

    planet: HistGradientBoostingRegressor
    classes: HistGradientBoostingRegressor
    scale: float

    def __post_init__(self) -> None:
        kinds = {type(one) for one in (self.planet, self.classes)}
        if kinds != {HistGradientBoostingRegressor} or not 0 < self.scale < np.inf:
            names = ", ".join(sorted(kind.__name__ for kind in kinds))
            raise BadParameter(
                f"an error of {names} with scale {self.scale}; give gradient-boosted regressions "
                "and a positive scale"
            )

    def of_planet(self, log_odds: np.ndarray, features: np.ndarray) -> np.ndarray:
        """Standard errors (rows,) of the log odds of planet, from features (rows, columns)."""
        return np.sqrt(self.scale * predicted_variance(self.planet, log_odds, features))

    def of_classes(self, log_odds: np.ndarray, features: np.ndarray) -> np.ndarray:
        """Standard errors of the log odds (rows, classes) of every class."""
        inputs = [_inputs(one, features, number) for number, one in enumerate(log_odds.T)]
        variance = self.classes.predict(np.concatenate(inputs))
        return np.sqrt(self.scale * variance).reshape(log_odds.shape[::-1]).T


def learn_variance(
    log_odds: np.ndarray, features: np.ndarray, square: np.ndarray, *, seed: int
) -> HistGradientBoostingRegressor:
    """A regression of variances (rows,) on log odds (rows,) and features (rows, columns)."""
    return _learned(_inputs(log_odds, features), square, seed)


def learn_variances(
    log_odds: np.ndarray, features: np.ndarray, square: np.ndarray, *, seed: int
) -> HistGradientBoostingRegressor:
    """A regression of variances (rows, classes), with the number of the class as one input."""
    inputs = [_inputs(one, features, number) for number, one in enumerate(log_odds.T)]
    return _learned(np.concatenate(inputs), square.T.ravel(), seed)


def predicted_variance(
    regression: HistGradientBoostingRegressor, log_odds: np.ndarray, features: np.ndarray
) -> np.ndarray:
    """What a regression of ``learn_variance`` says of log odds (rows,) and features."""
    return regression.predict(_inputs(log_odds, features))


def interval(probability: np.ndarray, log_odds_error: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The probabilities one standard error of the log odds below and above, of the same shape.

    >>> [side.round(3).tolist() for side in interval(np.array([0.5]), np.array([0.4]))]
    [[0.401], [0.599]]
    """
    with np.errstate(divide="ignore"):
        middle = np.log(probability) - np.log1p(-probability)
    return expit(middle - log_odds_error), expit(middle + log_odds_error)


def _inputs(log_odds: np.ndarray, features: np.ndarray, number: int | None = None) -> np.ndarray:
    of_class = [] if number is None else [np.full(len(log_odds), float(number))]
    return np.column_stack([log_odds, *of_class, features])


def _learned(inputs: np.ndarray, square: np.ndarray, seed: int) -> HistGradientBoostingRegressor:
    if len(inputs) > MOST_ROWS:
        chosen = np.random.default_rng(seed).choice(len(inputs), MOST_ROWS, replace=False)
        inputs, square = inputs[chosen], square[chosen]
    regression = HistGradientBoostingRegressor(
        loss="gamma",
        max_iter=60,
        learning_rate=0.05,
        max_leaf_nodes=6,
        min_samples_leaf=60,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )
    least = max(SMALLEST_VARIANCE, SMALLEST_SHARE * float(np.mean(square)))
    return regression.fit(inputs, np.maximum(square, least))
