"""Coherent variation: pulsating stars, and uncatalogued ellipsoidal and contact binaries."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from exoval.noise.sampling import Sampling
from exoval.star import SOLAR_TEFF, Star


@dataclass(frozen=True, kw_only=True)
class Pulsation:
    """A few sinusoids of steady phase in ``share`` of the stars between two temperatures.

    Each star has a typical period, log-normal about ``period_days`` with ``period_scatter_dex``;
    the periods of its sinusoids scatter about that by a tenth as much. Each star has one to
    ``modes`` sinusoids of decreasing amplitude, and a total rms that is log-normal about
    ``rms_ppm``. The first sinusoid has an overtone at half its period, which makes light curves
    asymmetric or flat-topped. The mean over the exposure is exact for each sinusoid.
    """

    share: float = 0.05
    coolest_kelvin: float = 0.0
    hottest_kelvin: float = 1e5
    period_days: float = 1.0
    period_scatter_dex: float = 0.4
    modes: int = 3
    rms_ppm: float = 2000.0
    rms_scatter_dex: float = 0.6

    def __call__(self, rng: np.random.Generator, sampling: Sampling, star: Star) -> np.ndarray:
        """Draw one realisation, relative flux of shape (cadences,)."""
        teff = star.teff if math.isfinite(star.teff) else SOLAR_TEFF
        flux = np.zeros(len(sampling))
        if rng.random() >= self.share or not self.coolest_kelvin <= teff <= self.hottest_kelvin:
            return flux
        count = int(rng.integers(1, self.modes + 1))
        middle = self.period_days * 10 ** (self.period_scatter_dex * rng.standard_normal())
        periods = middle * 10 ** (0.1 * self.period_scatter_dex * rng.standard_normal(count))
        heights = 0.6 ** np.arange(count)
        periods = np.append(periods, 0.5 * periods[0])
        heights = np.append(heights, 0.3 * rng.random())
        rms = 1e-6 * self.rms_ppm * 10 ** (self.rms_scatter_dex * rng.standard_normal())
        # a star cannot lose more light than it has
        rms = min(rms, 0.15)
        heights *= rms / math.sqrt(0.5 * np.sum(heights**2))
        for period, height in zip(periods, heights):
            phase = 2 * np.pi * (sampling.time / period + rng.random())
            flux += height * np.sinc(sampling.exposure / period) * np.sin(phase)
        return flux
