"""Fixed-length views of an event: the folded light curve in bins, the input of networks.

A row holds five views, all in units of the event's depth: 0 outside the event and -1 at its
floor. Rows are stored beside the feature table in an array that can be mapped into memory, so
that a shuffled batch costs a few page reads.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numba import njit

from exoval.folded.fixed_bins import fill_gaps
from exoval.folded.folded_event import FoldedEvent
from exoval.views.layout import ViewLayout

#: all phases; two durations to either side of the event, of the strongest other dip, of the odd
#: events and of the even ones
FINE = ViewLayout({"global": 2001, "local": 201, "secondary": 201, "odd": 201, "even": 201})
BINS, SLICES, LENGTH = FINE.bins, FINE.slices, FINE.length
#: durations of the transit to either side of the middle of all but the global view
REACH = 2.0


class FineViews:
    """The form of views that ``event_views`` makes: five views in units of the event's depth."""

    layout: ClassVar[ViewLayout] = FINE

    def __call__(self, folded: FoldedEvent) -> tuple[np.ndarray, np.ndarray]:
        """The views and their counts of empty bins."""
        return event_views(folded)


def event_views(folded: FoldedEvent) -> tuple[np.ndarray, np.ndarray]:
    """The views of one event, float32 (LENGTH,), and their counts of empty bins, int16 (views,)."""
    fit = folded.trapezoid
    duration, offset = (fit.duration, fit.offset) if fit else (folded.duration, 0.0)
    second = folded.scan.second
    away = np.nan if second is None else float(folded.scan.time_from_mid[second])
    half_window = min(REACH * duration, 0.5 * folded.period)
    total, lost = np.zeros(LENGTH), np.zeros(LENGTH)
    _add(
        folded.time_from_mid,
        folded.event_number,
        folded.dip,
        folded.weight,
        folded.period,
        half_window,
        offset,
        away,
        total,
        lost,
    )
    filled = total > 0
    level = fit.level if fit else 0.0
    flux = (level - lost / np.where(filled, total, 1.0)) / _scale(folded)
    values = np.full(LENGTH, np.nan, dtype=np.float32)
    missing = np.zeros(len(SLICES), dtype=np.int16)
    for number, part in enumerate(SLICES.values()):
        missing[number] = np.sum(~filled[part])
        if filled[part].any():
            values[part] = fill_gaps(flux[part], filled[part])
    return values, missing


def _scale(folded: FoldedEvent) -> float:
    """The depth that is scaled to 1; the scatter of cadences if the event is not a dip."""
    fit = folded.trapezoid
    if fit is not None and fit.depth > 0:
        return fit.depth
    return float(np.median(folded.weight) ** -0.5)


@njit(cache=True, error_model="numpy")
def _add(
    time_from_mid: np.ndarray,
    event_number: np.ndarray,
    dip: np.ndarray,
    weight: np.ndarray,
    period: float,
    half_window: float,
    offset: float,
    away: float,
    total: np.ndarray,
    lost: np.ndarray,
) -> None:
    """Add every cadence to the bins of the views that it is in."""
    wide, narrow = 2001, 201
    for i in range(time_from_mid.size):
        time, own = time_from_mid[i], weight[i]
        j = min(max(int((time / period + 0.5) * wide), 0), wide - 1)
        total[j] += own
        lost[j] += own * dip[i]
        near = time - offset
        if abs(near) < half_window:
            place = min(int((near / half_window + 1) * 0.5 * narrow), narrow - 1)
            parity = 2 * narrow if event_number[i] % 2 == 1 else 3 * narrow
            for j in (wide + place, wide + parity + place):
                total[j] += own
                lost[j] += own * dip[i]
        near = time - away
        near -= period * np.floor(near / period + 0.5)
        if abs(near) < half_window:
            j = wide + narrow + min(int((near / half_window + 1) * 0.5 * narrow), narrow - 1)
            total[j] += own
            lost[j] += own * dip[i]
