"""The result of a box search at every trial period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: drift over the baseline, in durations, beyond which a peak has no side lobes
SIDE_LOBES = 10.0


@dataclass(frozen=True, kw_only=True)
class Periodogram:
    """The best box at every trial period; arrays of one shape (periods,), in days.

    ``period`` ascends, ``power`` is the signal-to-noise ratio of the box, ``efficiency`` its
    height above the local median in robust standard deviations, ``epoch`` the time of an event
    near the middle of the data and ``duration`` the width of the box. ``baseline`` is the
    length of the data.
    """

    period: np.ndarray
    power: np.ndarray
    efficiency: np.ndarray
    epoch: np.ndarray
    duration: np.ndarray
    baseline: float

    def peaks(self, count: int) -> list[int]:
        """Return the indices of the ``count`` highest peaks in efficiency, without side lobes."""
        height = self.efficiency.copy()
        found = []
        while len(found) < min(count, len(height)):
            best = int(np.argmax(height))
            if not np.isfinite(height[best]):
                break
            found.append(best)
            drift = np.abs(self.period / self.period[best] - 1) * self.baseline
            height[drift < SIDE_LOBES * self.duration[best]] = -np.inf
        return found
