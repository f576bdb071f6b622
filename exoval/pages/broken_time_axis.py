"""A time axis without the long gaps in the data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: a gap longer than this share of the time with data is cut
LONGEST_GAP = 0.3
#: what is left of it, as the same share
LEFT = 0.03


@dataclass(frozen=True)
class BrokenTimeAxis:
    """Positions of times on the axis: ``start`` and ``stop`` of each stretch, and its shift left.

    Arrays of shape (stretches,), days.
    """

    start: np.ndarray
    stop: np.ndarray
    shift: np.ndarray

    def __call__(self, time: np.ndarray) -> np.ndarray:
        """Positions of times that lie in stretches."""
        stretch = np.clip(np.searchsorted(self.start, time, "right") - 1, 0, None)
        return np.asarray(time) - self.shift[stretch]

    @property
    def cuts(self) -> np.ndarray:
        """Positions of the middles of the gaps, shape (stretches - 1,)."""
        return 0.5 * (self(self.stop[:-1]) + self(self.start[1:]))

    def ticks(self, count: int = 12) -> np.ndarray:
        """About ``count`` round times to label, at least one in each stretch."""
        step = _round_step(float(np.sum(self.stop - self.start)) / count)
        parts = []
        for start, stop in zip(self.start, self.stop):
            own = step
            while np.floor(stop / own) < np.ceil(start / own) and own > 1e-3:
                own = _round_step(0.5 * own)
            parts.append(own * np.arange(np.ceil(start / own), np.floor(stop / own) + 1))
            # a stretch much shorter than the others has room for one
            if own < step:
                parts[-1] = parts[-1][:1]
        return np.concatenate(parts)


def broken_time_axis(time: np.ndarray) -> BrokenTimeAxis:
    """Cut the long gaps out of ascending times in days."""
    step = np.diff(time)
    observed = max(float(np.sum(step[step < 1.0])), 1e-6)
    last = np.flatnonzero(step > max(LONGEST_GAP * observed, 1.0))
    start, stop = time[np.r_[0, last + 1]], time[np.r_[last, len(time) - 1]]
    taken = start[1:] - stop[:-1] - LEFT * observed
    return BrokenTimeAxis(start, stop, np.concatenate([[0.0], np.cumsum(taken)]))


def _round_step(length: float) -> float:
    """The largest step of 1, 2 or 5 times a power of ten up to ``length``."""
    power = 10.0 ** np.floor(np.log10(length))
    return float(power * max(m for m in (1, 2, 5) if m * power <= length * (1 + 1e-9)))
