"""Centroid motion of a star without any event."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from exoval.noise.momentum_dumps import pointing_drift
from exoval.noise.red_noise import exponentially_correlated
from exoval.noise.sampling import Sampling


@dataclass(frozen=True, kw_only=True)
class CentroidJitter:
    """Centroid motion in pixels, after subtraction of the motion common to all stars.

    Photon noise is ``width_pixels`` (the width of the point-spread function, including the
    background in the aperture) times the relative flux error, at least ``floor_pixels``.
    ``slow_pixels`` is the median rms of motion correlated over ``slow_days``; it scatters between
    light curves by ``slow_scatter_dex``. ``trend_pixels`` is the rms of a parabola through every
    segment, as velocity aberration leaves it, with a scatter of ``trend_scatter_dex``.
    ``drift_pixels`` is the drift between momentum dumps.

    A brighter star outweighs other light in and around the aperture: a relative flux change of 1
    moves the centroid by a normal deviate of ``follow_pixels``, drawn once for each light curve.
    """

    width_pixels: float = 1.3
    floor_pixels: float = 3e-5
    slow_pixels: float = 1e-4
    slow_scatter_dex: float = 0.3
    slow_days: float = 1.0
    trend_pixels: float = 0.005
    trend_scatter_dex: float = 0.4
    drift_pixels: float = 0.0
    follow_pixels: float = 0.1

    def __call__(
        self, rng: np.random.Generator, sampling: Sampling, error: float, relative: np.ndarray
    ) -> np.ndarray:
        """Return the motion along one axis, shape (cadences,).

        ``error`` is the relative flux error of one exposure, ``relative`` the flux's relative
        change about its level, shape (cadences,).
        """
        slow = self.slow_pixels * 10 ** (self.slow_scatter_dex * rng.standard_normal())
        trend = self.trend_pixels * 10 ** (self.trend_scatter_dex * rng.standard_normal())
        return (
            math.hypot(self.width_pixels * error, self.floor_pixels)
            * rng.standard_normal(len(sampling))
            + slow * exponentially_correlated(rng, sampling.time, timescale=self.slow_days)
            + trend * _parabolas(rng, sampling)
            + 0.5 * self.drift_pixels * rng.standard_normal() * pointing_drift(sampling)
            + self.follow_pixels * rng.standard_normal() * relative
        )


def _parabolas(rng: np.random.Generator, sampling: Sampling) -> np.ndarray:
    """A parabola through every segment, of about unit rms; shape (cadences,)."""
    curve = np.empty(len(sampling))
    for part in sampling.segments:
        begin, end = sampling.time[part][[0, -1]]
        x = 2 * (sampling.time[part] - begin) / max(end - begin, sampling.exposure) - 1
        # Legendre polynomials, of rms 1 each
        slope, bend = rng.standard_normal(2)
        curve[part] = slope * math.sqrt(3) * x + bend * math.sqrt(5) * (1.5 * x**2 - 0.5)
    return curve / math.sqrt(2)
