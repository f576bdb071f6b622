"""A planet of the target star: the scenario that a validation confirms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.labels import LabelMeaning
from exoval.populations.eccentricity import BetaEccentricity
from exoval.populations.transit_timing import TransitTiming
from exoval.system import System
from simulate.draws.planet_orbit import PlanetOccurrence, draw_planet
from simulate.draws.star_source import star_source
from simulate.observation import Observation


@dataclass(frozen=True, kw_only=True)
class Planet:
    """The target alone, with a planet of ``minimum_radius_earth`` to ``maximum_radius_earth``."""

    meaning: ClassVar[LabelMeaning] = LabelMeaning(
        short="Planet",
        description="planet on the target",
        transits="planet",
        counts_as_planet=True,
        on_target=True,
    )
    occurrence: PlanetOccurrence
    eccentricities: BetaEccentricity
    minimum_period_days: float
    maximum_period_days: float
    minimum_radius_earth: float = 0.5
    maximum_radius_earth: float = 22.0
    timing: TransitTiming | None = None

    def draw(self, rng: np.random.Generator, observation: Observation) -> System:
        """One source with a planet."""
        star = observation.star
        drawn = draw_planet(
            rng,
            observation,
            star,
            occurrence=self.occurrence,
            eccentricities=self.eccentricities,
            periods=(self.minimum_period_days, self.maximum_period_days),
            radii=(self.minimum_radius_earth, self.maximum_radius_earth),
            timing=self.timing,
        )
        source = star_source(star, 1.0, band=observation.band, orbit=drawn.orbit)
        return System(
            scenario="planet",
            sources=(source,),
            truth=drawn.truth,
            log_prior=drawn.log_prior,
            log_proposal=drawn.log_proposal,
        )
