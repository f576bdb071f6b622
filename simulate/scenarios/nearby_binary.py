"""A resolved eclipsing binary near the target whose light leaks into its aperture."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from exoval.labels import LabelMeaning
from exoval.physics.aperture_leak import ApertureLeak
from exoval.populations.binary_population import BinaryPopulation
from exoval.system import System
from simulate.draws.field_binary import draw_field_binary
from simulate.draws.field_star import Field, SkyZone
from simulate.observation import Observation


@dataclass(frozen=True, kw_only=True)
class NearbyBinary:
    """The constant target and an eclipsing pair between the blend radius and ``reach_pixels``.

    Only the share ``leak`` of its light reaches the aperture. A pipeline may have subtracted the
    constant part of it, but the dips remain.
    """

    meaning: ClassVar[LabelMeaning] = LabelMeaning(
        short="NEB",
        description="eclipsing binary on a resolved neighbour",
        transits="star",
        counts_as_planet=False,
        on_target=False,
    )
    field: Field
    binaries: BinaryPopulation
    minimum_period_days: float
    maximum_period_days: float
    pixel_scale_arcsec: float
    reach_pixels: float = 6.0
    minimum_magnitude_difference: float = -3.0
    maximum_magnitude_difference: float = 9.0
    leak: ApertureLeak = field(default_factory=ApertureLeak)

    def draw(self, rng: np.random.Generator, observation: Observation) -> System:
        """Two sources: the pair at a random position in the ring, and the target."""
        zone = SkyZone(
            observation.blend_radius_arcsec,
            self.reach_pixels * self.pixel_scale_arcsec,
            self.leak,
            self.pixel_scale_arcsec,
        )
        return draw_field_binary(
            rng,
            observation,
            scenario="nearby_binary",
            field=self.field,
            binaries=self.binaries,
            zone=zone,
            periods=(self.minimum_period_days, self.maximum_period_days),
            magnitudes=(self.minimum_magnitude_difference, self.maximum_magnitude_difference),
        )
