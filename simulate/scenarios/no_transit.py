"""Nothing transits: variability and systematics of a real light curve, found by the search."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.errors import BadParameter
from exoval.system import Source, System
from simulate.observation import Observation
from simulate.transform import AS_IS, INVERTED, SCRAMBLED


@dataclass(frozen=True)
class NoTransit:
    """A constant source; the host is searched as it is, inverted or with segments scrambled."""

    transforms: tuple[str, ...] = (AS_IS, INVERTED)

    def __post_init__(self) -> None:
        unknown = set(self.transforms) - {AS_IS, INVERTED, SCRAMBLED}
        if unknown or not self.transforms:
            raise BadParameter(
                f"no_transit transforms {list(self.transforms)}: use one or more of "
                f"{AS_IS}, {INVERTED}, {SCRAMBLED}"
            )

    def draw(self, rng: np.random.Generator, observation: Observation) -> System:
        """One constant source and which transform the host light curve gets."""
        transform = self.transforms[int(rng.integers(len(self.transforms)))]
        return System("no_transit", (Source(1.0),), truth={"transform": transform})
