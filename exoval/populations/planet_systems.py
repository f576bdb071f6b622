"""The other planets of a star that has a planet: numbers, spacings, sizes and inclinations."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import poisson

from exoval.errors import BadParameter

#: period ratios of the first-order resonances with an excess of pairs just wide of them
RESONANCES = (1.5, 2.0)


@dataclass(frozen=True, kw_only=True)
class PlanetSystems:
    """Compact systems of planets as Kepler found them, given one of their planets.

    ``companions`` is the mean of a Poisson law of the number of other planets, cut to 1 and
    ``most_planets`` - 1. A planet taken at random is in a system as often as the system has
    planets, so that a Poisson law of planets a system is one of companions with the same mean; 2.8
    gives 3.0 planets a system that has any (Zhu et al. 2018, ApJ 860, 101: 3.0 +- 0.3).

    ``spacing`` and ``spacing_scatter`` are median and scatter of the log-normal law of neighbours'
    period ratios less one. It has the spacings of Weiss et al. 2018 (AJ 155, 48): most often about
    20 mutual Hill radii, 93 % of the pairs above 10, next to no period ratio below 1.2. A
    ``resonant_share`` of the neighbours lies wide of 3:2 or 2:1, by a share with the Rayleigh law
    of mode ``resonant_offset`` (Fabrycky et al. 2014, ApJ 790, 146). Whoever places planets keeps
    any two of them ``closest_hill_radii`` mutual Hill radii apart, as He, Ford & Ragozzine 2019
    (MNRAS 490, 4575) do.

    Sizes scatter by ``radius_scatter`` in ln R about one size a system (Weiss et al. 2018 find
    neighbours' sizes correlated; He et al. 2019 a scatter of 0.3), between ``minimum_radius_earth``
    and ``maximum_radius_earth``. Orbits are inclined to the system's plane with the Rayleigh law of
    mode ``inclination_degrees`` (Fabrycky et al. 2014: mutual inclinations of 1.0 to 2.2 degrees;
    He et al. 2019: 1.4). Raises BadParameter for values without such a law.
    """

    companions: float = 2.8
    most_planets: int = 8
    spacing: float = 0.95
    spacing_scatter: float = 0.55
    resonant_share: float = 0.1
    resonant_offset: float = 0.015
    closest_hill_radii: float = 8.0
    radius_scatter: float = 0.3
    minimum_radius_earth: float = 0.5
    maximum_radius_earth: float = 22.0
    inclination_degrees: float = 1.4

    def __post_init__(self) -> None:
        above_zero = (
            "companions",
            "spacing",
            "spacing_scatter",
            "resonant_offset",
            "radius_scatter",
            "minimum_radius_earth",
        )
        for name in above_zero:
            if not 0 < getattr(self, name) < math.inf:
                raise BadParameter(f"planet systems {name}={getattr(self, name)}; give more than 0")
        if not 0 <= self.resonant_share <= 1:
            raise BadParameter(f"planet systems resonant_share={self.resonant_share}; give 0 to 1")
        if self.most_planets < 2:
            raise BadParameter(f"planet systems most_planets={self.most_planets}; give 2 or more")
        if not self.minimum_radius_earth < self.maximum_radius_earth:
            raise BadParameter(
                f"planet systems of {self.minimum_radius_earth} to {self.maximum_radius_earth} "
                "Earth radii; give a range that is not empty"
            )

    def sample_numbers(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Draw numbers of companions of a planet, shape (size,), each 1 or more."""
        chances = np.exp(self.log_prob_number(np.arange(1, self.most_planets)))
        return 1 + np.searchsorted(np.cumsum(chances)[:-1], rng.random(size), side="right")

    def log_prob_number(self, number: np.ndarray) -> np.ndarray:
        """Return the log probability of numbers of companions; minus infinity outside the cut."""
        number = np.asarray(number)
        low, high = poisson.cdf([0, self.most_planets - 1], self.companions)
        inside = (number >= 1) & (number < self.most_planets)
        return np.where(
            inside, poisson.logpmf(number, self.companions) - np.log(high - low), -np.inf
        )

    def sample_ratios(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Draw period ratios, outer over inner, of neighbours, shape (size,)."""
        which, place, wide = rng.random((3, size))
        smooth = 1 + self.spacing * np.exp(self.spacing_scatter * ndtri(place))
        offset = self.resonant_offset * np.sqrt(-2 * np.log1p(-wide))
        resonance = np.where(place < 0.5, *RESONANCES)
        return np.where(which < self.resonant_share, resonance * (1 + offset), smooth)

    def log_prob_ratio(self, ratio: np.ndarray) -> np.ndarray:
        """Return the log density per unit of period ratio of neighbours; minus infinity below 1."""
        ratio = np.asarray(ratio, dtype=float)
        beyond = np.maximum(ratio - 1, 1e-300)
        z = np.log(beyond / self.spacing) / self.spacing_scatter
        smooth = np.exp(-0.5 * z**2) / (math.sqrt(2 * math.pi) * self.spacing_scatter * beyond)
        density = (1 - self.resonant_share) * smooth
        for resonance in RESONANCES:
            offset = np.maximum(ratio / resonance - 1, 0.0) / self.resonant_offset
            rayleigh = offset * np.exp(-0.5 * offset**2) / (self.resonant_offset * resonance)
            density = density + self.resonant_share / len(RESONANCES) * rayleigh
        with np.errstate(divide="ignore"):
            return np.where(ratio > 1, np.log(density), -np.inf)

    def sample_radii(
        self, rng: np.random.Generator, size: int, *, radius: float, largest: float = math.inf
    ) -> np.ndarray:
        """Draw radii of companions of a planet of ``radius``, shape (size,), all in Earth radii.

        The system's size is as far from that of the given planet as from any other's. Radii are cut
        at ``largest`` where that is less than ``maximum_radius_earth``.
        """
        middle = math.log(radius) + self.radius_scatter * rng.standard_normal()
        ends = np.log([self.minimum_radius_earth, min(self.maximum_radius_earth, largest)])
        low, high = ndtr((ends - middle) / self.radius_scatter)
        drawn = middle + self.radius_scatter * ndtri(low + rng.random(size) * (high - low))
        return np.exp(np.clip(drawn, *ends))

    def sample_tilts(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Draw companions' tilts against the orbit of the given planet, radians, shape (size, 2).

        The two components are about perpendicular axes in that orbit's plane. Each orbit, also the
        given one, is inclined to the system's plane in a random direction.
        """
        scale = math.radians(self.inclination_degrees)
        return scale * (rng.standard_normal((size, 2)) - rng.standard_normal(2))
