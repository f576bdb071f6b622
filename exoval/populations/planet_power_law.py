"""Planets of a broken power law in period times a broken power law in radius."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from exoval.errors import BadParameter


@dataclass(frozen=True, kw_only=True)
class BrokenPowerLaw:
    """``rate`` planets per star; dN/(dlnP dlnR) is a product of two broken power laws.

    The default break points and slopes are those of Mulders et al. (2018, AJ 156, 24; 4.9 planets
    per star within 2-400 days and 0.5-8 Earth radii). ``rate`` is the integral between the minima
    and maxima given here. Raises BadParameter for a negative rate or an empty range.
    """

    rate: float = 4.9
    minimum_period: float = 0.5
    maximum_period: float = 500.0
    period_break: float = 12.0
    period_slopes: tuple[float, float] = (1.5, 0.3)
    minimum_radius: float = 0.5
    maximum_radius: float = 22.0
    radius_break: float = 3.3
    radius_slopes: tuple[float, float] = (-0.5, -6.0)

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
        if self.period_break <= 0 or self.radius_break <= 0:
            raise BadParameter(
                f"breaks at {self.period_break} days and {self.radius_break} Earth "
                "radii must be positive"
            )

    @property
    def _period_law(self) -> tuple[float, float, float, tuple[float, float]]:
        return self.minimum_period, self.maximum_period, self.period_break, self.period_slopes

    @property
    def _radius_law(self) -> tuple[float, float, float, tuple[float, float]]:
        return self.minimum_radius, self.maximum_radius, self.radius_break, self.radius_slopes

    def log_prob(self, period: np.ndarray, radius: np.ndarray) -> np.ndarray:
        """Return the log of planets per star, per unit ln(period / d) and ln(radius / R_earth).

        Its exponential integrates to ``rate``. Minus infinity outside the range.
        """
        with np.errstate(divide="ignore"):
            return (
                np.log(self.rate)
                + _log_density(period, *self._period_law)
                + _log_density(radius, *self._radius_law)
            )

    def sample(self, rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw periods (days) and radii (Earth radii), each of shape (size,)."""
        across, along = rng.random((2, size))
        return _quantile(across, *self._period_law), _quantile(along, *self._radius_law)


def _log_density(
    value: np.ndarray, least: float, most: float, break_point: float, slopes: tuple[float, float]
) -> np.ndarray:
    """Log density per unit ln of a broken power law, normalised between two limits."""
    value = np.asarray(value, dtype=float)
    x = np.log(value / break_point)
    total = sum(_areas(least, most, break_point, slopes))
    inside = (value >= least) & (value <= most)
    return np.where(inside, np.where(x < 0, slopes[0], slopes[1]) * x - math.log(total), -np.inf)


def _quantile(
    share: np.ndarray, least: float, most: float, break_point: float, slopes: tuple[float, float]
) -> np.ndarray:
    """The value below which a share (0 to 1) of the law lies: its inverse cumulative density."""
    low, high = _areas(least, most, break_point, slopes)
    area = share * (low + high)
    start = math.log(least / break_point)
    first = _invert(area, min(start, 0.0), slopes[0])
    second = _invert(area - low, max(start, 0.0), slopes[1])
    return np.clip(break_point * np.exp(np.where(area < low, first, second)), least, most)


def _areas(
    least: float, most: float, break_point: float, slopes: tuple[float, float]
) -> tuple[float, float]:
    """Integrals of exp(slope x) over x = ln(value / break) below and above the break."""
    start, end = math.log(least / break_point), math.log(most / break_point)
    return (
        _integral(min(start, 0.0), min(end, 0.0), slopes[0]),
        _integral(max(start, 0.0), max(end, 0.0), slopes[1]),
    )


def _integral(start: float, end: float, slope: float) -> float:
    if abs(slope) < 1e-9:
        return end - start
    return (math.exp(slope * end) - math.exp(slope * start)) / slope


def _invert(area: np.ndarray, start: float, slope: float) -> np.ndarray:
    """The x up to which exp(slope x) has an area, from ``start``."""
    if abs(slope) < 1e-9:
        return start + area
    return np.log(np.maximum(np.exp(slope * start) + slope * area, 1e-300)) / slope
