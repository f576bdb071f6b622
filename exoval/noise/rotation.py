"""Rotational variation by evolving starspots, at the rotation period and half of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from exoval.noise.oscillator import oscillator
from exoval.noise.sampling import Sampling
from exoval.star import SOLAR_TEFF, Star


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """Quasi-periodic variation: oscillators at the rotation period and at half of it.

    Periods are log-normal about ``period_days`` with ``period_scatter_dex``. The rms is log-normal
    about ``rms_ppm`` of a star of solar temperature with ``rms_scatter_dex``, larger for cooler
    stars by (Teff / 5772 K)^``teff_power`` and for faster ones by (period /
    period_days)^``period_power`` (McQuillan et al. 2014, ApJS 211, 24). ``quality`` is the lifetime
    of spots in radians of rotation; ``half_share`` is the share of the variance at half the period.
    A fraction ``share`` of the stars varies.
    """

    period_days: float = 20.0
    period_scatter_dex: float = 0.25
    rms_ppm: float = 300.0
    rms_scatter_dex: float = 0.5
    teff_power: float = -2.0
    period_power: float = -1.0
    quality: float = 6.0
    half_share: float = 0.35
    share: float = 1.0

    def __call__(self, rng: np.random.Generator, sampling: Sampling, star: Star) -> np.ndarray:
        """Draw one realisation, relative flux of shape (cadences,)."""
        if rng.random() >= self.share:
            return np.zeros(len(sampling))
        ratio = 10 ** (self.period_scatter_dex * rng.standard_normal())
        teff = star.teff if math.isfinite(star.teff) else SOLAR_TEFF
        rms = 1e-6 * self.rms_ppm * 10 ** (self.rms_scatter_dex * rng.standard_normal())
        rms *= (teff / SOLAR_TEFF) ** self.teff_power * ratio**self.period_power
        angular = 2 * math.pi / (self.period_days * ratio)
        share = min(self.half_share * rng.uniform(0.5, 1.5), 1.0)
        return oscillator(
            rng,
            sampling.time,
            angular_frequency=angular,
            quality=self.quality,
            rms=rms * math.sqrt(1 - share),
        ) + oscillator(
            rng,
            sampling.time,
            angular_frequency=2 * angular,
            quality=self.quality,
            rms=rms * math.sqrt(share),
        )
