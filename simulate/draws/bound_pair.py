"""Draw a close eclipsing pair bound to a given star, for both hierarchical scenarios."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from exoval.physics.eclipse_flux import companion_share
from exoval.populations.binary_population import BinaryPopulation
from exoval.populations.multiplicity import Multiplicity
from exoval.star import Star
from exoval.system import Orbit
from simulate.draws.binary_orbit import draw_binary
from simulate.draws.bound_companion import draw_companion
from simulate.observation import Observation


@dataclass(frozen=True, kw_only=True)
class BoundPair:
    """The more massive star of a pair, its orbit, and both stars' light over the third star's."""

    star: Star
    orbit: Orbit
    brightness: float
    truth: dict[str, float]
    log_prior: float
    log_proposal: float


def draw_bound_pair(
    rng: np.random.Generator,
    observation: Observation,
    primary: Star,
    *,
    multiplicity: Multiplicity,
    binaries: BinaryPopulation,
    resolved_beyond_arcsec: float,
    periods: tuple[float, float],
    deepest_dip: Callable[[float], float],
    dilution: float = 1.0,
) -> BoundPair:
    """A companion of ``primary`` that is an eclipsing pair; arguments as in ``draw_companion``."""
    companion = draw_companion(
        rng,
        observation,
        primary,
        multiplicity=multiplicity,
        resolved_beyond_arcsec=resolved_beyond_arcsec,
        periods=periods,
        deepest_dip=deepest_dip,
        dilution=dilution,
    )
    drawn = draw_binary(rng, observation, companion.star, periods=periods, population=binaries)
    return BoundPair(
        star=companion.star,
        orbit=drawn.orbit,
        brightness=companion.brightness / (1 - companion_share(drawn.orbit)),
        truth=companion.truth | drawn.truth,
        log_prior=companion.log_prior + drawn.log_prior,
        log_proposal=companion.log_proposal + drawn.log_proposal,
    )
