"""Whether an event has the ephemeris of an event of another star of the survey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.ephemeris_match import COLUMNS
from exoval.folded.folded_event import FoldedEvent
from exoval.table.column import Column


@dataclass(frozen=True)
class EphemerisMatchFeatures:
    """The numbers of ``exoval.ephemeris_match``, where there is a list of the survey's events."""

    columns: ClassVar[tuple[Column, ...]] = COLUMNS
    #: measured only by a recipe that compares events with those of a survey
    needs_survey_events: ClassVar[bool] = True

    def __call__(self, folded: FoldedEvent) -> dict[str, float]:
        """The columns; NaN where there is no list."""
        if folded.ephemeris_match is None:
            return dict.fromkeys((column.name for column in COLUMNS), np.nan)
        return dict(folded.ephemeris_match)
