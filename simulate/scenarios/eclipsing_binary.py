"""The target is itself an eclipsing binary."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.physics.limb_darkening import quadratic_limb_darkening
from exoval.system import Source, System
from simulate.observation import Observation
from simulate.scenarios.binary_orbit import draw_binary


@dataclass(frozen=True)
class EclipsingBinary:
    """The target with an eclipsing stellar companion; the target is the heavier star."""

    minimum_period_days: float
    maximum_period_days: float

    def draw(self, rng: np.random.Generator, observation: Observation) -> System:
        """One source with a stellar orbit."""
        star = observation.star
        drawn = draw_binary(rng, observation, star,
                            (self.minimum_period_days, self.maximum_period_days))
        source = Source(1.0, orbit=drawn.orbit, limb_darkening=quadratic_limb_darkening(
            star.teff, star.logg, observation.band))
        return System("eclipsing_binary", (source,), drawn.truth, drawn.log_prior,
                      drawn.log_proposal)
