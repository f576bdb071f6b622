"""The number of a star's bound companions, and their periods."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from exoval.errors import BadParameter


@dataclass(frozen=True)
class Multiplicity:
    """Companions of solar-type stars (Raghavan et al. 2010, ApJS 190, 1).

    ``fractions`` are the shares of systems with 0, 1, 2 ... companions, by default 54:33:8:4:1 of
    Tokovinin (2014, AJ 147, 87). log10 of the period in days is normal with ``mean_log_period`` and
    ``sigma_log_period`` (Raghavan). Mass ratios are uniform from ``least_mass_ratio`` to 1. Raises
    BadParameter for fractions that are negative or do not sum to one.
    """

    fractions: tuple[float, ...] = (0.54, 0.33, 0.08, 0.04, 0.01)
    mean_log_period: float = 5.03
    sigma_log_period: float = 2.28
    least_mass_ratio: float = 0.02

    def __post_init__(self) -> None:
        if min(self.fractions) < 0 or abs(sum(self.fractions) - 1) > 1e-6:
            raise BadParameter(
                f"multiplicity fractions {list(self.fractions)} must not be "
                "negative and must sum to 1"
            )
        if self.sigma_log_period <= 0 or not 0 <= self.least_mass_ratio < 1:
            raise BadParameter(
                f"sigma_log_period={self.sigma_log_period}, least_mass_ratio="
                f"{self.least_mass_ratio}: give a positive width and a ratio below 1"
            )

    @property
    def rate(self) -> float:
        """Mean number of companions per star."""
        return float(sum(number * share for number, share in enumerate(self.fractions)))

    def log_prob(self, period: np.ndarray, mass_ratio: np.ndarray) -> np.ndarray:
        """Return the log of companions per star, per unit ln(period / d) and mass ratio.

        Its exponential integrates to ``rate``.
        """
        log_period = norm.logpdf(np.log10(period), self.mean_log_period, self.sigma_log_period)
        return (
            math.log(self.rate)
            + log_period
            - math.log(math.log(10))
            + self.log_prob_mass_ratio(mass_ratio)
        )

    def log_prob_mass_ratio(self, mass_ratio: np.ndarray) -> np.ndarray:
        """Return the log density of mass ratios; its exponential integrates to 1."""
        mass_ratio = np.asarray(mass_ratio, dtype=float)
        inside = (mass_ratio >= self.least_mass_ratio) & (mass_ratio <= 1)
        return np.where(inside, -math.log(1 - self.least_mass_ratio), -np.inf)

    def sample(self, rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw periods (days) and mass ratios of companions, each of shape (size,)."""
        return (
            self.sample_period(rng, size, shortest=0.0, longest=math.inf),
            rng.uniform(self.least_mass_ratio, 1, size),
        )

    def share_between(self, shortest: float, longest: float) -> float:
        """Return the share of companions with periods between two limits in days."""
        low, high = self._cumulative(shortest), self._cumulative(longest)
        return max(high - low, 0.0)

    def sample_period(
        self, rng: np.random.Generator, size: int, *, shortest: float, longest: float
    ) -> np.ndarray:
        """Draw periods in days between two limits, shape (size,)."""
        low, high = self._cumulative(shortest), self._cumulative(longest)
        place = low + (high - low) * rng.random(size)
        return 10 ** norm.ppf(place, self.mean_log_period, self.sigma_log_period)

    def _cumulative(self, period: float) -> float:
        log_period = math.log10(period) if period > 0 else -math.inf
        return float(norm.cdf(log_period, self.mean_log_period, self.sigma_log_period))
