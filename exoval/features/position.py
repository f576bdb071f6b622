"""Does the light move when the event happens?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.detrend.point_scatter import point_scatter
from exoval.feature_table import Column
from exoval.features.folded_event import FoldedEvent


@dataclass(frozen=True)
class PositionFeatures:
    """Shift of the flux-weighted centroid in the event against just before and after it.

    ``shoulder`` durations (full width) around each event serve as its baseline.
    """

    shoulder: float = 4.0
    columns: ClassVar[tuple[Column, ...]] = (
        Column("centroid_shift", "millipixel", "centroid in the event minus beside it",
               "tce_fwm_sdeco"),
        Column("centroid_sigma", "sigma", "that shift over its error", "koi_fwm_stat_sig"),
        Column("source_offset", "pixel", "centroid shift over depth: how far from the centroid "
               "the dimming source lies", "koi_dikco_msky"),
        Column("crowding", "", "target's share of the light in the aperture"),
    )

    def __call__(self, folded: FoldedEvent) -> dict[str, float]:
        """The columns; NaN where the light curve has no centroids."""
        curve = folded.light_curve
        crowding = [segment.crowding for segment in curve.segments]
        row = {"crowding": float(np.nanmean(crowding)) if np.isfinite(crowding).any() else np.nan}
        moved = [self._shift(folded, axis) for axis in (curve.centroid_column, curve.centroid_row)]
        if not np.isfinite(moved).all():
            return row
        (column, column_error), (line, line_error) = moved
        shift = np.hypot(column, line)
        depth, _ = folded.box_depth(folded.inside)
        return row | {
            "centroid_shift": 1000 * shift,
            "centroid_sigma": np.hypot(column / column_error, line / line_error),
            "source_offset": shift / depth if depth > 0 else np.nan,
        }

    def _shift(self, folded: FoldedEvent, centroid: np.ndarray) -> tuple[float, float]:
        """Mean over events of (inside minus beside), pixels, and its error from their scatter."""
        near = np.abs(folded.time_from_mid) < 0.5 * self.shoulder * folded.duration
        good = np.isfinite(centroid) & near & (folded.inside | folded.clear)
        numbers, which = np.unique(folded.event_number[good], return_inverse=True)
        inside = folded.inside[good]
        counts = [np.bincount(which[side], minlength=len(numbers)) for side in (inside, ~inside)]
        usable = (counts[0] >= 2) & (counts[1] >= 2)
        if usable.sum() < 2:
            return float("nan"), float("nan")
        # medians are taken about a local level first: the pointing drifts by far more than events
        sums = [np.bincount(which[side], centroid[good][side], len(numbers))[usable] / n[usable]
                for side, n in zip((inside, ~inside), counts)]
        shifts = sums[0] - sums[1]
        weight = 1 / (1 / counts[0][usable] + 1 / counts[1][usable])
        shift = float(np.average(shifts, weights=weight))
        white = point_scatter(centroid) / np.sqrt(weight.sum())
        scatter = 1.4826 * np.median(np.abs(shifts - np.median(shifts))) / np.sqrt(len(shifts))
        return shift, max(white, float(scatter), 1e-12)
