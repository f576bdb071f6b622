"""The folded event in fifty bins: the input of the map of transit shapes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.features.reason import CODES, Reason
from exoval.folded.fixed_bins import fill_gaps, mean_in_bins
from exoval.folded.folded_event import FoldedEvent
from exoval.table.column import Column

#: start of the columns' names, before the number
PREFIX = "shape_bin_"
BINS = 50
#: durations of the transit to either side of its middle
REACH = 1.5


@dataclass(frozen=True)
class ShapeBins:
    """Dip over the trapezoid's depth, in bins out to 1.5 transit durations on either side.

    These are the input of exoval.models.transit_shape_map; no classifier sees them directly.
    """

    columns: tuple[Column, ...] = (
        *(
            Column(f"{PREFIX}{i:02d}", "", f"dip over depth in bin {i} of the folded event")
            for i in range(BINS)
        ),
        Column("shape_bins_missing", "", "share of the bins that lack data and are interpolated"),
        Column("shape_bins_reason", "", f"why the bins are missing: {CODES}"),
    )

    def __call__(self, folded: FoldedEvent) -> dict[str, float]:
        """The columns; only the reason without a fitted trapezoid to centre on."""
        fit = folded.trapezoid
        if fit is None:
            return {"shape_bins_reason": Reason.TOO_FEW_CADENCES}
        if not fit.depth > 0:
            return {"shape_bins_reason": Reason.NO_DIP}
        time = folded.time_from_mid - fit.offset
        values, filled = mean_in_bins(
            time, folded.dip, folded.weight, half_window=REACH * fit.duration, bins=BINS
        )
        if not filled.any():
            return {"shape_bins_reason": Reason.TOO_FEW_CADENCES}
        scaled = (fill_gaps(values, filled) - fit.level) / fit.depth
        return {f"{PREFIX}{i:02d}": value for i, value in enumerate(scaled.tolist())} | {
            "shape_bins_missing": float(np.mean(~filled)),
            "shape_bins_reason": Reason.MEASURED,
        }
