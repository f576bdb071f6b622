"""A planet on an unresolved star that is bound to the target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.populations.eccentricity import BetaEccentricity
from exoval.populations.multiplicity import Multiplicity
from exoval.populations.transit_timing import TransitTiming
from exoval.system import System
from simulate.draws.bound_companion import draw_companion
from simulate.draws.planet_orbit import PlanetOccurrence, deepest_transit, draw_planet
from simulate.draws.star_source import star_source
from simulate.observation import Observation


@dataclass(frozen=True)
class CompanionPlanet:
    """The target and a fainter star at its distance with a planet, diluted by the target.

    Occurrence is taken to be the same around companions as around single stars.
    """

    occurrence: PlanetOccurrence
    eccentricities: BetaEccentricity
    multiplicity: Multiplicity
    minimum_period_days: float
    maximum_period_days: float
    minimum_radius_earth: float = 0.5
    maximum_radius_earth: float = 16.0
    resolved_beyond_arcsec: float = 1.0
    timing: TransitTiming | None = None

    def draw(self, rng: np.random.Generator, observation: Observation) -> System:
        """Two sources at one place: the companion with a planet orbit and the target."""
        periods = (self.minimum_period_days, self.maximum_period_days)
        radii = (self.minimum_radius_earth, self.maximum_radius_earth)
        companion = draw_companion(
            rng,
            observation,
            observation.star,
            self.multiplicity,
            self.resolved_beyond_arcsec,
            periods,
            lambda radius: deepest_transit(radii[1], radius),
        )
        share = companion.brightness / (1 + companion.brightness)
        drawn = draw_planet(
            rng,
            observation,
            companion.star,
            self.occurrence,
            self.eccentricities,
            periods,
            radii,
            share,
            timing=self.timing,
        )
        sources = (
            star_source(companion.star, share, observation.band, drawn.orbit),
            star_source(observation.star, 1 - share, observation.band),
        )
        return System(
            "companion_planet",
            sources,
            companion.truth | drawn.truth,
            companion.log_prior + drawn.log_prior,
            companion.log_proposal + drawn.log_proposal,
        )
