"""Exponentially correlated noise: residuals of the sky, the telescope and the pipeline."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from exoval.errors import BadParameter
from exoval.noise.sampling import Sampling
from exoval.star import Star


@dataclass(frozen=True)
class RedNoise:
    """An Ornstein-Uhlenbeck process of median rms ``ppm``.

    ``timescale_days`` is the time over which the correlation falls to 1/e. ``scatter_dex`` is the
    scatter of the rms between light curves, ``timescale_scatter_dex`` that of the time scale.
    Raises BadParameter for a time scale that is not positive or a negative rms.
    """

    ppm: float = 50.0
    timescale_days: float = 0.3
    scatter_dex: float = 0.3
    timescale_scatter_dex: float = 0.0

    def __post_init__(self) -> None:
        if not self.timescale_days > 0 or self.ppm < 0:
            raise BadParameter(
                f"red noise of {self.ppm} ppm over {self.timescale_days} days; "
                "give ppm >= 0 and timescale_days > 0"
            )

    def __call__(self, rng: np.random.Generator, sampling: Sampling, star: Star) -> np.ndarray:
        """Draw one realisation, relative flux of shape (cadences,)."""
        rms = 1e-6 * self.ppm * 10 ** (self.scatter_dex * rng.standard_normal())
        scale = self.timescale_days * 10 ** (self.timescale_scatter_dex * rng.standard_normal())
        return rms * exponentially_correlated(rng, sampling.time, timescale=scale)


def exponentially_correlated(
    rng: np.random.Generator, time: np.ndarray, *, timescale: float
) -> np.ndarray:
    """Draw unit-variance noise with correlation exp(-|t| / timescale) at ascending times."""
    memory = np.exp(-np.diff(time, prepend=-np.inf) / timescale)
    return _accumulate(memory, rng.standard_normal(len(time)) * np.sqrt(1 - memory**2))


@numba.njit(cache=True)
def _accumulate(memory: np.ndarray, kicks: np.ndarray) -> np.ndarray:
    value = 0.0
    out = np.empty(len(kicks))
    for i in range(len(kicks)):
        value = memory[i] * value + kicks[i]
        out[i] = value
    return out
