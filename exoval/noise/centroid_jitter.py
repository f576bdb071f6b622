"""Where the light falls on the detector: noise of the photocentre, in pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.noise.momentum_dumps import pointing_drift
from exoval.noise.red_noise import exponentially_correlated
from exoval.noise.sampling import Sampling


@dataclass(frozen=True)
class CentroidJitter:
    """Noise of the flux-weighted centroid once the common image motion is taken out.

    Photon noise moves it by ``width_pixels``, the width of the point-spread function with the
    background in the aperture, times the relative flux error. ``slow_pixels`` is the rms of
    the rest, correlated over ``slow_days``, and scatters between light curves by
    ``slow_scatter_dex``; ``drift_pixels`` is the way between momentum dumps.
    """

    width_pixels: float = 1.5
    slow_pixels: float = 0.0005
    slow_scatter_dex: float = 0.3
    slow_days: float = 10.0
    drift_pixels: float = 0.0

    def __call__(self, rng: np.random.Generator, sampling: Sampling, error: float) -> np.ndarray:
        """One axis, shape (cadences,), for a relative flux ``error`` of one exposure."""
        slow = self.slow_pixels * 10 ** (self.slow_scatter_dex * rng.standard_normal())
        return (self.width_pixels * error * rng.standard_normal(len(sampling))
                + slow * exponentially_correlated(rng, sampling.time, self.slow_days)
                + 0.5 * self.drift_pixels * rng.standard_normal() * pointing_drift(sampling))
