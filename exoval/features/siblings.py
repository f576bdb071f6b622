"""How an event relates to the other events of its star."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.folded.folded_event import FoldedEvent
from exoval.siblings import COLUMNS
from exoval.table.column import Column


@dataclass(frozen=True)
class SiblingFeatures:
    """The numbers of ``exoval.siblings``, where the star was searched for further events."""

    columns: ClassVar[tuple[Column, ...]] = COLUMNS
    #: measured only by a recipe that searches for several events of a star
    needs_several_events: ClassVar[bool] = True

    def __call__(self, folded: FoldedEvent) -> dict[str, float]:
        """The columns; NaN where the star was searched once."""
        if folded.siblings is None:
            return dict.fromkeys((column.name for column in COLUMNS), np.nan)
        return dict(folded.siblings)
