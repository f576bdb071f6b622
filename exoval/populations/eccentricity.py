"""Eccentricities of planet orbits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import beta, truncnorm

from exoval.errors import BadParameter


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


@dataclass(frozen=True)
class HalfNormalEccentricity:
    """The positive half of a normal distribution about 0, cut at ``maximum``.

    In systems of several transiting planets its ``scatter`` is 0.083 (Van Eylen et al. 2019, AJ
    157, 61). Raises BadParameter unless 0 < scatter and 0 < maximum < 1.
    """

    scatter: float = 0.083
    maximum: float = 0.9

    def __post_init__(self) -> None:
        if not (self.scatter > 0 and 0 < self.maximum < 1):
            raise BadParameter(
                f"eccentricities with scatter={self.scatter}, maximum={self.maximum}; give a "
                "scatter above 0 and a maximum between 0 and 1"
            )

    def sample(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Draw eccentricities of shape (size,)."""
        return self.scatter * truncnorm.ppf(rng.random(size), 0.0, self.maximum / self.scatter)

    def log_prob(self, eccentricity: np.ndarray) -> np.ndarray:
        """Return the log density; minus infinity outside 0 to ``maximum``."""
        z = np.asarray(eccentricity, dtype=float) / self.scatter
        return truncnorm.logpdf(z, 0.0, self.maximum / self.scatter) - np.log(self.scatter)
