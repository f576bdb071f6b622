"""Class probabilities from latent Gaussian marginals, by the same quasi-random draws for all."""

from __future__ import annotations

import numpy as np

from exoval.gaussian_process.quasi_random import sobol_normal

#: most numbers of draws, rows and classes in memory at a time
MOST_NUMBERS = 2**22


def softmax_draws(mean: np.ndarray, deviation: np.ndarray, *, draws: int) -> np.ndarray:
    """Class probabilities of draws from latent marginals (rows, outputs) each.

    Shape (draws, rows, classes). A single output is the logit of the second of two classes.
    """
    return _softmax(mean, deviation, sobol_normal(draws, mean.shape[1]))


def softmax_average(mean: np.ndarray, deviation: np.ndarray, *, draws: int) -> np.ndarray:
    """The mean of ``softmax_draws``, shape (rows, classes), in bounded memory."""
    normal = sobol_normal(draws, mean.shape[1])
    size = max(1, MOST_NUMBERS // max(1, mean.size))
    parts = [
        _softmax(mean, deviation, normal[start : start + size]).sum(axis=0)
        for start in range(0, draws, size)
    ]
    return np.sum(parts, axis=0) / draws


def _softmax(mean: np.ndarray, deviation: np.ndarray, normal: np.ndarray) -> np.ndarray:
    logit = mean + deviation * normal[:, None, :]
    if logit.shape[2] == 1:
        logit = np.concatenate([np.zeros_like(logit), logit], axis=2)
    probability = np.exp(logit - logit.max(axis=2, keepdims=True))
    return probability / probability.sum(axis=2, keepdims=True)
