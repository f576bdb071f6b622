"""A planet of an unrelated star near the line of sight to the target, unresolved from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.labels import LabelMeaning
from exoval.populations.eccentricity import BetaEccentricity
from exoval.populations.transit_timing import TransitTiming
from exoval.system import System
from simulate.draws.field_planet import draw_field_planet
from simulate.draws.field_star import Field, SkyZone
from simulate.draws.planet_orbit import PlanetOccurrence
from simulate.observation import Observation


@dataclass(frozen=True, kw_only=True)
class BackgroundPlanet:
    """The constant target and a star of the field within the blend radius that has a planet."""

    meaning: ClassVar[LabelMeaning] = LabelMeaning(
        short="BTP",
        description="planet on an unresolved background star",
        transits="planet",
        counts_as_planet=False,
        on_target=False,
    )
    field: Field
    occurrence: PlanetOccurrence
    eccentricities: BetaEccentricity
    minimum_period_days: float
    maximum_period_days: float
    minimum_radius_earth: float = 0.5
    maximum_radius_earth: float = 16.0
    maximum_magnitude_difference: float = 9.0
    timing: TransitTiming | None = None

    def draw(self, rng: np.random.Generator, observation: Observation) -> System:
        """Two sources: the planet's star at a random position in the blend disc, and the target."""
        return draw_field_planet(
            rng,
            observation,
            scenario="background_planet",
            field=self.field,
            occurrence=self.occurrence,
            eccentricities=self.eccentricities,
            timing=self.timing,
            zone=SkyZone(0.0, observation.blend_radius_arcsec),
            periods=(self.minimum_period_days, self.maximum_period_days),
            radii=(self.minimum_radius_earth, self.maximum_radius_earth),
            magnitudes=(0.0, self.maximum_magnitude_difference),
        )
