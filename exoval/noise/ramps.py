"""Ramps: a detector or telescope that settles after a break."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.noise.sampling import Sampling
from exoval.star import Star


@dataclass(frozen=True)
class Ramps:
    """After every break of ``after_gap_days`` the flux relaxes exponentially.

    The height is a normal deviate of ``ppm``, up or down, as it is what a pipeline left of it;
    the time is ``timescale_days``. ``scatter_dex`` is the scatter of ``ppm`` between breaks:
    scattered light is hundreds of times stronger at one than at another.
    """

    ppm: float = 150.0
    timescale_days: float = 0.5
    after_gap_days: float = 0.5
    scatter_dex: float = 0.0

    def __call__(self, rng: np.random.Generator, sampling: Sampling, star: Star) -> np.ndarray:
        """One realisation, shape (cadences,)."""
        first = sampling.restarts(self.after_gap_days)
        flux = np.empty(len(sampling))
        for start, stop in zip(first, [*first[1:], len(sampling)]):
            since = sampling.time[start:stop] - sampling.time[start]
            height = rng.standard_normal()
            if self.scatter_dex > 0:
                height *= 10 ** (self.scatter_dex * rng.standard_normal())
            flux[start:stop] = height * np.exp(-since / self.timescale_days)
        return 1e-6 * self.ppm * flux
