"""Tukey's biweight in a sliding window, by wotan (Hippke et al. 2019, AJ 158, 143)."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exoval.detrend.event_window import event_window
from exoval.detrend.flatten_segments import flatten_segments
from exoval.detrend.parameters import require_positive
from exoval.ephemeris import Ephemeris
from exoval.errors import BadParameter
from exoval.lazy_module import LazyModule
from exoval.lightcurve import LightCurve

if TYPE_CHECKING:
    import wotan
else:
    wotan = LazyModule("wotan")


@dataclass(frozen=True, kw_only=True)
class Biweight:
    """Divide every segment by its sliding biweight.

    ``window_days`` should be three times the longest event or more (docs/results/detrend_depth.md).
    The trend is evaluated every ``step_days``, from all cadences in the window, and interpolated
    linearly: it changes little within a step. The window is longer where the events of a search up
    to ``longest_period_days`` need it (``exoval.detrend.event_window``). ``gap_days``,
    ``event_margin`` and ``upward_clip_sigma`` are passed to ``flatten_segments``.

    Raises BadParameter if a length is not positive or the step is longer than a tenth of the
    window.
    """

    window_days: float = 1.5
    gap_days: float = 0.5
    event_margin: float = 2.0
    upward_clip_sigma: float = 5.0
    step_days: float = 0.02
    longest_period_days: float | None = None
    longest_duration: float = 2.0

    def __post_init__(self) -> None:
        require_positive(self)
        if self.step_days > self.window_days / 10:
            raise BadParameter(
                f"step_days={self.step_days} in a window of {self.window_days} "
                "days; give a tenth of the window at most"
            )

    @property
    def window(self) -> float:
        """The window in days, long enough for the events of the search."""
        return event_window(
            self.window_days,
            longest_period_days=self.longest_period_days,
            longest_duration=self.longest_duration,
        )

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
        with warnings.catch_warnings():
            # the caller handles cadences without a trend
            warnings.simplefilter("ignore", UserWarning)
            _, trend = wotan.flatten(
                time,
                flux,
                method="biweight",
                mask=~visible,
                window_length=self.window,
                break_tolerance=0,
                edge_cutoff=0.0,
                return_trend=True,
                step=self.step_days,
            )
        return trend
