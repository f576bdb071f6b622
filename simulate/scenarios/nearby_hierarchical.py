"""A triple star seen beside the target, whose eclipses leak into its aperture."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from exoval.physics.aperture_leak import ApertureLeak
from exoval.populations.binary_population import BinaryPopulation
from exoval.populations.multiplicity import Multiplicity
from exoval.system import System
from simulate.draws.binary_orbit import DEEPEST_ECLIPSE, deepest_eclipse
from simulate.draws.bound_pair import draw_bound_pair
from simulate.draws.field_star import Field, SkyZone, draw_field_star
from simulate.draws.star_source import star_source
from simulate.observation import Observation


@dataclass(frozen=True)
class NearbyHierarchical:
    """The target and a neighbour with a fainter eclipsing pair bound to it.

    The drawn magnitude is that of the neighbour's brightest star; the pair adds to it.
    """

    field: Field
    binaries: BinaryPopulation
    multiplicity: Multiplicity
    minimum_period_days: float
    maximum_period_days: float
    pixel_scale_arcsec: float
    reach_pixels: float = 6.0
    minimum_magnitude_difference: float = -3.0
    maximum_magnitude_difference: float = 9.0
    resolved_beyond_arcsec: float = 1.0
    leak: ApertureLeak = field(default_factory=ApertureLeak)

    def draw(self, rng: np.random.Generator, observation: Observation) -> System:
        """Three sources: the pair and the neighbour at one place, and the target."""
        band = observation.band
        periods = (self.minimum_period_days, self.maximum_period_days)
        zone = SkyZone(
            observation.blend_radius_arcsec,
            self.reach_pixels * self.pixel_scale_arcsec,
            self.leak,
            self.pixel_scale_arcsec,
        )
        neighbour = draw_field_star(
            rng,
            observation,
            self.field,
            zone,
            (self.minimum_magnitude_difference, self.maximum_magnitude_difference),
            0.5 * DEEPEST_ECLIPSE,
            periods[0],
        )
        pair = draw_bound_pair(
            rng,
            observation,
            neighbour.star,
            self.multiplicity,
            self.binaries,
            self.resolved_beyond_arcsec,
            periods,
            deepest_eclipse,
            neighbour.share,
        )
        of_target = neighbour.share / (1 - neighbour.share)
        light = np.array([of_target * pair.brightness, of_target, 1.0])
        shares = light / light.sum()
        sources = (
            star_source(pair.star, shares[0], band, pair.orbit, neighbour.offset),
            star_source(neighbour.star, shares[1], band, None, neighbour.offset),
            star_source(observation.star, shares[2], band),
        )
        stars = neighbour.log_prior + pair.truth["log_eligible_stars"]
        return System(
            "nearby_hierarchical",
            sources,
            neighbour.truth | pair.truth | {"log_eligible_stars": stars},
            neighbour.log_prior + pair.log_prior,
            neighbour.log_proposal + pair.log_proposal,
        )
