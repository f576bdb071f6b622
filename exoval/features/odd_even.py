"""Are the odd events as deep as the even ones?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.feature_table import Column
from exoval.features.folded_event import FoldedEvent
from exoval.features.strength import single_event_depths


@dataclass(frozen=True)
class OddEvenFeatures:
    """Difference of the mean odd and even depth: an eclipsing binary at half its period."""

    columns: ClassVar[tuple[Column, ...]] = (
        Column("odd_even_sigma", "sigma", "depth difference over its error, scaled up by the "
               "scatter of single events", "koi_bin_oedp_sig"),
        Column("odd_even_ratio", "", "depth difference over the mean depth"),
    )

    def __call__(self, folded: FoldedEvent) -> dict[str, float]:
        """The columns; NaN unless both parities have data."""
        odd = folded.event_number % 2 == 1
        (depth_odd, error_odd), (depth_even, error_even) = (
            folded.box_depth(folded.inside & parity) for parity in (odd, ~odd)
        )
        mean, _ = folded.box_depth(folded.inside)
        difference = abs(depth_odd - depth_even)
        error = np.hypot(error_odd, error_even) * _excess_scatter(folded)
        return {
            "odd_even_sigma": difference / error,
            "odd_even_ratio": difference / mean if mean > 0 else np.nan,
        }


def _excess_scatter(folded: FoldedEvent) -> float:
    """Scatter of single-event depths about their own parity's mean, in errors; at least 1."""
    depths, errors = single_event_depths(folded)
    if len(depths) < 4:
        return 1.0
    pulls = [(depths[p::2] - np.median(depths[p::2])) / errors[p::2] for p in (0, 1)]
    return max(1.0, float(1.4826 * np.median(np.abs(np.concatenate(pulls)))))
