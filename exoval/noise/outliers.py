"""Single cadences that are off: cosmic rays, passing debris, bad moments of the pointing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.noise.sampling import Sampling
from exoval.star import Star


@dataclass(frozen=True)
class Outliers:
    """``share`` of the cadences is off by a log-normal amount about ``ppm``, up or down.

    ``up_share`` of them lie above, ``scatter_dex`` is the width of their distribution.
    """

    share: float = 0.001
    ppm: float = 1000.0
    scatter_dex: float = 0.4
    up_share: float = 0.5

    def __call__(self, rng: np.random.Generator, sampling: Sampling, star: Star) -> np.ndarray:
        """One realisation, shape (cadences,)."""
        flux = np.zeros(len(sampling))
        hit = np.flatnonzero(rng.random(len(sampling)) < self.share)
        size = 1e-6 * self.ppm * 10 ** (self.scatter_dex * rng.standard_normal(len(hit)))
        flux[hit] = np.where(rng.random(len(hit)) < self.up_share, size, -size)
        return flux
