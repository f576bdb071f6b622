"""Momentum dumps: the pointing drifts from one dump to the next and is then reset."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.noise.sampling import Sampling
from exoval.star import Star
from exoval.units import MINUTES_PER_DAY


@dataclass(frozen=True)
class MomentumDumps:
    """Flux that follows the pointing drift between dumps, and jumps right after each dump.

    The flux is a polynomial of second order in the drift; its coefficients are normal deviates of
    ``drift_ppm``, drawn once for each light curve. ``jump_ppm`` is the rms of the residual in the
    cadences within ``jump_minutes`` after a dump. Zero for a schedule without dumps.
    """

    drift_ppm: float = 50.0
    jump_ppm: float = 100.0
    jump_minutes: float = 30.0

    def __call__(self, rng: np.random.Generator, sampling: Sampling, star: Star) -> np.ndarray:
        """Draw one realisation, relative flux of shape (cadences,)."""
        if not sampling.dumps:
            return np.zeros(len(sampling))
        slope, curvature = rng.standard_normal(2)
        drift = pointing_drift(sampling)
        jumps = rng.standard_normal(len(sampling.dumps))
        last = np.searchsorted(sampling.dumps, sampling.time) - 1
        since = sampling.time - np.asarray(sampling.dumps)[np.clip(last, 0, None)]
        struck = (last >= 0) & (since < self.jump_minutes / MINUTES_PER_DAY)
        return 1e-6 * (
            self.drift_ppm * (slope * drift + curvature * (drift**2 - 1 / 3))
            + self.jump_ppm * np.where(struck, jumps[np.clip(last, 0, None)], 0.0)
        )


def pointing_drift(sampling: Sampling) -> np.ndarray:
    """Return the pointing between two dumps, from -1 to 1; shape (cadences,), 0 without dumps."""
    dumps = np.asarray(sampling.dumps)
    if len(dumps) < 2:
        return np.zeros(len(sampling))
    return 2 * ((sampling.time - dumps[0]) / (dumps[1] - dumps[0]) % 1) - 1
