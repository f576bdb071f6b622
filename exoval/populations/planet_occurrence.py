"""Planet occurrence by period and radius."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from exoval.errors import BadParameter

PERIOD_EDGES = np.array([0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 500])
RADIUS_EDGES = np.array([0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 6, 8, 12, 16])

#: planets per star in every bin; rows are radii, columns periods; zero where only an upper
#: limit is known (Hsu et al. 2019, table 2)
RATES = np.array(
    [
        [2.5e-3, 2.6e-3, 2.65e-2, 9.2e-2, 6.6e-2, 0, 0, 0, 0, 0],
        [2.7e-3, 2.9e-3, 1.2e-2, 3.18e-2, 5.2e-2, 8.7e-2, 4.1e-2, 0, 0, 0],
        [1.7e-3, 1.03e-3, 2.5e-3, 2.4e-2, 3.36e-2, 3.4e-2, 6.0e-2, 9.8e-2, 0, 0],
        [1.57e-3, 2.2e-3, 9.2e-3, 1.91e-2, 3.56e-2, 2.47e-2, 9.5e-3, 1.8e-2, 0, 0],
        [8.3e-4, 9.7e-4, 5.6e-3, 1.4e-2, 1.71e-2, 2.4e-2, 1.44e-2, 2.8e-2, 3.9e-2, 1.66e-1],
        [2.7e-4, 6.4e-4, 2.9e-3, 6.9e-3, 1.29e-2, 5.5e-3, 2.3e-2, 2.0e-2, 2.5e-2, 1.59e-1],
        [0, 2.3e-4, 2.46e-3, 1.03e-2, 3.09e-2, 5.46e-2, 5.0e-2, 6.2e-2, 6.2e-2, 5.9e-2],
        [0, 2.7e-4, 7.5e-4, 1.1e-2, 2.65e-2, 3.88e-2, 6.6e-2, 3.9e-2, 7.5e-2, 1.0e-1],
        [0, 0, 1.28e-3, 3.2e-3, 7.0e-3, 2.07e-2, 2.07e-2, 3.6e-2, 3.0e-2, 3.4e-2],
        [2.9e-4, 0, 6.1e-4, 1.54e-3, 3.5e-3, 4.6e-3, 4.6e-3, 1.48e-2, 1.05e-2, 3.2e-2],
        [0, 0, 0, 6.1e-4, 1.07e-3, 2.8e-3, 5.0e-3, 4.8e-3, 9.9e-3, 0],
        [0, 2.5e-4, 9.0e-4, 1.17e-3, 1.58e-3, 2.1e-3, 2.8e-3, 8.6e-3, 2.09e-2, 2.1e-2],
        [0, 4.1e-4, 1.62e-3, 1.65e-3, 1.02e-3, 2.58e-3, 5.7e-3, 4.9e-3, 0, 0],
    ]
)


@dataclass(frozen=True)
class HsuOccurrence:
    """Planets per FGK star of Hsu et al. (2019, AJ 158, 109), flat in log within each bin.

    The table covers periods of 0.5-500 days and radii of 0.5-16 Earth radii. The rate is zero
    outside it and where it only has an upper limit. ``scale`` multiplies every rate. Raises
    BadParameter if ``scale`` is negative.
    """

    scale: float = 1.0

    def __post_init__(self) -> None:
        if self.scale < 0:
            raise BadParameter(f"planet occurrence scaled by {self.scale}; give 0 or more")

    @property
    def rate(self) -> float:
        """Planets per star over the whole table."""
        return float(self.scale * RATES.sum())

    @cached_property
    def _log_density(self) -> np.ndarray:
        area = np.diff(np.log(RADIUS_EDGES))[:, None] * np.diff(np.log(PERIOD_EDGES))[None, :]
        with np.errstate(divide="ignore"):
            return np.log(self.scale * RATES / area)

    def log_prob(self, period: np.ndarray, radius: np.ndarray) -> np.ndarray:
        """Return the log of planets per star, per unit ln(period / d) and ln(radius / R_earth).

        Its exponential integrates to ``rate``, not to 1. Minus infinity outside the table.

        >>> HsuOccurrence().log_prob([10.0, 1000.0], [2.0, 2.0]).round(2)
        array([-1.61,  -inf])
        """
        column = np.searchsorted(PERIOD_EDGES, period, side="right") - 1
        row = np.searchsorted(RADIUS_EDGES, radius, side="right") - 1
        inside = (column >= 0) & (column < RATES.shape[1]) & (row >= 0) & (row < RATES.shape[0])
        value = self._log_density[
            np.clip(row, 0, RATES.shape[0] - 1), np.clip(column, 0, RATES.shape[1] - 1)
        ]
        return np.where(inside, value, -np.inf)

    def sample(self, rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw periods (days) and radii (Earth radii), each of shape (size,)."""
        chosen = rng.choice(RATES.size, size=size, p=(RATES / RATES.sum()).ravel())
        row, column = np.unravel_index(chosen, RATES.shape)
        across, along = rng.random((2, size))
        ln_period, ln_radius = np.log(PERIOD_EDGES), np.log(RADIUS_EDGES)
        period = ln_period[column] + across * np.diff(ln_period)[column]
        radius = ln_radius[row] + along * np.diff(ln_radius)[row]
        return np.exp(period), np.exp(radius)
