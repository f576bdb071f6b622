"""Ramps: a detector or telescope settles after a break."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.noise.sampling import Sampling
from exoval.star import Star


@dataclass(frozen=True)
class Ramps:
    """Exponential relaxation of the flux after every break of ``after_gap_days`` or more.

    The height is a normal deviate of ``ppm``, of either sign because a pipeline may over- or
    undercorrect; the time scale is ``timescale_days``. ``scatter_dex`` is the scatter of ``ppm``
    between breaks: scattered light can be hundreds of times stronger after one break than after
    another.
    """

    ppm: float = 150.0
    timescale_days: float = 0.5
    after_gap_days: float = 0.5
    scatter_dex: float = 0.0

    def __call__(self, rng: np.random.Generator, sampling: Sampling, star: Star) -> np.ndarray:
        """Draw one realisation, relative flux of shape (cadences,)."""
        first = sampling.restarts(self.after_gap_days)
        flux = np.empty(len(sampling))
        for start, stop in zip(first, [*first[1:], len(sampling)]):
            since = sampling.time[start:stop] - sampling.time[start]
            height = rng.standard_normal()
            if self.scatter_dex > 0:
                height *= 10 ** (self.scatter_dex * rng.standard_normal())
            flux[start:stop] = height * np.exp(-since / self.timescale_days)
        return 1e-6 * self.ppm * flux
