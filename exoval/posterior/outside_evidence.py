"""Evidence about one event that its light curve does not hold: imaging, neighbours, the list."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from exoval.errors import BadParameter
from exoval.posterior.blended_stars import OFFSET_SCATTER, BlendedStars
from exoval.posterior.contrast_curve import ContrastCurve
from exoval.posterior.event_rates import NOTHING
from exoval.posterior.neighbours import Neighbours

#: names of the terms that this evidence adds
IMAGING, NEIGHBOURS, LISTED = "imaging", "neighbours", "listed"


@dataclass(frozen=True, kw_only=True)
class OutsideEvidence:
    """What is known of the surroundings of targets beside their light curves.

    ``curve`` is the contrast curve of the targets that are asked for; ``neighbours`` are lists of
    stars by target. None, and a target that is missing, change nothing. ``pixel_scale_arcsec``
    turns measured offsets into arcsec. ``alarms`` is the share of a search's false alarms that are
    in the list of the targets: a catalogue of candidates has left most of them out. Raises
    BadParameter for a share outside 0 to 1.
    """

    curve: ContrastCurve | None = None
    neighbours: Mapping[str, Neighbours] | None = None
    pixel_scale_arcsec: float = math.nan
    alarms: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.alarms <= 1:
            raise BadParameter(
                f"alarms is {self.alarms}; give the share of a search's false alarms that are in "
                "the list, above 0 and up to 1"
            )

    def terms(
        self,
        target: str,
        features: Mapping[str, float],
        *,
        classes: Sequence[str],
        blends: Mapping[str, BlendedStars],
    ) -> dict[str, np.ndarray]:
        """The factors of the posterior of every class, (classes,), by name; empty without any."""
        terms = {}
        if self.alarms < 1:
            terms[LISTED] = np.array([self.alarms if name == NOTHING else 1.0 for name in classes])
        if self.curve is not None:
            terms[IMAGING] = np.array(
                [blends[name].unseen(self.curve) if name in blends else 1.0 for name in classes]
            )
        if self.neighbours is not None and target in self.neighbours:
            known = self.neighbours[target]
            measured = {
                "depth": 1e-6 * features.get("depth", math.nan),
                "offset": self.pixel_scale_arcsec * features.get("source_offset", math.nan),
                "offset_error": self.pixel_scale_arcsec
                * math.hypot(features.get("source_offset_error", math.nan), OFFSET_SCATTER),
            }
            terms[NEIGHBOURS] = np.array(
                [
                    blends[name].by_neighbours(known, **measured) if name in blends else 1.0
                    for name in classes
                ]
            )
        return terms
