"""A planet on the target: the one scenario that is validated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.populations.eccentricity import BetaEccentricity
from exoval.populations.transit_timing import TransitTiming
from exoval.system import System
from simulate.draws.planet_orbit import PlanetOccurrence, draw_planet
from simulate.draws.star_source import star_source
from simulate.observation import Observation


@dataclass(frozen=True)
class Planet:
    """The target alone, with a transiting planet of ``minimum``-``maximum_radius_earth``."""

    occurrence: PlanetOccurrence
    eccentricities: BetaEccentricity
    minimum_period_days: float
    maximum_period_days: float
    minimum_radius_earth: float = 0.5
    maximum_radius_earth: float = 22.0
    timing: TransitTiming | None = None

    def draw(self, rng: np.random.Generator, observation: Observation) -> System:
        """One source with a planet orbit."""
        star = observation.star
        drawn = draw_planet(
            rng,
            observation,
            star,
            self.occurrence,
            self.eccentricities,
            (self.minimum_period_days, self.maximum_period_days),
            (self.minimum_radius_earth, self.maximum_radius_earth),
            timing=self.timing,
        )
        source = star_source(star, 1.0, observation.band, drawn.orbit)
        return System("planet", (source,), drawn.truth, drawn.log_prior, drawn.log_proposal)
