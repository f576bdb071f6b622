"""Transit-timing variations: deviations of transit times from a strict period."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from exoval.errors import BadParameter


@dataclass(frozen=True, kw_only=True)
class TransitTiming:
    """Sinusoidal transit-timing variations of a ``share`` of the planets.

    The other planets are strictly periodic. Amplitudes are log-uniform in minutes, super-periods
    log-uniform in days, over the ranges of the 260 Kepler planets with significant variations, a
    tenth of those searched (Holczer et al. 2016, ApJS 225, 9). Raises BadParameter for a share
    outside 0-1 or an empty range.
    """

    share: float = 0.1
    minimum_amplitude_minutes: float = 2.0
    maximum_amplitude_minutes: float = 300.0
    minimum_super_period_days: float = 30.0
    maximum_super_period_days: float = 2000.0

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise BadParameter(f"{self.share} of planets with timing variations; give 0 to 1")
        if not (
            0 < self.minimum_amplitude_minutes < self.maximum_amplitude_minutes
            and 0 < self.minimum_super_period_days < self.maximum_super_period_days
        ):
            raise BadParameter(
                f"timing amplitudes {self.minimum_amplitude_minutes}-"
                f"{self.maximum_amplitude_minutes} minutes, super-periods "
                f"{self.minimum_super_period_days}-{self.maximum_super_period_days} days: give "
                "ranges that are not empty"
            )

    def sample(self, rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw amplitudes (minutes; 0 for strictly periodic planets) and super-periods (days)."""
        kept, across, along = rng.random((3, size))
        amplitude = (
            self.minimum_amplitude_minutes
            * (self.maximum_amplitude_minutes / self.minimum_amplitude_minutes) ** across
        )
        super_period = (
            self.minimum_super_period_days
            * (self.maximum_super_period_days / self.minimum_super_period_days) ** along
        )
        return np.where(kept < self.share, amplitude, 0.0), super_period

    def log_prob(self, amplitude: np.ndarray) -> np.ndarray:
        """Return the log density per unit ln(amplitude / minute).

        At an amplitude of 0 it is the log of the share of strictly periodic planets. Over positive
        amplitudes its exponential integrates to ``share``.
        """
        amplitude = np.asarray(amplitude, dtype=float)
        inside = (amplitude >= self.minimum_amplitude_minutes) & (
            amplitude <= self.maximum_amplitude_minutes
        )
        width = math.log(self.maximum_amplitude_minutes / self.minimum_amplitude_minutes)
        with np.errstate(divide="ignore"):
            moving, still = np.log(self.share / width), np.log(1 - self.share)
        return np.where(amplitude == 0, still, np.where(inside, moving, -np.inf))
