"""Sudden drops of a pixel's sensitivity, with partial recovery."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.noise.sampling import Sampling
from exoval.star import Star
from exoval.units import DAYS_PER_YEAR


@dataclass(frozen=True)
class Dropouts:
    """Downward steps of ``ppm`` (median, log-normal with ``scatter_dex``), ``per_year`` of them.

    The residual that a pipeline's correction leaves of a step recovers exponentially over
    ``recovery_days`` (Jenkins et al. 2010, ApJ 713, L87, cosmic-ray hits on Kepler's pixels). A
    short recovery looks like a transit, a long one like its ingress.
    """

    per_year: float = 1.0
    ppm: float = 500.0
    scatter_dex: float = 0.4
    recovery_days: float = 0.5

    def __call__(self, rng: np.random.Generator, sampling: Sampling, star: Star) -> np.ndarray:
        """Draw one realisation, relative flux of shape (cadences,)."""
        begin, end = sampling.time[0], sampling.time[-1]
        flux = np.zeros(len(sampling))
        for time in rng.uniform(
            begin, end, rng.poisson(self.per_year * (end - begin) / DAYS_PER_YEAR)
        ):
            depth = 1e-6 * self.ppm * 10 ** (self.scatter_dex * rng.standard_normal())
            after = sampling.time >= time
            flux[after] -= depth * np.exp(-(sampling.time[after] - time) / self.recovery_days)
        return flux
