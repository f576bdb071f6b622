"""A distribution that is uniform in the logarithm of a positive quantity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.errors import BadParameter


@dataclass(frozen=True)
class LogUniform:
    """Uniform in ln x between ``minimum`` and ``maximum``.

    Raises BadParameter unless 0 < minimum < maximum.

    >>> round(float(LogUniform(minimum=1.0, maximum=100.0).log_prob(10.0)), 3)
    -1.527
    """

    minimum: float
    maximum: float

    def __post_init__(self) -> None:
        if not 0 < self.minimum < self.maximum:
            raise BadParameter(
                f"log-uniform between {self.minimum} and {self.maximum} is empty; "
                "give a positive minimum below the maximum"
            )

    def sample(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Draw values of shape (size,)."""
        return self.minimum * (self.maximum / self.minimum) ** rng.random(size)

    def log_prob(self, value: np.ndarray) -> np.ndarray:
        """Return the log density per unit ln x; minus infinity outside the range."""
        inside = (np.asarray(value) >= self.minimum) & (np.asarray(value) <= self.maximum)
        return np.where(inside, -np.log(np.log(self.maximum / self.minimum)), -np.inf)
