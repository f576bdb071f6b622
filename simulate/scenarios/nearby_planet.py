"""A planet of a resolved star near the target whose light leaks into its aperture."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from exoval.labels import LabelMeaning
from exoval.physics.aperture_leak import ApertureLeak
from exoval.populations.eccentricity import BetaEccentricity
from exoval.populations.transit_timing import TransitTiming
from exoval.system import System
from simulate.draws.field_planet import draw_field_planet
from simulate.draws.field_star import Field, SkyZone
from simulate.draws.planet_orbit import PlanetOccurrence
from simulate.observation import Observation


@dataclass(frozen=True, kw_only=True)
class NearbyPlanet:
    """The constant target and a star with a planet between blend radius and ``reach_pixels``.

    Only the share ``leak`` of its light reaches the aperture.
    """

    meaning: ClassVar[LabelMeaning] = LabelMeaning(
        short="NTP",
        description="planet on a resolved neighbour",
        transits="planet",
        counts_as_planet=False,
        on_target=False,
    )
    field: Field
    occurrence: PlanetOccurrence
    eccentricities: BetaEccentricity
    minimum_period_days: float
    maximum_period_days: float
    pixel_scale_arcsec: float
    reach_pixels: float = 6.0
    minimum_radius_earth: float = 0.5
    maximum_radius_earth: float = 16.0
    minimum_magnitude_difference: float = -3.0
    maximum_magnitude_difference: float = 9.0
    leak: ApertureLeak = field(default_factory=ApertureLeak)
    timing: TransitTiming | None = None

    def draw(self, rng: np.random.Generator, observation: Observation) -> System:
        """Two sources: the star at a random position in the ring, and the target."""
        zone = SkyZone(
            observation.blend_radius_arcsec,
            self.reach_pixels * self.pixel_scale_arcsec,
            self.leak,
            self.pixel_scale_arcsec,
        )
        return draw_field_planet(
            rng,
            observation,
            scenario="nearby_planet",
            field=self.field,
            occurrence=self.occurrence,
            eccentricities=self.eccentricities,
            timing=self.timing,
            zone=zone,
            periods=(self.minimum_period_days, self.maximum_period_days),
            radii=(self.minimum_radius_earth, self.maximum_radius_earth),
            magnitudes=(self.minimum_magnitude_difference, self.maximum_magnitude_difference),
        )
