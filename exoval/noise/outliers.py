"""Outlying single cadences: cosmic rays, passing debris, pointing errors."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from exoval.noise.sampling import Sampling
from exoval.star import Star


@dataclass(frozen=True, kw_only=True)
class Outliers:
    """A fraction ``share`` of the cadences deviates by a log-normal amount about ``ppm``.

    ``ppm`` applies to a star of ``reference_magnitude``: a hit deposits a charge, which is a larger
    relative change for a fainter star. ``up_share`` of the outliers are brighter, the others
    fainter; ``scatter_dex`` is the width of the log-normal distribution.
    """

    share: float = 0.001
    ppm: float = 1000.0
    scatter_dex: float = 0.4
    up_share: float = 0.5
    reference_magnitude: float = 12.0

    def __call__(self, rng: np.random.Generator, sampling: Sampling, star: Star) -> np.ndarray:
        """Draw one realisation, relative flux of shape (cadences,)."""
        flux = np.zeros(len(sampling))
        hit = np.flatnonzero(rng.random(len(sampling)) < self.share)
        magnitude = star.magnitude if math.isfinite(star.magnitude) else self.reference_magnitude
        charge = 1e-6 * self.ppm * 10 ** (0.4 * (magnitude - self.reference_magnitude))
        size = charge * 10 ** (self.scatter_dex * rng.standard_normal(len(hit)))
        flux[hit] = np.where(rng.random(len(hit)) < self.up_share, size, -size)
        return flux
