"""No transit: variability or systematics of the host light curve that the search finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.errors import BadParameter
from exoval.labels import LabelMeaning
from exoval.system import Source, System
from simulate.observation import Observation
from simulate.transform import AS_IS, INVERTED, SCRAMBLED


@dataclass(frozen=True)
class NoTransit:
    """A constant source; the host is searched as it is, inverted, or with scrambled segments.

    A host with one segment cannot be scrambled and gets one of the other transforms.
    """

    meaning: ClassVar[LabelMeaning] = LabelMeaning(
        short="NTT",
        description="variability or systematics, nothing transits",
        transits="nothing",
        counts_as_planet=False,
        on_target=False,
    )
    transforms: tuple[str, ...] = (AS_IS, INVERTED)

    def __post_init__(self) -> None:
        unknown = set(self.transforms) - {AS_IS, INVERTED, SCRAMBLED}
        if unknown or not self.transforms:
            raise BadParameter(
                f"no_transit has transforms={list(self.transforms)}; give one or more of "
                f"{AS_IS}, {INVERTED}, {SCRAMBLED}"
            )

    def draw(self, rng: np.random.Generator, observation: Observation) -> System:
        """One constant source, and the transform of the host light curve.

        Raises BadParameter if the only transform is scrambling and the host has one segment.
        """
        possible = [
            transform
            for transform in self.transforms
            if transform != SCRAMBLED or observation.segments > 1
        ]
        if not possible:
            raise BadParameter(
                "a light curve of one segment cannot be scrambled; set "
                "host.segments_per_light_curve to 2 or more"
            )
        transform = possible[int(rng.integers(len(possible)))]
        return System(
            scenario="no_transit",
            sources=(Source(flux_fraction=1.0),),
            truth={"transform": transform},
        )
