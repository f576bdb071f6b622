"""Close companions of stars of any mass, for populations of eclipsing pairs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from exoval.errors import BadParameter
from exoval.populations.brown_dwarfs import MOST_MASS, BrownDwarfs
from exoval.populations.close_binaries import CloseBinaries

#: solar masses; a primary outside this range has the companions of the nearest mass inside
PRIMARY_MASSES = (0.08, 40.0)


class Companions(Protocol):
    """Close companions of one star, per unit ln(period / d) and mass ratio."""

    def sample(self, rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]: ...
    def log_prob(self, period: np.ndarray, mass_ratio: np.ndarray) -> np.ndarray: ...


class BinaryPopulation(Protocol):
    """Close companions of a star of any mass."""

    def of(self, primary_mass: float) -> Companions: ...


@dataclass(frozen=True)
class MoeBinaries:
    """Stellar companions of Moe & Di Stefano (2017) and rare brown dwarfs, by primary mass.

    Raises BadParameter for a negative rate.
    """

    brown_dwarfs_per_star: float = 0.006

    def __post_init__(self) -> None:
        BrownDwarfs(rate=self.brown_dwarfs_per_star)

    def of(self, primary_mass: float) -> StarsAndBrownDwarfs:
        """Return the companions of a primary; its mass is clamped to 0.08-40 solar."""
        mass = float(np.clip(primary_mass, *PRIMARY_MASSES))
        return StarsAndBrownDwarfs(
            CloseBinaries(mass), BrownDwarfs(mass, self.brown_dwarfs_per_star)
        )


@dataclass(frozen=True)
class StarsAndBrownDwarfs:
    """Stellar and brown-dwarf companions of one primary, separated by their mass.

    The law of Moe & Di Stefano ends at a mass ratio of 0.1; its slope of 0.3 is extrapolated to the
    end of the main sequence.
    """

    stars: CloseBinaries
    brown_dwarfs: BrownDwarfs

    def log_prob(self, period: np.ndarray, mass_ratio: np.ndarray) -> np.ndarray:
        """Return the log of companions per star, per unit ln(period / d) and mass ratio."""
        mass_ratio = np.asarray(mass_ratio, dtype=float)
        is_star = mass_ratio * self.stars.primary_mass >= MOST_MASS
        low = 0.3 * np.log(np.minimum(mass_ratio, 0.1) / 0.1)
        stellar = self.stars.log_prob(period, np.maximum(mass_ratio, 0.1)) + low
        return np.where(is_star, stellar, self.brown_dwarfs.log_prob(period, mass_ratio))

    @cached_property
    def _rates(self) -> tuple[float, float]:
        """Stellar companions per star, and brown dwarfs per star."""
        log_period = np.linspace(math.log(0.5), math.log(1e8), 2001)
        least = MOST_MASS / self.stars.primary_mass
        # per unit ln P: all mass ratios above 0.1, and the extension below
        above = self.stars.companions_per_decade(np.exp(log_period)) / math.log(10)
        edge = np.exp(self.stars.log_prob(np.exp(log_period), 0.1))
        extension = edge * 0.1 / 1.3 * max(1 - (least / 0.1) ** 1.3, 0.0)
        density = above + extension
        if least > 0.1:
            ratios = np.linspace(least, 1, 901)
            grid = np.exp(self.stars.log_prob(np.exp(log_period)[:, None], ratios[None, :]))
            density = np.trapezoid(grid, ratios, axis=1)
        return float(np.trapezoid(density, log_period)), self.brown_dwarfs.rate

    @property
    def rate(self) -> float:
        """Companions per star."""
        return sum(self._rates)

    def sample(self, rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw periods (days) and mass ratios, each of shape (size,)."""
        stars, brown_dwarfs = self._rates
        period, mass_ratio = self._sample_stars(rng, size)
        dark = rng.random(size) < brown_dwarfs / (stars + brown_dwarfs)
        dark_period, dark_ratio = self.brown_dwarfs.sample(rng, size)
        return np.where(dark, dark_period, period), np.where(dark, dark_ratio, mass_ratio)

    def _sample_stars(self, rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Stars above the least stellar mass, by rejection from all mass ratios."""
        least = MOST_MASS / self.stars.primary_mass
        periods, ratios, missing = [], [], size
        while missing > 0:
            period, ratio = self.stars.sample(rng, 2 * missing + 16)
            if least < 0.1:
                period, ratio = self._with_extension(rng, period, ratio, least)
            stellar = ratio >= least
            periods.append(period[stellar])
            ratios.append(ratio[stellar])
            missing -= int(stellar.sum())
        return np.concatenate(periods)[:size], np.concatenate(ratios)[:size]

    def _with_extension(
        self, rng: np.random.Generator, period: np.ndarray, ratio: np.ndarray, least: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Move the expected share of the drawn companions to mass ratios below 0.1."""
        edge = np.exp(self.stars.log_prob(period, 0.1))
        above = self.stars.companions_per_decade(period) / math.log(10)
        below = edge * 0.1 / 1.3 * (1 - (least / 0.1) ** 1.3)
        # acceptance in proportion to the total density preserves the distribution of periods
        total = (above + below) / above
        accepted = rng.random(len(period)) < total / total.max()
        low = rng.random(len(period)) < below / (above + below)
        place = (least / 0.1) ** 1.3 + (1 - (least / 0.1) ** 1.3) * rng.random(len(period))
        ratio = np.where(low, 0.1 * place ** (1 / 1.3), ratio)
        return period[accepted], ratio[accepted]


@dataclass(frozen=True)
class FlatBinaries:
    """A flat population: log-uniform in period and uniform in mass ratio, for any primary.

    There are ``rate`` companions per star with mass ratios from ``least_mass_ratio`` to 1. Raises
    BadParameter for a negative rate or an empty range.
    """

    rate: float = 0.1
    minimum_period: float = 0.5
    maximum_period: float = 500.0
    least_mass_ratio: float = 0.01

    def __post_init__(self) -> None:
        if self.rate < 0:
            raise BadParameter(f"{self.rate} companions per star; give a rate of 0 or more")
        if not 0 < self.minimum_period < self.maximum_period or not 0 <= self.least_mass_ratio < 1:
            raise BadParameter(
                f"periods {self.minimum_period}-{self.maximum_period} days, mass ratios "
                f"{self.least_mass_ratio}-1: give ranges that are not empty"
            )

    def of(self, primary_mass: float) -> FlatBinaries:
        """Return the same companions for every primary."""
        return self

    def log_prob(self, period: np.ndarray, mass_ratio: np.ndarray) -> np.ndarray:
        """Return the log of companions per star, per unit ln(period / d) and mass ratio."""
        inside = (
            (np.asarray(period) >= self.minimum_period)
            & (period <= self.maximum_period)
            & (np.asarray(mass_ratio) >= self.least_mass_ratio)
            & (mass_ratio <= 1)
        )
        area = math.log(self.maximum_period / self.minimum_period) * (1 - self.least_mass_ratio)
        with np.errstate(divide="ignore"):
            return np.where(inside, np.log(self.rate / area), -np.inf)

    def sample(self, rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw periods (days) and mass ratios, each of shape (size,)."""
        period = self.minimum_period * (self.maximum_period / self.minimum_period) ** rng.random(
            size
        )
        return period, rng.uniform(self.least_mass_ratio, 1, size)
