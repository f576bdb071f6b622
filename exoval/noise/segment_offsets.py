"""Flux steps between segments: another detector or aperture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.noise.sampling import Sampling
from exoval.star import Star


@dataclass(frozen=True)
class SegmentOffsets:
    """A constant offset in every segment after the first: a normal deviate of ``ppm``."""

    ppm: float = 5000.0

    def __call__(self, rng: np.random.Generator, sampling: Sampling, star: Star) -> np.ndarray:
        """Draw one realisation, relative flux of shape (cadences,)."""
        flux = np.zeros(len(sampling))
        for segment in sampling.segments[1:]:
            flux[segment] = 1e-6 * self.ppm * rng.standard_normal()
        return flux
