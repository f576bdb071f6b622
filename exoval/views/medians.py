"""Views by medians in overlapping bins, as published for TESS full-frame images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.detrend.detrend import Detrend
from exoval.errors import BadParameter
from exoval.folded.folded_event import FoldedEvent
from exoval.views.layout import ViewLayout

#: all phases and the event, as published for TESS full-frame images (Yu et al. 2019, AJ 158, 25)
COARSE = ViewLayout({"global": 201, "local": 61})
#: duration of a trapezoid over that of the best box, at most: a triangle's is 1.5, and the
#: trapezoid of a wave has no end
LONGEST = 1.5


@dataclass(frozen=True)
class MedianViews:
    """The whole period and the event in medians, 0 in the middle and -1 at the lowest bin.

    After Shallue & Vanderburg (2018, AJ 155, 94) with the numbers of Yu et al. (2019, AJ 158,
    25): bins of ``global_width`` times their spacing over the period, and of ``local_width``
    durations over ``reach`` durations to either side (``event_duration``). A bin
    without data gets the median of all. With ``detrend`` the light curve is flattened by it
    without the event being hidden, as in a pipeline that knows no event yet; without, it is taken
    as it was measured.

    Raises BadParameter unless widths and reach are positive.
    """

    layout: ClassVar[ViewLayout] = COARSE
    global_width: float = 1.2
    local_width: float = 0.16
    reach: float = 2.0
    detrend: Detrend | None = None

    def __post_init__(self) -> None:
        if not min(self.global_width, self.local_width, self.reach) > 0:
            raise BadParameter(
                f"global_width={self.global_width}, local_width={self.local_width},"
                f" reach={self.reach} must all be positive"
            )

    def __call__(self, folded: FoldedEvent) -> tuple[np.ndarray, np.ndarray]:
        """Views, float32 (length,), and their empty bins, int16 (stretches,)."""
        time, flux = self._fold(folded)
        fit = folded.trapezoid
        period = folded.period
        duration = float(
            event_duration(trapezoid=fit.duration if fit else np.nan, box=folded.duration)
        )
        half = {"global": 0.5 * period, "local": min(0.5 * period, self.reach * duration)}
        width = {
            "global": self.global_width * period / self.layout.bins["global"],
            "local": self.local_width * duration,
        }
        parts = [
            bin_medians(time, flux, half_window=half[name], width=width[name], bins=bins)
            for name, bins in self.layout.bins.items()
        ]
        values = np.concatenate([standing_on_minus_one(part) for part, _ in parts])
        return values.astype(np.float32), np.array([lost for _, lost in parts], dtype=np.int16)

    def _fold(self, folded: FoldedEvent) -> tuple[np.ndarray, np.ndarray]:
        """Days from mid-event in ascending order, and flux."""
        curve = folded.light_curve
        if self.detrend is not None and folded.undetrended is not None:
            curve = self.detrend(folded.undetrended)
        cycle = (curve.time - folded.event.ephemeris.epoch) / folded.period
        time = (cycle - np.floor(cycle + 0.5)) * folded.period
        order = np.argsort(time, kind="stable")
        return time[order], curve.flux[order]


def event_duration(*, trapezoid: np.ndarray | float, box: np.ndarray | float) -> np.ndarray:
    """First to fourth contact of the trapezoid, but no more than LONGEST times the box.

    Where no trapezoid could be fitted (NaN) the box is what there is. Any unit.
    """
    return np.where(np.isnan(trapezoid), box, np.minimum(trapezoid, LONGEST * np.asarray(box)))


def bin_medians(
    time: np.ndarray, flux: np.ndarray, *, half_window: float, width: float, bins: int
) -> tuple[np.ndarray, int]:
    """Medians in ``bins`` bins of some width, evenly over the window, and how many are empty.

    ``time`` ascends and is 0 at mid-event. Bins wider than their spacing overlap.
    """
    first = np.linspace(-half_window, max(half_window - width, -half_window), bins)
    starts = np.searchsorted(time, first)
    stops = np.searchsorted(time, first + width)
    medians = np.full(bins, np.median(flux))
    for place in np.flatnonzero(stops > starts):
        medians[place] = np.median(flux[starts[place] : stops[place]])
    return medians, int(np.sum(stops == starts))


def standing_on_minus_one(values: np.ndarray) -> np.ndarray:
    """Shifted and stretched to a median of 0 and a lowest value of -1; 0 if all are equal."""
    level = values - np.median(values)
    return level / (-level.min() if level.min() < 0 else 1.0)
