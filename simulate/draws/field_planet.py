"""The target and a star of the field with a planet, for background and nearby planets."""

from __future__ import annotations

import numpy as np

from exoval.populations.eccentricity import BetaEccentricity
from exoval.populations.transit_timing import TransitTiming
from exoval.system import System
from simulate.draws.field_star import Field, SkyZone, draw_field_star
from simulate.draws.planet_orbit import PlanetOccurrence, deepest_transit, draw_planet
from simulate.draws.star_source import star_source
from simulate.observation import Observation

#: radius of the smallest field star, solar, for which every visible transit is drawn
SMALLEST_HOST = 0.5


def draw_field_planet(
    rng: np.random.Generator,
    observation: Observation,
    *,
    scenario: str,
    field: Field,
    occurrence: PlanetOccurrence,
    eccentricities: BetaEccentricity,
    timing: TransitTiming | None,
    zone: SkyZone,
    periods: tuple[float, float],
    radii: tuple[float, float],
    magnitudes: tuple[float, float],
) -> System:
    """Two sources: the planet's star at a random position in the zone, and the constant target."""
    host = draw_field_star(
        rng,
        observation,
        field_stars=field,
        zone=zone,
        magnitudes=magnitudes,
        deepest_dip=deepest_transit(planet_radius=radii[1], host_radius=SMALLEST_HOST),
        shortest_period=periods[0],
    )
    drawn = draw_planet(
        rng,
        observation,
        host.star,
        occurrence=occurrence,
        eccentricities=eccentricities,
        periods=periods,
        radii=radii,
        host_share=host.share,
        timing=timing,
    )
    sources = (
        star_source(
            host.star,
            host.share,
            band=observation.band,
            orbit=drawn.orbit,
            offset_arcsec=host.offset,
        ),
        star_source(observation.star, 1 - host.share, band=observation.band),
    )
    return System(
        scenario=scenario,
        sources=sources,
        truth=host.truth | drawn.truth,
        log_prior=host.log_prior + drawn.log_prior,
        log_proposal=host.log_proposal + drawn.log_proposal,
    )
