"""Cadences in equal steps of time, as a discrete transform needs them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: longest gap in cells: what lies beyond it is far from any data
LONGEST_GAP = 256


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Steps of ``step`` days; ``number`` is the cell of every cadence, shape (cadences,).

    ``count`` is the number of cells and ``full`` says which hold data, shape (count,). Gaps longer
    than ``LONGEST_GAP`` cells are shortened to that.
    """

    step: float
    number: np.ndarray
    count: int

    @property
    def full(self) -> np.ndarray:
        """Whether a cell holds a cadence, shape (count,)."""
        return np.bincount(self.number, minlength=self.count) > 0

    def mean(self, values: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Weighted mean of the cadences of each cell over its error, 0 in empty ones.

        ``values`` and ``weight`` (one over the squared error) have shape (cadences,), the result
        (count,). White noise of the given errors becomes noise of variance 1.
        """
        total = np.bincount(self.number, weight, self.count)
        moment = np.bincount(self.number, weight * values, self.count)
        return moment / np.sqrt(np.where(total > 0, total, 1.0))


def cells(time: np.ndarray, *, exposure: float) -> Cells:
    """Cells of the median step of ``time`` (days, ascending), but no shorter than the exposure."""
    steps = np.diff(time)
    step = max(float(np.median(steps)), exposure) if len(steps) else exposure
    number = np.floor((time - time[0]) / step + 0.5).astype(np.int64)
    ahead = np.minimum(np.diff(number, prepend=number[0]), LONGEST_GAP)
    number = np.cumsum(ahead)
    return Cells(step=step, number=number, count=int(number[-1]) + 1)
