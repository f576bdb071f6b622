"""From the class shares of training to those of the place where a model is used.

A calibrated probability holds for the mixture of classes it was calibrated on. Where only the
mixture differs, and not what the classes look like, Bayes' rule says what it is elsewhere
(Elkan 2001, IJCAI 17; Saerens, Latinne & Decaestecker 2002, Neural Computation 14, 21). This
stands beside calibration and is never folded into its map, so that one model serves any prior.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.errors import BadParameter


@dataclass(frozen=True)
class EstimatedPriors:
    """Class shares found in unlabelled rows, and how the search for them ended."""

    shares: np.ndarray
    iterations: int
    converged: bool


def shift_priors(probability: np.ndarray, *, trained: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Class probabilities (rows, classes) as they are under other class shares.

    ``trained`` and ``target`` are the shares (classes,) of calibration and of use. Raises
    BadParameter unless both are shares, positive in training.
    """
    probability = np.asarray(probability, dtype=float)
    trained, target = (
        _checked(shares, probability.shape[-1], name)
        for shares, name in ((trained, "trained"), (target, "target"))
    )
    if np.any(trained <= 0):
        raise BadParameter(
            f"trained shares are {trained.tolist()}; a class that training did not "
            "have cannot be given any"
        )
    shifted = probability * (target / trained)
    total = shifted.sum(axis=-1, keepdims=True)
    # all of a row's probability on classes that the target does not have: nothing to go by
    return np.where(total > 0, shifted / np.where(total > 0, total, 1), target)


def estimate_priors(
    probability: np.ndarray, *, trained: np.ndarray, iterations: int = 1000, tolerance: float = 1e-8
) -> EstimatedPriors:
    """The class shares among unlabelled rows that make their probabilities most likely.

    Expectation maximisation of Saerens et al. 2002, from calibrated probabilities (rows,
    classes) under the shares ``trained`` (classes,). Raises BadParameter as ``shift_priors``
    does, and for no rows.
    """
    probability = np.asarray(probability, dtype=float)
    if len(probability) == 0:
        raise BadParameter(
            "there are no rows to estimate class shares from; give the "
            "probabilities of at least one"
        )
    shares = _checked(trained, probability.shape[-1], "trained")
    for iteration in range(1, iterations + 1):
        found = shift_priors(probability, trained=trained, target=shares).mean(axis=0)
        change = np.abs(found - shares).max()
        shares = found
        if change < tolerance:
            return EstimatedPriors(shares, iteration, True)
    return EstimatedPriors(shares, iterations, False)


def _checked(shares: np.ndarray, classes: int, name: str) -> np.ndarray:
    """Shares as an array; BadParameter unless there is one a class and they sum to one."""
    shares = np.asarray(shares, dtype=float)
    if shares.shape != (classes,) or np.any(shares < 0) or not np.isclose(shares.sum(), 1):
        raise BadParameter(
            f"{name} shares are {shares.tolist()} for {classes} classes; give one "
            "a class, none negative, that sum to 1"
        )
    return shares
