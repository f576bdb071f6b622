"""Planets that are flat in the logarithms of period and radius."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from exoval.errors import BadParameter


@dataclass(frozen=True, kw_only=True)
class LogUniformPlanets:
    """``rate`` planets per star, flat in ln period (days) and ln radius (Earth radii).

    Raises BadParameter for a negative rate or an empty range.
    """

    rate: float = 1.0
    minimum_period: float = 0.5
    maximum_period: float = 500.0
    minimum_radius: float = 0.5
    maximum_radius: float = 22.0

    def __post_init__(self) -> None:
        if self.rate < 0:
            raise BadParameter(f"{self.rate} planets per star; give a rate of 0 or more")
        if not (
            0 < self.minimum_period < self.maximum_period
            and 0 < self.minimum_radius < self.maximum_radius
        ):
            raise BadParameter(
                f"periods {self.minimum_period}-{self.maximum_period} days, radii "
                f"{self.minimum_radius}-{self.maximum_radius} Earth radii: give ranges that are "
                "not empty"
            )

    def log_prob(self, period: np.ndarray, radius: np.ndarray) -> np.ndarray:
        """Return the log of planets per star, per unit ln(period / d) and ln(radius / R_earth)."""
        period, radius = np.asarray(period, dtype=float), np.asarray(radius, dtype=float)
        inside = (
            (period >= self.minimum_period)
            & (period <= self.maximum_period)
            & (radius >= self.minimum_radius)
            & (radius <= self.maximum_radius)
        )
        area = math.log(self.maximum_period / self.minimum_period) * math.log(
            self.maximum_radius / self.minimum_radius
        )
        with np.errstate(divide="ignore"):
            return np.where(inside, np.log(self.rate / area), -np.inf)

    def sample(self, rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw periods (days) and radii (Earth radii), each of shape (size,)."""
        across, along = rng.random((2, size))
        return (
            self.minimum_period * (self.maximum_period / self.minimum_period) ** across,
            self.minimum_radius * (self.maximum_radius / self.minimum_radius) ** along,
        )
