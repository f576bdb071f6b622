"""Bias-corrected temperature: class probabilities made to agree with observed frequencies.

Shares of classes can only be estimated from calibrated probabilities of every class, and one
temperature with one offset a class is enough for that (Alexandari, Kundaje & Shrikumar 2020,
ICML 119, 222).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

#: standard deviations of the logarithm of the slope, and of offsets, before rows are seen
PRIOR = (0.3, 2.0)
#: least probability whose logarithm is taken
FLOOR = 1e-6


@dataclass(frozen=True)
class BiasCorrectedTemperature:
    """The map softmax(slope log p + offset); ``offset`` is (classes,), that of the last is 0."""

    slope: float
    offset: np.ndarray

    def __call__(self, probability: np.ndarray) -> np.ndarray:
        """Calibrated class probabilities of the same shape (rows, classes)."""
        return softmax(self.slope * _logarithm(probability) + self.offset, axis=1)


def fit_temperature(
    probability: np.ndarray,
    truth: np.ndarray,
    *,
    weight: np.ndarray | None = None,
    with_prior: bool = False,
) -> BiasCorrectedTemperature:
    """The map with the lowest log-loss on labelled rows that the classifier never saw.

    ``probability`` is (rows, classes), ``truth`` (rows,) the number of each row's class, ``weight``
    (rows,) what each row counts. Classes that a few rows separate without an error would make the
    slope endless; ``with_prior`` it is log-normal about 1, and offsets are normal about 0
    (``PRIOR``), which a thousand rows overrule.
    """
    logarithm, classes = _logarithm(probability), np.shape(probability)[1]
    weight = np.ones(len(truth)) if weight is None else np.asarray(weight, dtype=float)
    weight, rows = weight / weight.sum(), np.arange(len(truth))

    def log_loss(parameters: np.ndarray) -> float:
        offset = np.append(parameters[1:], 0.0)
        answers = log_softmax(np.exp(parameters[0]) * logarithm + offset, axis=1)
        prior = 0.0
        if with_prior:
            spread = np.append(PRIOR[0], np.full(classes - 1, PRIOR[1]))
            prior = 0.5 * float(np.sum((parameters / spread) ** 2)) / len(truth)
        return prior - float(weight @ answers[rows, truth])

    found = minimize(log_loss, np.zeros(classes), method="BFGS").x
    return BiasCorrectedTemperature(float(np.exp(found[0])), np.append(found[1:], 0.0))


def _logarithm(probability: np.ndarray) -> np.ndarray:
    return np.log(np.clip(probability, FLOOR, 1))
