"""Period and duration of the event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from exoval.folded.folded_event import FoldedEvent
from exoval.table.column import Column


@dataclass(frozen=True)
class EphemerisFeatures:
    """Period and duration of the refined box."""

    columns: ClassVar[tuple[Column, ...]] = (
        Column("period", "d", "orbital period", "koi_period", needs_period=True),
        Column("duration", "h", "full duration of the best box", "koi_duration"),
        Column(
            "duration_over_period", "", "duration over period, the duty cycle", needs_period=True
        ),
    )

    def __call__(self, folded: FoldedEvent) -> dict[str, float]:
        """The three columns; without a known period ``measure_folded`` keeps the duration."""
        return {
            "period": folded.period,
            "duration": 24 * folded.duration,
            "duration_over_period": folded.duration / folded.period,
        }
