"""Views by medians in overlapping bins, as published for TESS full-frame images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from exoval.detrend.detrend import Detrend
from exoval.errors import BadParameter, shown
from exoval.folded.folded_event import FoldedEvent
from exoval.lazy_module import LazyModule
from exoval.views.layout import ViewLayout

if TYPE_CHECKING:
    from astropy import stats
else:
    stats = LazyModule("astropy.stats")

#: all phases and the event, as published for TESS full-frame images (Yu et al. 2019, AJ 158, 25)
COARSE = ViewLayout({"global": 201, "local": 61})
#: largest duration of a trapezoid in durations of the best box: a triangle needs 1.5, while a
#: sinusoid has no ingress that would limit its trapezoid
LONGEST = 1.5
#: what a fold may be about: the event, or the first cadence
EVENT, START = "event", "start"


@dataclass(frozen=True, kw_only=True)
class MedianViews:
    """Two views in medians, the whole period and the event: median 0, lowest bin -1.

    After Shallue & Vanderburg (2018, AJ 155, 94) with the numbers of Yu et al. (2019, AJ 158,
    25): bins of ``global_width`` times their spacing over the period, and of ``local_width``
    durations over ``reach`` durations to either side (``event_duration``). A bin without data gets
    the median of all, or with ``bridged`` lies on the line between its neighbours. ``detrend``, if
    given, flattens the light curve again without masking the event, as a pipeline does before it
    has found one.

    Two settings spoil the views as some published ones are. With ``clip_sigma`` cadences further
    from the median than so many standard deviations are left out again and again, which hollows
    deep events out. The fold is ``about`` the event, or about the first cadence: the event then
    lies at any phase (``exoval.views.recentred`` finds it).

    The duration of a wave, which has no ingress, is whatever a pipeline's longest box left of it.
    With ``longest_share`` the duration is at most a share of the period that is drawn for each
    event between two numbers (``drawn_share``).

    Raises BadParameter unless widths, reach and ``clip_sigma`` are positive and the shares between
    0 and 1, and for another ``about``.
    """

    layout: ClassVar[ViewLayout] = COARSE
    global_width: float = 1.2
    local_width: float = 0.16
    reach: float = 2.0
    detrend: Detrend | None = None
    about: str = EVENT
    clip_sigma: float | None = None
    bridged: bool = False
    longest_share: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.about not in (EVENT, START):
            raise BadParameter(f"about={shown(self.about)}; use {EVENT} or {START}")
        if self.clip_sigma is not None and not self.clip_sigma > 0:
            raise BadParameter(f"clip_sigma={self.clip_sigma} must be positive, or null for none")
        if self.longest_share is not None:
            low, high = self.longest_share
            if not 0 < low <= high <= 1:
                raise BadParameter(f"longest_share={low}, {high}; give two shares from 0 to 1")
        if not min(self.global_width, self.local_width, self.reach) > 0:
            raise BadParameter(
                f"global_width={self.global_width}, local_width={self.local_width},"
                f" reach={self.reach} must all be positive"
            )

    def __call__(self, folded: FoldedEvent) -> tuple[np.ndarray, np.ndarray]:
        """The views, float32 (length,), and their counts of empty bins, int16 (views,)."""
        time, flux = self._fold(folded)
        fit = folded.trapezoid
        period = folded.period
        duration = float(
            event_duration(trapezoid=fit.duration if fit else np.nan, box=folded.duration)
        )
        if self.longest_share is not None:
            duration = min(duration, period * float(drawn_share(period, *self.longest_share)))
        half = {"global": 0.5 * period, "local": min(0.5 * period, self.reach * duration)}
        width = {
            "global": self.global_width * period / self.layout.bins["global"],
            "local": self.local_width * duration,
        }
        parts = [
            bin_medians(
                time,
                flux,
                half_window=half[name],
                width=width[name],
                bins=bins,
                bridged=self.bridged,
            )
            for name, bins in self.layout.bins.items()
        ]
        values = np.concatenate([standing_on_minus_one(part) for part, _ in parts])
        return values.astype(np.float32), np.array([lost for _, lost in parts], dtype=np.int16)

    def _fold(self, folded: FoldedEvent) -> tuple[np.ndarray, np.ndarray]:
        """Days from mid-event in ascending order, and flux."""
        curve = folded.light_curve
        if self.detrend is not None and folded.undetrended is not None:
            curve = self.detrend(folded.undetrended)
        middle = folded.event.ephemeris.epoch if self.about == EVENT else curve.time.min()
        kept = np.ones(len(curve.time), dtype=bool)
        if self.clip_sigma is not None:
            kept = ~stats.sigma_clip(curve.flux, sigma=self.clip_sigma, maxiters=None).mask
        cycle = (curve.time[kept] - middle) / folded.period
        time = (cycle - np.floor(cycle + 0.5)) * folded.period
        order = np.argsort(time, kind="stable")
        return time[order], curve.flux[kept][order]


def event_duration(*, trapezoid: np.ndarray | float, box: np.ndarray | float) -> np.ndarray:
    """The trapezoid's duration from first to fourth contact, at most LONGEST times the box's.

    The box's duration where no trapezoid could be fitted (NaN). Both in the same unit.
    """
    return np.where(np.isnan(trapezoid), box, np.minimum(trapezoid, LONGEST * np.asarray(box)))


def drawn_share(period: np.ndarray | float, low: float, high: float) -> np.ndarray:
    """A share between ``low`` and ``high`` for each period, drawn evenly in its logarithm.

    It follows from the digits of the period alone, so that views and columns of one event agree.

    >>> bool(drawn_share(2.5, 0.1, 0.6) == drawn_share(np.array([1.0, 2.5]), 0.1, 0.6)[1])
    True
    """
    # the golden ratio spreads the last digits evenly (Weyl 1916, Math. Ann. 77, 313)
    uniform = np.asarray(period, dtype=float) * 1e6 * 0.6180339887498949 % 1
    return low * (high / low) ** uniform


def bin_medians(
    time: np.ndarray,
    flux: np.ndarray,
    *,
    half_window: float,
    width: float,
    bins: int,
    bridged: bool = False,
) -> tuple[np.ndarray, int]:
    """Medians in ``bins`` bins spaced evenly over the window, and the number of empty bins.

    ``time`` ascends and is 0 at mid-event. Bins wider than their spacing overlap. An empty bin has
    the median of all, or the value of the line between its neighbours if they are ``bridged``.
    """
    first = np.linspace(-half_window, max(half_window - width, -half_window), bins)
    starts = np.searchsorted(time, first)
    stops = np.searchsorted(time, first + width)
    medians = np.full(bins, np.median(flux))
    filled = np.flatnonzero(stops > starts)
    for place in filled:
        medians[place] = np.median(flux[starts[place] : stops[place]])
    if bridged and len(filled):
        medians = np.interp(np.arange(bins), filled, medians[filled])
    return medians, int(bins - len(filled))


def standing_on_minus_one(values: np.ndarray) -> np.ndarray:
    """The values scaled to a median of 0 and a lowest value of -1; 0 if all are equal.

    >>> standing_on_minus_one(np.array([1.0, 3.0, 3.0])).tolist()
    [-1.0, 0.0, 0.0]
    """
    level = values - np.median(values)
    return level / (-level.min() if level.min() < 0 else 1.0)
