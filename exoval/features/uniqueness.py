"""Is the event unique in its light curve?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numba import njit
from scipy.special import erfcinv

from exoval.features.reason import CODES, Reason
from exoval.folded.folded_event import FoldedEvent
from exoval.folded.trapezoid import trapezoid
from exoval.table.column import Column

#: bins of phase to an event's duration, and the most of them
BINS_PER_DURATION, MOST_BINS = 8, 40000
#: durations around an event that belong to it, and fewest durations left to search
GUARD, FEWEST_DURATIONS = 1.5, 3.0
#: false alarms are counted over a whole mission of so many targets
TARGETS = 20000


@dataclass(frozen=True)
class UniquenessFeatures:
    """The event's shape shifted over all phases, and dips and bumps between single events.

    Model-shift test and chases of Coughlin et al. 2016 (ApJS 224, 12) and Thompson et al. 2018
    (ApJS 235, 38). Strengths are in units of the scatter of the shifted shape's depth.
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column("primary_mes", "sigma", "strength of the event's own shape"),
        Column("tertiary_mes", "sigma", "third strongest dip of that shape"),
        Column("positive_mes", "sigma", "strongest bump of that shape"),
        Column(
            "uniqueness", "sigma", "strength of the event minus that of the strongest other dip"
        ),
        Column(
            "red_noise_ratio",
            "",
            "scatter of the shape's depth at other phases over its white error",
            "F_red",
        ),
        Column("primary_excess", "sigma", "event above the level of false alarms", "MS1"),
        Column("tertiary_excess", "sigma", "event above the tertiary and chance", "MS2"),
        Column("positive_excess", "sigma", "event above the bump and chance", "MS3"),
        Column("secondary_excess", "sigma", "second dip above the level of false alarms", "MS4"),
        Column(
            "secondary_tertiary_excess", "sigma", "second dip above the third and chance", "MS5"
        ),
        Column("secondary_positive_excess", "sigma", "second dip above the bump and chance", "MS6"),
        Column(
            "chases",
            "",
            "median distance from an event to the next dip or bump of over 0.6 "
            "of it, in tenths of the period (at most 1)",
            "CHASES",
            needs_period=True,
        ),
        Column("uniqueness_reason", "", f"why columns are missing: {CODES}"),
    )

    def __call__(self, folded: FoldedEvent) -> dict[str, float]:
        """The columns; NaN where no phase away from the event has data."""
        row = {"chases": _chases(folded)}
        time, depth, error = shift_shape(folded)
        if len(time) == 0:
            return row | {"uniqueness_reason": Reason.TOO_FEW_CADENCES}
        reach = GUARD * folded.duration
        away = np.abs(time) > reach
        if away.sum() < FEWEST_DURATIONS * BINS_PER_DURATION:
            return row | {"uniqueness_reason": Reason.NOT_COVERED}
        # in skewed flux the shape has a depth at every phase
        strength = (depth - np.median(depth[away])) / error
        primary = strength[np.argmin(np.abs(time))]
        second = int(np.argmax(np.where(away, strength, -np.inf)))
        apart = np.abs(_circular(time - time[second], folded.period)) > reach
        rest = away & apart
        if not rest.any():
            return row | {"uniqueness_reason": Reason.NOT_COVERED}
        # neighbouring phases have similar errors, so that strengths scatter as depths do
        red = max(float(np.std(strength[rest])), 1.0)
        tertiary, positive = strength[rest].max(), -strength[rest].min()
        return (
            row
            | _excesses(
                primary / red, strength[second] / red, tertiary / red, positive / red, folded=folded
            )
            | {"red_noise_ratio": red, "uniqueness_reason": Reason.MEASURED}
        )


def _excesses(
    primary: float, secondary: float, tertiary: float, positive: float, *, folded: FoldedEvent
) -> dict[str, float]:
    """Strengths against each other and against the level of false alarms."""
    share = min(folded.duration / folded.period, 0.5)
    alarm = math.sqrt(2) * float(erfcinv(share / TARGETS))
    chance = math.sqrt(2) * float(erfcinv(share))
    return {
        "primary_mes": primary,
        "tertiary_mes": tertiary,
        "positive_mes": positive,
        "uniqueness": primary - secondary,
        "primary_excess": primary - alarm,
        "tertiary_excess": primary - tertiary - chance,
        "positive_excess": primary - positive - chance,
        "secondary_excess": secondary - alarm,
        "secondary_tertiary_excess": secondary - tertiary - chance,
        "secondary_positive_excess": secondary - positive - chance,
    }


def shift_shape(folded: FoldedEvent) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Depth of the event's shape, centred on each phase that has data, and its white error.

    Returns time from the event in days, depth and error in relative flux, in order of phase; all
    empty if the event has no fitted shape.
    """
    fit = folded.trapezoid
    if fit is None:
        return np.empty(0), np.empty(0), np.empty(0)
    bins = round(folded.period / folded.duration * BINS_PER_DURATION)
    bins = min(max(bins, 4 * BINS_PER_DURATION), MOST_BINS)
    phase = folded.time_from_mid / folded.period + 0.5
    index = np.minimum((phase * bins).astype(np.int64), bins - 1)
    weight = np.bincount(index, folded.weight, bins)
    lost = np.bincount(index, folded.weight * folded.dip, bins)
    width = folded.period / bins
    half = min(int(0.5 * fit.duration / width), bins // 2 - 1)
    shape = trapezoid(
        np.arange(-half, half + 1) * width,
        depth=1.0,
        duration=fit.duration,
        ingress_share=fit.ingress_share,
        offset=0.0,
    )
    depth, information = _correlate(weight, lost, shape)
    centre = ((np.arange(bins) + 0.5) / bins - 0.5) * folded.period
    enough = information > 0.25 * np.median(information)
    return centre[enough], depth[enough], information[enough] ** -0.5


@njit(cache=True, error_model="numpy")
def _correlate(weight: np.ndarray, lost: np.ndarray, shape: np.ndarray) -> tuple:
    """Depth of a shape around the circle and its information, sum of weight shape^2."""
    n, half = weight.size, shape.size // 2
    depth, information = np.empty(n), np.empty(n)
    for i in range(n):
        signal = total = 0.0
        for j in range(shape.size):
            k = i + j - half
            k += n if k < 0 else (-n if k >= n else 0)
            signal += shape[j] * lost[k]
            total += shape[j] * shape[j] * weight[k]
        depth[i] = signal / total if total > 0 else np.nan
        information[i] = total
    return depth, information


def _chases(folded: FoldedEvent) -> float:
    """Median distance from an event to the next one as strong; NaN without events."""
    events = folded.events
    if len(events) == 0:
        return math.nan
    curve = folded.light_curve
    step = 0.5 * folded.duration
    count = int((curve.time[-1] - curve.time[0]) / step) + 1
    index = ((curve.time - curve.time[0]) / step).astype(np.int64)
    weight = np.bincount(index, folded.weight, count)
    lost = np.bincount(index, folded.weight * folded.dip, count)
    # windows of one duration, every half duration
    weight, lost = weight[:-1] + weight[1:], lost[:-1] + lost[1:]
    strength = lost / np.sqrt(np.where(weight > 0, weight, np.inf))
    middle = folded.event.ephemeris.epoch - curve.time[0] + events.number * folded.period
    distance = _nearest_rivals(
        strength, middle, np.abs(events.strength), step, folded.duration, 0.1 * folded.period
    )
    return float(np.median(distance))


@njit(cache=True, error_model="numpy")
def _nearest_rivals(
    strength: np.ndarray,
    middle: np.ndarray,
    own: np.ndarray,
    step: float,
    duration: float,
    reach: float,
) -> np.ndarray:
    """Distance of each event to the nearest window of 0.6 its strength, over ``reach``."""
    distance = np.ones(middle.size)
    for e in range(middle.size):
        first = max(int((middle[e] - reach) / step) - 1, 0)
        last = min(int((middle[e] + reach) / step) + 1, strength.size)
        for i in range(first, last):
            away = abs((i + 1) * step - middle[e])
            if away > 1.5 * duration and abs(strength[i]) > 0.6 * own[e]:
                distance[e] = min(distance[e], away / reach)
    return distance


def _circular(time: np.ndarray, period: float) -> np.ndarray:
    return (time + 0.5 * period) % period - 0.5 * period
