"""Does the centroid move during the event?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.detrend.point_scatter import point_scatter
from exoval.features.reason import CODES, Reason
from exoval.folded.folded_event import FoldedEvent
from exoval.noise.robust_scatter import robust_scatter
from exoval.table.column import Column

#: fewest cadences in the event and beside it for an event to count
FEWEST_CADENCES = 2


@dataclass(frozen=True)
class PositionFeatures:
    """Shift of the flux-weighted centroid between the event and its surroundings.

    The baseline is ``shoulder`` durations (full width) around each event. Shift and depth give
    the offset of the dimmed source, as in Bryson et al. 2013 (PASP 125, 889).
    """

    shoulder: float = 4.0
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "centroid_shift", "millipixel", "centroid in the event minus beside it", "tce_fwm_sdeco"
        ),
        Column("centroid_sigma", "sigma", "centroid shift over its error", "koi_fwm_stat_sig"),
        Column("centroid_column_sigma", "sigma", "signed shift along columns over its error"),
        Column("centroid_row_sigma", "sigma", "signed shift along rows over its error"),
        Column(
            "source_offset",
            "pixel",
            "distance of the dimmed source from the centroid",
            "koi_dikco_msky",
        ),
        Column("source_offset_error", "pixel", "error of the source's distance"),
        Column("crowding", "", "target's share of the light in the aperture"),
        Column("position_reason", "", f"why columns are missing: {CODES}"),
    )

    def __call__(self, folded: FoldedEvent) -> dict[str, float]:
        """The columns; NaN where the light curve has no centroids."""
        curve = folded.light_curve
        shares = [s.crowding for s in curve.segments if math.isfinite(s.crowding)]
        crowding = float(np.mean(shares)) if shares else math.nan
        axes = (curve.centroid_column, curve.centroid_row)
        if not all(np.isfinite(axis).any() for axis in axes):
            return {"crowding": crowding, "position_reason": Reason.NO_CENTROID}
        moved = [self._shift(folded, axis) for axis in axes]
        if not np.isfinite(moved).all():
            return {"crowding": crowding, "position_reason": Reason.TOO_FEW_CADENCES}
        (column, column_error), (line, line_error) = moved
        pulls = column / column_error, line / line_error
        row = {
            "crowding": crowding,
            "centroid_shift": 1000 * np.hypot(column, line),
            "centroid_sigma": np.hypot(*pulls),
            "centroid_column_sigma": pulls[0],
            "centroid_row_sigma": pulls[1],
        }
        depth = folded.depth[0]
        # the aperture's light dims by less than the flux corrected for crowding
        if curve.flux_is_decrowded and math.isfinite(crowding):
            depth *= crowding
        if not depth > 0:
            return row | {"position_reason": Reason.NO_DIP}
        lever = (1 - depth) / depth
        return row | {
            "source_offset": np.hypot(column, line) * lever,
            "source_offset_error": np.hypot(column_error, line_error) * lever,
            "position_reason": Reason.MEASURED,
        }

    def _shift(self, folded: FoldedEvent, centroid: np.ndarray) -> tuple[float, float]:
        """Mean over events of (inside minus beside), pixels, and its error from their scatter."""
        near = np.abs(folded.time_from_mid) < 0.5 * self.shoulder * folded.duration
        good = np.flatnonzero(near & (folded.inside | folded.clear))
        good = good[np.isfinite(centroid[good])]
        if len(good) == 0:
            return math.nan, math.nan
        which = folded.event_number[good] - folded.event_number[good[0]]
        inside = folded.inside[good]
        events = int(which[-1]) + 1
        sides = (inside, ~inside)
        counts = [np.bincount(which[side], minlength=events) for side in sides]
        usable = (counts[0] >= FEWEST_CADENCES) & (counts[1] >= FEWEST_CADENCES)
        if usable.sum() < 2:
            return math.nan, math.nan
        # each event against its own surroundings: the pointing drifts by more than events shift it
        about = centroid[good] - centroid[good[0]]
        means = [
            np.bincount(which[side], about[side], events)[usable] / count[usable]
            for side, count in zip(sides, counts)
        ]
        shifts = means[0] - means[1]
        weight = 1 / (1 / counts[0][usable] + 1 / counts[1][usable])
        shift = float(np.average(shifts, weights=weight))
        white = point_scatter(centroid) / np.sqrt(weight.sum())
        scatter = robust_scatter(shifts) / np.sqrt(len(shifts))
        return shift, max(white, float(scatter), 1e-12)
