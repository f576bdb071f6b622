"""Prior shift: probabilities under other class shares than those of training.

A calibrated probability holds for the mixture of classes it was calibrated on. If another sample
differs in the mixture alone, and each class looks the same there, Bayes' rule gives the
probability there (Elkan 2001, IJCAI 17; Saerens, Latinne & Decaestecker 2002, Neural Computation
14, 21). The shift is a step after calibration, so that one model serves any prior.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from exoval.errors import BadParameter


@dataclass(frozen=True)
class EstimatedPriors:
    """Class shares estimated from unlabelled rows, and whether the iteration converged."""

    shares: np.ndarray
    iterations: int
    converged: bool


def shift_priors(probability: np.ndarray, *, trained: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Class probabilities (rows, classes) shifted to other class shares by Bayes' rule.

    ``trained`` and ``target`` are the shares (classes,) of calibration and of use. Rows of NaN stay
    NaN. Raises BadParameter unless each sums to 1 and the trained shares are positive.

    >>> half = np.array([0.5, 0.5])
    >>> shift_priors(np.array([[0.8, 0.2]]), trained=half, target=np.array([0.2, 0.8])).tolist()
    [[0.5, 0.5]]
    """
    probability = np.asarray(probability, dtype=float)
    trained, target = (
        _checked(shares, probability.shape[-1], name)
        for shares, name in ((trained, "trained"), (target, "target"))
    )
    if np.any(trained <= 0):
        raise BadParameter(
            f"trained shares are {trained.tolist()}; leave out the classes that training did not "
            "have"
        )
    shifted = probability * (target / trained)
    total = shifted.sum(axis=-1, keepdims=True)
    # a row with all its probability on classes absent from the target gets the target's shares;
    # one without probabilities stays so
    return np.where(total == 0, target, shifted / np.where(total == 0, 1, total))


def estimate_priors(
    probability: np.ndarray, *, trained: np.ndarray, iterations: int = 1000, tolerance: float = 1e-8
) -> EstimatedPriors:
    """The class shares of unlabelled rows with the highest likelihood.

    Expectation maximisation of Saerens et al. 2002, from calibrated probabilities (rows,
    classes) under the shares ``trained`` (classes,). Raises BadParameter like ``shift_priors``,
    for an empty array, and for values that are not finite.
    """
    probability = np.asarray(probability, dtype=float)
    if len(probability) == 0:
        raise BadParameter(
            "there are no rows to estimate class shares from; give the probabilities of at least "
            "one row"
        )
    _check_finite(probability)
    shares = _checked(trained, probability.shape[-1], "trained")
    for iteration in range(1, iterations + 1):
        found = shift_priors(probability, trained=trained, target=shares).mean(axis=0)
        change = np.abs(found - shares).max()
        shares = found
        if change < tolerance:
            return EstimatedPriors(shares, iteration, True)
    return EstimatedPriors(shares, iterations, False)


def black_box_priors(
    probability: np.ndarray,
    *,
    known: np.ndarray,
    truth: np.ndarray,
    weight: np.ndarray | None = None,
    penalty: float = 0.0,
) -> EstimatedPriors:
    """The class shares under which the mean answers of a classifier agree with the unlabelled ones.

    Black-box shift estimation (Lipton, Wang & Smola 2018, ICML 80, 3122) from ``probability``
    (rows, classes) of unlabelled rows and ``known`` (labelled rows, classes), whose classes are
    ``truth`` (labelled rows,) as column numbers with an optional ``weight``. Answers may be
    miscalibrated, and shares are never negative. ``penalty`` draws the shares towards those of the
    labelled rows (Azizzadenesheli et al. 2019, ICLR). Raises BadParameter for an empty array, for
    values that are not finite, or if a class has no labelled rows.
    """
    probability, known = np.asarray(probability, dtype=float), np.asarray(known, dtype=float)
    _check_finite(probability)
    _check_finite(known)
    classes = known.shape[-1]
    member = np.asarray(truth)[:, None] == np.arange(classes)
    if weight is not None:
        member = member * np.asarray(weight)[:, None]
    total = member.sum(axis=0)
    if len(probability) == 0 or np.any(total == 0):
        raise BadParameter(
            f"{len(probability)} unlabelled rows and {total.tolist()} labelled ones by class; give "
            "at least one of each"
        )
    # answers[i, j]: mean probability of class i among the rows of class j
    answers = known.T @ (member / total)
    shares = total / total.sum()
    # shares sum to one and lie near the labelled rows' as further equations of least squares
    firmly = 1e3
    system = np.vstack([answers, np.full((1, classes), firmly), penalty * np.diag(1 / shares)])
    sides = np.concatenate([probability.mean(axis=0), [firmly], np.full(classes, penalty)])
    found, _ = nnls(system, sides)
    return EstimatedPriors(found / found.sum(), 1, True)


def _check_finite(probability: np.ndarray) -> None:
    """Raise BadParameter for rows with values that are not finite."""
    missing = int(np.count_nonzero(~np.isfinite(probability).all(axis=-1)))
    if missing:
        raise BadParameter(
            f"{missing} of {len(probability)} rows have probabilities that are no numbers; leave "
            "them out"
        )


def _checked(shares: np.ndarray, classes: int, name: str) -> np.ndarray:
    """Shares as an array; BadParameter unless there is one per class and they sum to one."""
    shares = np.asarray(shares, dtype=float)
    if shares.shape != (classes,) or np.any(shares < 0) or not np.isclose(shares.sum(), 1):
        raise BadParameter(
            f"{name} shares are {shares.tolist()} for {classes} classes; give one share per class, "
            "zero or more, that sum to 1"
        )
    return shares
