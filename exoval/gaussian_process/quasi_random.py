"""Quasi-random draws for averages over a Gaussian."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.stats import norm, qmc


def sobol_normal(draws: int, dimensions: int) -> np.ndarray:
    """Standard-normal quasi-random draws, shape (draws, dimensions), the same in every call."""
    return _normal(draws, dimensions).copy()


@cache
def _normal(draws: int, dimensions: int) -> np.ndarray:
    uniform = qmc.Sobol(dimensions, seed=0).random_base2(int(np.ceil(np.log2(draws))))
    return norm.ppf(np.clip(uniform[:draws], 1e-9, 1 - 1e-9))
