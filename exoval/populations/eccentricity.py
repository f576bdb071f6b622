"""Eccentricities of planet orbits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import beta


@dataclass(frozen=True)
class BetaEccentricity:
    """Beta distribution of eccentricities of Kipping (2013, MNRAS 434, L51), cut at ``maximum``."""

    a: float = 0.867
    b: float = 3.03
    maximum: float = 0.9

    def sample(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Draw eccentricities of shape (size,)."""
        share = beta.cdf(self.maximum, self.a, self.b)
        return beta.ppf(rng.random(size) * share, self.a, self.b)

    def log_prob(self, eccentricity: np.ndarray) -> np.ndarray:
        """Return the log density; minus infinity outside 0 to ``maximum``."""
        eccentricity = np.asarray(eccentricity, dtype=float)
        share = beta.cdf(self.maximum, self.a, self.b)
        value = beta.logpdf(eccentricity, self.a, self.b) - np.log(share)
        return np.where(eccentricity <= self.maximum, value, -np.inf)
