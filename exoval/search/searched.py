"""What a search says about its light curve once the event that it found is taken out.

Taking an event out moves the strength of the best box at another period in three ways. Its dips no
longer count where they lay in that box, which lowers it. They no longer pull down the level
outside, which raises a box of phase share q by g sqrt(q), with g the sum of what was taken out over
its error. And the cadences beside the dips leave with their noise, which moves it either way by
about the root of their share. So a period at which the best box was weak stays weak, and only the
others need to be searched again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.lightcurve import LightCurve
from exoval.search.periodogram import Periodogram
from exoval.search.weighted_flux import weighted_flux

#: a period is searched again if its best box could reach this share of the threshold. The rest is
#: for noise that leaves with the event and for what a box on the grid gains by refinement
WORTH_SEARCHING = 0.7


@dataclass(frozen=True, kw_only=True)
class Searched:
    """A light curve (detrended, usable cadences) and its periodogram, None if it was too short."""

    light_curve: LightCurve
    periodogram: Periodogram | None

    def worth_searching(
        self, remains: LightCurve, *, threshold: float, longest: np.ndarray
    ) -> np.ndarray | None:
        """Return at which periods a box of ``remains`` may reach a threshold, shape (periods,).

        ``longest`` (periods,) are the longest trial durations in days. None if ``remains`` is not
        this light curve with cadences taken out, or if there is no periodogram: then nothing that
        was found holds for it.
        """
        if self.periodogram is None:
            return None
        raised = self._raised_level(remains)
        if raised is None:
            return None
        share = np.sqrt(longest / self.periodogram.period)
        return self.periodogram.power + raised * share >= WORTH_SEARCHING * threshold

    def _raised_level(self, remains: LightCurve) -> float | None:
        """By how much the level rises, in its error; None if cadences were changed or added."""
        kept = np.isin(self.light_curve.time, remains.time)
        if not np.array_equal(self.light_curve.flux[kept], remains.flux):
            return None
        before, after = weighted_flux(self.light_curve), weighted_flux(remains)
        if before is None or after is None:
            return None
        removed = -float(before.signal[~kept].sum())
        return max(removed, 0.0) / np.sqrt(after.total)
