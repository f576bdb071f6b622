"""The target is an eclipsing binary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.labels import LabelMeaning
from exoval.populations.binary_population import BinaryPopulation
from exoval.system import System
from simulate.draws.binary_orbit import draw_binary
from simulate.draws.star_source import star_source
from simulate.observation import Observation


@dataclass(frozen=True)
class EclipsingBinary:
    """The target with an eclipsing companion, a lighter star or a brown dwarf.

    ``brown_dwarf_share`` of the draws are brown dwarfs; weights correct for their rate in the
    population.
    """

    meaning: ClassVar[LabelMeaning] = LabelMeaning(
        short="EB",
        description="the target is an eclipsing binary",
        transits="star",
        counts_as_planet=False,
        on_target=True,
    )
    binaries: BinaryPopulation
    minimum_period_days: float
    maximum_period_days: float
    brown_dwarf_share: float = 0.1

    def draw(self, rng: np.random.Generator, observation: Observation) -> System:
        """One source with a stellar orbit."""
        star = observation.star
        drawn = draw_binary(
            rng,
            observation,
            star,
            periods=(self.minimum_period_days, self.maximum_period_days),
            population=self.binaries,
            brown_dwarf_share=self.brown_dwarf_share,
        )
        source = star_source(star, 1.0, band=observation.band, orbit=drawn.orbit)
        return System(
            scenario="eclipsing_binary",
            sources=(source,),
            truth=drawn.truth,
            log_prior=drawn.log_prior,
            log_proposal=drawn.log_proposal,
        )
