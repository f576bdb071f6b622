"""A sliding median: the simple fallback, without compiled code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from exoval.detrend.event_window import event_window
from exoval.detrend.flatten_segments import flatten_segments
from exoval.detrend.parameters import require_positive
from exoval.ephemeris import Ephemeris
from exoval.lightcurve import LightCurve


@dataclass(frozen=True, kw_only=True)
class Median:
    """Divide every segment by the median of the ``window_days`` around each cadence.

    The window has a fixed length in time, shrinks at the ends of a stretch, and should be three
    times the longest event or more; it is longer where the events of a search up to
    ``longest_period_days`` need it (``exoval.detrend.event_window``). ``gap_days``,
    ``event_margin`` and ``upward_clip_sigma`` are passed to ``flatten_segments``.

    Raises BadParameter if a length is not positive.
    """

    window_days: float = 1.5
    gap_days: float = 0.5
    event_margin: float = 2.0
    upward_clip_sigma: float = 5.0
    longest_period_days: float | None = None
    longest_duration: float = 2.0

    def __post_init__(self) -> None:
        require_positive(self)

    def __call__(self, light_curve: LightCurve, event: Ephemeris | None = None) -> LightCurve:
        """Return the flattened light curve: flux 1 out of transit, errors the robust scatter.

        Raises BadLightCurve if no cadence has a finite trend.
        """
        return flatten_segments(
            light_curve,
            self._trend,
            event=event,
            gap_days=self.gap_days,
            event_margin=self.event_margin,
            upward_clip_sigma=self.upward_clip_sigma,
        )

    def _trend(self, time: np.ndarray, flux: np.ndarray, visible: np.ndarray) -> np.ndarray:
        series = pd.Series(np.where(visible, flux, np.nan), pd.to_timedelta(time, unit="D"))
        days = event_window(
            self.window_days,
            longest_period_days=self.longest_period_days,
            longest_duration=self.longest_duration,
        )
        window = pd.Timedelta(days=days)
        return series.rolling(window, center=True, min_periods=1).median().to_numpy()
