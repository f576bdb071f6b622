"""A resolved triple star near the target whose eclipses leak into its aperture."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from exoval.labels import LabelMeaning
from exoval.physics.aperture_leak import ApertureLeak
from exoval.populations.binary_population import BinaryPopulation
from exoval.populations.multiplicity import Multiplicity
from exoval.system import System
from simulate.draws.binary_orbit import DEEPEST_ECLIPSE, deepest_eclipse
from simulate.draws.bound_pair import draw_bound_pair
from simulate.draws.field_star import Field, SkyZone, draw_field_star
from simulate.draws.star_source import star_source
from simulate.observation import Observation


@dataclass(frozen=True, kw_only=True)
class NearbyHierarchical:
    """The target and a neighbour with a fainter eclipsing pair bound to it.

    The drawn magnitude is that of the neighbour's brightest star, without the pair.
    """

    meaning: ClassVar[LabelMeaning] = LabelMeaning(
        short="NHEB",
        description="hierarchical binary on a resolved neighbour",
        transits="star",
        counts_as_planet=False,
        on_target=False,
    )
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
        """Three sources: the pair and the neighbour at one position, and the target."""
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
            field_stars=self.field,
            zone=zone,
            magnitudes=(self.minimum_magnitude_difference, self.maximum_magnitude_difference),
            deepest_dip=0.5 * DEEPEST_ECLIPSE,
            shortest_period=periods[0],
        )
        pair = draw_bound_pair(
            rng,
            observation,
            neighbour.star,
            multiplicity=self.multiplicity,
            binaries=self.binaries,
            resolved_beyond_arcsec=self.resolved_beyond_arcsec,
            periods=periods,
            deepest_dip=deepest_eclipse,
            dilution=neighbour.share,
        )
        of_target = neighbour.share / (1 - neighbour.share)
        light = np.array([of_target * pair.brightness, of_target, 1.0])
        shares = light / light.sum()
        sources = (
            star_source(
                pair.star, shares[0], band=band, orbit=pair.orbit, offset_arcsec=neighbour.offset
            ),
            star_source(
                neighbour.star, shares[1], band=band, orbit=None, offset_arcsec=neighbour.offset
            ),
            star_source(observation.star, shares[2], band=band),
        )
        stars = neighbour.log_prior + pair.truth["log_eligible_stars"]
        return System(
            scenario="nearby_hierarchical",
            sources=sources,
            truth=neighbour.truth | pair.truth | {"log_eligible_stars": stars},
            log_prior=neighbour.log_prior + pair.log_prior,
            log_proposal=neighbour.log_proposal + pair.log_proposal,
        )
