"""The times at which a star was observed, as every noise process receives them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sampling:
    """The cadences of one light curve.

    ``time`` holds mid-exposures (cadences,) in days, ascending; ``exposure`` is in days;
    ``starts`` are the indices of the first cadence of every segment, so ``starts[0]`` is 0;
    ``dumps`` are the times of momentum dumps in days, ascending.
    """

    time: np.ndarray
    exposure: float
    starts: tuple[int, ...] = (0,)
    dumps: tuple[float, ...] = ()

    def __len__(self) -> int:
        return len(self.time)

    @property
    def segments(self) -> list[slice]:
        """Slices of the cadences of every segment."""
        stops = (*self.starts[1:], len(self.time))
        return [slice(start, stop) for start, stop in zip(self.starts, stops)]

    def restarts(self, gap_days: float) -> np.ndarray:
        """Return the indices of first cadences, of segments and after gaps of ``gap_days``."""
        after_gaps = 1 + np.flatnonzero(np.diff(self.time) > gap_days)
        return np.unique(np.concatenate([self.starts, after_gaps]).astype(int))
