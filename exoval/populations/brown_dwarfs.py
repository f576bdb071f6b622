"""Brown dwarfs in close orbits: rare companions of the size of planets."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from exoval.errors import BadParameter
from exoval.physics.stellar_relations import LEAST_STELLAR_MASS

#: deuterium and hydrogen burning, solar masses: 13 Jupiter masses and the end of the sequence
LEAST_MASS, MOST_MASS = 13 / 1047.6, LEAST_STELLAR_MASS


@dataclass(frozen=True)
class BrownDwarfs:
    """Companions of 13-79 Jupiter masses to a star of ``primary_mass``, flat in ln P and ln M.

    There are ``rate`` per star between ``minimum_period`` and ``maximum_period`` days; 0.6 % is the
    limit that Sahlmann et al. (2011, A&A 525, A95) find within a few astronomical units. Raises
    BadParameter for a negative rate or an empty range.
    """

    primary_mass: float = 1.0
    rate: float = 0.006
    minimum_period: float = 0.5
    maximum_period: float = 2000.0

    def __post_init__(self) -> None:
        if self.rate < 0:
            raise BadParameter(f"{self.rate} brown dwarfs per star; give a rate of 0 or more")
        if not 0 < self.minimum_period < self.maximum_period or self.primary_mass <= MOST_MASS:
            raise BadParameter(
                f"periods {self.minimum_period}-{self.maximum_period} days around "
                f"{self.primary_mass} solar masses: give a range and a star above {MOST_MASS}"
            )

    def log_prob(self, period: np.ndarray, mass_ratio: np.ndarray) -> np.ndarray:
        """Return the log of companions per star, per unit ln(period / d) and mass ratio."""
        mass_ratio = np.asarray(mass_ratio, dtype=float)
        mass = mass_ratio * self.primary_mass
        inside = (
            (mass >= LEAST_MASS * (1 - 1e-12))
            & (mass < MOST_MASS)
            & (period >= self.minimum_period)
            & (period <= self.maximum_period)
        )
        area = math.log(MOST_MASS / LEAST_MASS) * math.log(
            self.maximum_period / self.minimum_period
        )
        with np.errstate(divide="ignore"):
            return np.where(inside, np.log(self.rate / area) - np.log(mass_ratio), -np.inf)

    def sample(self, rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw periods (days) and mass ratios, each of shape (size,)."""
        across, along = rng.random((2, size))
        period = self.minimum_period * (self.maximum_period / self.minimum_period) ** across
        mass = LEAST_MASS * (MOST_MASS / LEAST_MASS) ** along
        return period, mass / self.primary_mass
