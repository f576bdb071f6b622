"""The target and an eclipsing pair of the field, for background and nearby binaries."""

from __future__ import annotations

import numpy as np

from exoval.populations.binary_population import BinaryPopulation
from exoval.system import System
from simulate.draws.binary_orbit import DEEPEST_ECLIPSE, draw_binary
from simulate.draws.field_star import Field, SkyZone, draw_field_star
from simulate.draws.star_source import star_source
from simulate.observation import Observation


def draw_field_binary(
    rng: np.random.Generator,
    observation: Observation,
    *,
    scenario: str,
    field: Field,
    binaries: BinaryPopulation,
    zone: SkyZone,
    periods: tuple[float, float],
    magnitudes: tuple[float, float],
) -> System:
    """Two sources: the pair at a random position in the zone, and the constant target."""
    pair = draw_field_star(
        rng,
        observation,
        field_stars=field,
        zone=zone,
        magnitudes=magnitudes,
        deepest_dip=DEEPEST_ECLIPSE,
        shortest_period=periods[0],
    )
    drawn = draw_binary(rng, observation, pair.star, periods=periods, population=binaries)
    sources = (
        star_source(
            pair.star,
            pair.share,
            band=observation.band,
            orbit=drawn.orbit,
            offset_arcsec=pair.offset,
        ),
        star_source(observation.star, 1 - pair.share, band=observation.band),
    )
    return System(
        scenario=scenario,
        sources=sources,
        truth=pair.truth | drawn.truth,
        log_prior=pair.log_prior + drawn.log_prior,
        log_proposal=pair.log_proposal + drawn.log_proposal,
    )
