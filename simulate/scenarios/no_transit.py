"""No transit: variability or systematics of the host light curve that the search finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.errors import BadParameter
from exoval.labels import LabelMeaning
from exoval.system import Source, System
from simulate.observation import Observation
from simulate.transform import AS_IS, INVERTED, OF_SEVERAL_SEGMENTS, TRANSFORMS


@dataclass(frozen=True)
class NoTransit:
    """A constant source; the host is searched after one of the ``transforms``.

    These are ``as_is``, ``inverted``, ``scrambled`` segments, ``inverted_scrambled``, a ``part`` of
    it, noise ``made_up`` by the mission's processes at its cadences, and ``disturbed`` by the
    instrument (``simulate.transform``). A sequence draws them alike, a mapping by its weights. A
    host with one segment cannot be scrambled and gets one of the other transforms. Raises
    BadParameter for an unknown transform, and for negative weights or none.
    """

    meaning: ClassVar[LabelMeaning] = LabelMeaning(
        short="NTT",
        description="variability or systematics, nothing transits",
        transits="nothing",
        counts_as_planet=False,
        on_target=False,
    )
    transforms: Sequence[str] | Mapping[str, float] = (AS_IS, INVERTED)

    def __post_init__(self) -> None:
        unknown = set(self.transforms) - set(TRANSFORMS)
        if unknown or not self.transforms:
            raise BadParameter(
                f"no_transit has transforms={list(self.transforms)}; give one or more of "
                f"{', '.join(TRANSFORMS)}"
            )
        weights = self._weights(list(self.transforms))
        if not (np.all(weights >= 0) and weights.sum() > 0):
            raise BadParameter(
                f"no_transit has transforms={dict(self.transforms)}; give weights of 0 or more, "
                "and at least one above"
            )

    def draw(self, rng: np.random.Generator, observation: Observation) -> System:
        """One constant source, and the transform of the host light curve.

        Raises BadParameter if the only transform is scrambling and the host has one segment.
        """
        possible = [
            transform
            for transform in self.transforms
            if self._weights([transform])[0] > 0
            and (transform not in OF_SEVERAL_SEGMENTS or observation.segments > 1)
        ]
        if not possible:
            raise BadParameter(
                "a light curve of one segment cannot be scrambled; set "
                "host.segments_per_light_curve to 2 or more"
            )
        weights = self._weights(possible)
        if np.ptp(weights) > 0:
            transform = possible[int(rng.choice(len(possible), p=weights / weights.sum()))]
        else:
            transform = possible[int(rng.integers(len(possible)))]
        return System(
            scenario="no_transit",
            sources=(Source(flux_fraction=1.0),),
            truth={"transform": transform},
        )

    def _weights(self, names: Sequence[str]) -> np.ndarray:
        if not isinstance(self.transforms, Mapping):
            return np.ones(len(names))
        return np.array([self.transforms[name] for name in names], dtype=float)
