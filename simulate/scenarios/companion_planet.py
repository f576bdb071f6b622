"""A planet of an unresolved star that is bound to the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.labels import LabelMeaning
from exoval.populations.eccentricity import BetaEccentricity
from exoval.populations.multiplicity import Multiplicity
from exoval.populations.transit_timing import TransitTiming
from exoval.system import System
from simulate.draws.bound_companion import draw_companion
from simulate.draws.planet_orbit import PlanetOccurrence, deepest_transit, draw_planet
from simulate.draws.star_source import star_source
from simulate.observation import Observation


@dataclass(frozen=True, kw_only=True)
class CompanionPlanet:
    """The target and a fainter bound star with a planet, diluted by the target.

    Planets are assumed to be as common around companions as around single stars.
    """

    meaning: ClassVar[LabelMeaning] = LabelMeaning(
        short="HTP",
        description="planet on an unresolved bound companion",
        transits="planet",
        counts_as_planet=False,
        on_target=True,
    )
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
        """Two sources at one position: the companion with a planet, and the target."""
        periods = (self.minimum_period_days, self.maximum_period_days)
        radii = (self.minimum_radius_earth, self.maximum_radius_earth)
        companion = draw_companion(
            rng,
            observation,
            observation.star,
            multiplicity=self.multiplicity,
            resolved_beyond_arcsec=self.resolved_beyond_arcsec,
            periods=periods,
            deepest_dip=lambda radius: deepest_transit(planet_radius=radii[1], host_radius=radius),
        )
        share = companion.brightness / (1 + companion.brightness)
        drawn = draw_planet(
            rng,
            observation,
            companion.star,
            occurrence=self.occurrence,
            eccentricities=self.eccentricities,
            periods=periods,
            radii=radii,
            host_share=share,
            timing=self.timing,
        )
        sources = (
            star_source(companion.star, share, band=observation.band, orbit=drawn.orbit),
            star_source(observation.star, 1 - share, band=observation.band),
        )
        return System(
            scenario="companion_planet",
            sources=sources,
            truth=companion.truth | drawn.truth,
            log_prior=companion.log_prior + drawn.log_prior,
            log_proposal=companion.log_proposal + drawn.log_proposal,
        )
