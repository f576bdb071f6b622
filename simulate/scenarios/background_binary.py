"""An unrelated eclipsing binary near the line of sight to the target, unresolved from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.labels import LabelMeaning
from exoval.populations.binary_population import BinaryPopulation
from exoval.system import System
from simulate.draws.field_binary import draw_field_binary
from simulate.draws.field_star import Field, SkyZone
from simulate.observation import Observation


@dataclass(frozen=True, kw_only=True)
class BackgroundBinary:
    """The constant target and an eclipsing pair of the field within the blend radius.

    The pair is fainter than the target by up to ``maximum_magnitude_difference``; the limit is
    smaller where even a total eclipse of a fainter pair would be undetectable.
    """

    meaning: ClassVar[LabelMeaning] = LabelMeaning(
        short="BEB",
        description="unresolved background eclipsing binary",
        transits="star",
        counts_as_planet=False,
        on_target=False,
    )
    field: Field
    binaries: BinaryPopulation
    minimum_period_days: float
    maximum_period_days: float
    maximum_magnitude_difference: float = 9.0

    def draw(self, rng: np.random.Generator, observation: Observation) -> System:
        """Two sources: the pair at a random position in the blend disc, and the target."""
        return draw_field_binary(
            rng,
            observation,
            scenario="background_binary",
            field=self.field,
            binaries=self.binaries,
            zone=SkyZone(0.0, observation.blend_radius_arcsec),
            periods=(self.minimum_period_days, self.maximum_period_days),
            magnitudes=(0.0, self.maximum_magnitude_difference),
        )
