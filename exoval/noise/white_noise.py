"""White noise by magnitude: photons, background, and a floor."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from exoval.errors import BadParameter
from exoval.noise.sampling import Sampling
from exoval.star import Star

#: assumed where a star's magnitude is unknown
ANY_MAGNITUDE = 12.0


@dataclass(frozen=True, kw_only=True)
class WhiteNoise:
    """White noise of a star by its magnitude in the mission's band.

    The mean of one hour has, at magnitude m, the noise in ppm

    sigma^2 = photon^2 10^(0.4 (m - m0)) + background^2 10^(0.8 (m - m0)) + floor^2

    with ``photon_ppm``, ``background_ppm`` (sky and read noise) and ``floor_ppm`` at m0 =
    ``reference_magnitude``. This is the error that a light curve states. Its true scatter is
    ``excess`` times as large, with a scatter of ``scatter_dex`` between light curves. Raises
    BadParameter for negative noise or if all three terms are zero.
    """

    photon_ppm: float = 60.0
    background_ppm: float = 10.0
    floor_ppm: float = 10.0
    reference_magnitude: float = 12.0
    excess: float = 1.0
    scatter_dex: float = 0.05

    def __post_init__(self) -> None:
        parts = (self.photon_ppm, self.background_ppm, self.floor_ppm)
        if min(*parts, self.scatter_dex) < 0 or max(parts) <= 0 or not self.excess > 0:
            raise BadParameter(
                f"white noise {parts} ppm, excess={self.excess}, scatter_dex="
                f"{self.scatter_dex}; give values >= 0, at least one noise term "
                "above 0, and excess above 0"
            )

    def hourly_ppm(self, magnitude: float) -> float:
        """Return the noise (ppm) of one hour's mean by the formula, without ``excess``."""
        faintness = 10 ** (0.4 * (_known(magnitude) - self.reference_magnitude))
        return math.sqrt(
            self.photon_ppm**2 * faintness
            + (self.background_ppm * faintness) ** 2
            + self.floor_ppm**2
        )

    def error(self, star: Star, *, exposure: float) -> float:
        """Return the relative flux error of one exposure (days), as a light curve states it."""
        return 1e-6 * self.hourly_ppm(star.magnitude) / math.sqrt(24 * exposure)

    def __call__(self, rng: np.random.Generator, sampling: Sampling, star: Star) -> np.ndarray:
        """Draw one realisation, relative flux of shape (cadences,)."""
        excess = self.excess * 10 ** (self.scatter_dex * rng.standard_normal())
        level = excess * self.error(star, exposure=sampling.exposure)
        return level * rng.standard_normal(len(sampling))


def _known(magnitude: float) -> float:
    return magnitude if math.isfinite(magnitude) else ANY_MAGNITUDE
