"""White noise by magnitude: photons, background, and a floor that no photon mends."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from exoval.errors import BadParameter
from exoval.noise.sampling import Sampling
from exoval.star import Star

#: where a star's magnitude is unknown
ANY_MAGNITUDE = 12.0


@dataclass(frozen=True, kw_only=True)
class WhiteNoise:
    """Noise of one hour's mean, in ppm, of a star of the magnitude m in the mission's band:

    sigma^2 = photon^2 10^(0.4 (m - m0)) + background^2 10^(0.8 (m - m0)) + floor^2

    with ``photon_ppm``, ``background_ppm`` (sky and read noise) and ``floor_ppm`` at m0 =
    ``reference_magnitude``. This is the error that a light curve states; it really scatters
    ``excess`` times as much, more or less by ``scatter_dex`` from one to the other. Raises
    BadParameter for negative noise or none at all.
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
                f"{self.scatter_dex}; give values >= 0, of the noise at least one "
                "above, and excess above 0"
            )

    def hourly_ppm(self, magnitude: float) -> float:
        """Noise of one hour's mean in ppm, by the law alone."""
        faintness = 10 ** (0.4 * (_known(magnitude) - self.reference_magnitude))
        return math.sqrt(
            self.photon_ppm**2 * faintness
            + (self.background_ppm * faintness) ** 2
            + self.floor_ppm**2
        )

    def error(self, star: Star, *, exposure: float) -> float:
        """Relative flux error of one exposure (days), as a light curve states it."""
        return 1e-6 * self.hourly_ppm(star.magnitude) / math.sqrt(24 * exposure)

    def __call__(self, rng: np.random.Generator, sampling: Sampling, star: Star) -> np.ndarray:
        """One realisation, shape (cadences,)."""
        excess = self.excess * 10 ** (self.scatter_dex * rng.standard_normal())
        level = excess * self.error(star, exposure=sampling.exposure)
        return level * rng.standard_normal(len(sampling))


def _known(magnitude: float) -> float:
    return magnitude if math.isfinite(magnitude) else ANY_MAGNITUDE
