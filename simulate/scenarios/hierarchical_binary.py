"""An eclipsing pair bound to the target: an unresolved triple star."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.labels import LabelMeaning
from exoval.populations.binary_population import BinaryPopulation
from exoval.populations.multiplicity import Multiplicity
from exoval.system import System
from simulate.draws.binary_orbit import deepest_eclipse
from simulate.draws.bound_pair import draw_bound_pair
from simulate.draws.star_source import star_source
from simulate.observation import Observation


@dataclass(frozen=True, kw_only=True)
class HierarchicalBinary:
    """The constant target and a fainter, bound pair that eclipses.

    A companion of the target is a close pair as often as any star of its mass.
    """

    meaning: ClassVar[LabelMeaning] = LabelMeaning(
        short="HEB",
        description="eclipsing pair bound to the target",
        transits="star",
        counts_as_planet=False,
        on_target=True,
    )
    binaries: BinaryPopulation
    multiplicity: Multiplicity
    minimum_period_days: float
    maximum_period_days: float
    resolved_beyond_arcsec: float = 1.0

    def draw(self, rng: np.random.Generator, observation: Observation) -> System:
        """Two sources at one position: the pair and the target."""
        periods = (self.minimum_period_days, self.maximum_period_days)
        pair = draw_bound_pair(
            rng,
            observation,
            observation.star,
            multiplicity=self.multiplicity,
            binaries=self.binaries,
            resolved_beyond_arcsec=self.resolved_beyond_arcsec,
            periods=periods,
            deepest_dip=deepest_eclipse,
        )
        share = pair.brightness / (1 + pair.brightness)
        sources = (
            star_source(pair.star, share, band=observation.band, orbit=pair.orbit),
            star_source(observation.star, 1 - share, band=observation.band),
        )
        return System(
            scenario="hierarchical_binary",
            sources=sources,
            truth=pair.truth,
            log_prior=pair.log_prior,
            log_proposal=pair.log_proposal,
        )
