"""Matched filter for events that happen once or twice in a light curve.

A box of every trial duration slides over the cadences; its depth is the mean level beside it minus
the mean inside. White noise gives its error. Red noise is included by dividing, for each duration
and stretch of time, by the robust scatter of the statistic around each box, as Kepler's transiting
planet search does in wavelets (Jenkins 2002, ApJ 575, 493).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pandas as pd

from exoval.ephemeris import Ephemeris
from exoval.errors import BadParameter
from exoval.event import PossiblePeriods, TransitEvent
from exoval.lightcurve import LightCurve
from exoval.noise.robust_scatter import MAD_TO_SIGMA
from exoval.search.coverage import covered_days
from exoval.search.refine import box_event
from exoval.search.searchable import searchable
from exoval.star import Star

#: number of events that are considered as partners of the strongest one
CANDIDATES = 6
#: width of the comparison level on each side of a box, in durations
SIDE = 1.5
#: least share of a box, and of each side, that must hold cadences
LEAST_COVERAGE = 0.5


@dataclass(frozen=True)
class BoxStatistic:
    """Depth and significance of a box of one duration at every cadence, shape (cadences,).

    Both are NaN where the box or one of its sides lacks data. The significance is also NaN where
    the box does not lie below both its sides and the level of the light curve.
    """

    duration: float
    depth: np.ndarray
    signal_to_noise: np.ndarray


@dataclass(frozen=True, kw_only=True)
class SingleEvent:
    """Find the strongest single dip and, if another dip matches it, its partner.

    Trial durations are ``durations`` steps from ``shortest_duration_days`` to
    ``longest_duration_days``. ``threshold`` is the signal-to-noise ratio that the strongest dip
    (or the pair) must reach, ``partner_threshold`` that of the partner, whose depth must agree
    within ``depth_tolerance`` of the first. ``noise_days`` is the time over which noise is local.

    The period reported for a pair is its separation, the longest of the allowed aliases
    (``allowed_periods`` lists them). For a single event it is the shortest period that puts no
    other event between the first and the last cadence. The density of periods of events detected
    once falls steeply, about as P^(-8/3), so the shortest is the most probable. Shorter periods
    whose other events all fall into gaps are not considered.

    Raises BadParameter for durations or thresholds that are not positive and ascending.
    """

    #: one dip is enough
    minimum_transits: ClassVar[int] = 1
    shortest_duration_days: float = 0.06
    longest_duration_days: float = 1.0
    durations: int = 12
    threshold: float = 9.0
    partner_threshold: float = 6.0
    depth_tolerance: float = 0.3
    noise_days: float = 20.0

    def __post_init__(self) -> None:
        if not 0 < self.shortest_duration_days < self.longest_duration_days or self.durations < 2:
            raise BadParameter(
                f"{self.durations} trial durations between {self.shortest_duration_days} and "
                f"{self.longest_duration_days} days; give two or more in ascending positive days"
            )
        if not 0 < self.partner_threshold <= self.threshold or self.noise_days <= 0:
            raise BadParameter(
                f"partner_threshold={self.partner_threshold}, threshold={self.threshold}, "
                f"noise_days={self.noise_days}; give positive numbers, the partner's the lower"
            )

    def __call__(
        self,
        light_curve: LightCurve,
        star: Star,
        expected: Ephemeris | None = None,
        rng: np.random.Generator | None = None,
    ) -> TransitEvent | None:
        """Return the strongest single or double event above the threshold; None without one.

        ``light_curve`` is detrended. ``signal_to_noise`` includes red noise; ``transit_count`` is 1
        or 2. ``star``, ``expected`` and ``rng`` are not used. Raises BadLightCurve if times
        descend.
        """
        usable = searchable(light_curve)
        if usable is None or len(usable) < 20 or usable.baseline < 2 * self.shortest_duration_days:
            return None
        dips = self.strongest_dips(usable, CANDIDATES)
        if not dips:
            return None
        pair = self.pair(usable, dips)
        best = pair or _once(usable, dips[0])
        return best if best.signal_to_noise >= self.threshold else None

    def strongest_dips(self, light_curve: LightCurve, count: int) -> list[TransitEvent]:
        """Return non-overlapping single dips in order of strength, down to ``partner_threshold``.

        Their ephemerides carry the baseline as a stand-in period.
        """
        trials = np.geomspace(
            self.shortest_duration_days, self.longest_duration_days, self.durations
        )
        trials = trials[trials < light_curve.baseline / 3]
        if len(trials) == 0:
            return []
        statistics = [
            box_statistic(light_curve, duration=duration, noise_days=self.noise_days)
            for duration in trials
        ]
        strength = np.array([statistic.signal_to_noise for statistic in statistics])
        strength = np.where(np.isfinite(strength), strength, -np.inf)
        dips = []
        while len(dips) < count:
            row, place = np.unravel_index(np.argmax(strength), strength.shape)
            if strength[row, place] < self.partner_threshold:
                break
            middle, chosen = light_curve.time[place], statistics[row]
            dips.append(
                TransitEvent(
                    ephemeris=Ephemeris(
                        max(light_curve.baseline, 3 * chosen.duration),
                        float(middle),
                        chosen.duration,
                    ),
                    depth=float(chosen.depth[place]),
                    signal_to_noise=float(strength[row, place]),
                    transit_count=1,
                    source="single_event",
                )
            )
            # a longer box that only touches the dip must not count as another
            reach = 0.5 * chosen.duration + 0.5 * trials[:, None] + SIDE * chosen.duration
            strength[np.abs(light_curve.time - middle) < reach] = -np.inf
        return dips

    def pair(self, light_curve: LightCurve, dips: list[TransitEvent]) -> TransitEvent | None:
        """Return the first dip and the partner at whose separation most light is missing.

        None if no other of the dips matches it. ``light_curve`` is detrended; the periods that
        explain both are the event's ``possible_periods``, unless there is only one.
        """
        first, pairs = dips[0], []
        for other in dips[1:]:
            alike = abs(other.depth / first.depth - 1) < self.depth_tolerance + (
                3 / other.signal_to_noise
            )
            if not alike or not 0.5 < other.ephemeris.duration / first.ephemeris.duration < 2:
                continue
            # the separation, the longest period, is allowed if any of its fractions is
            if len(allowed_periods(light_curve, first, other, most=1)):
                pairs.append(_twice(light_curve, first, other))
        return max(
            pairs,
            key=lambda pair: box_event(light_curve, pair.ephemeris).signal_to_noise,
            default=None,
        )


def box_statistic(light_curve: LightCurve, *, duration: float, noise_days: float) -> BoxStatistic:
    """Return depth and significance of a box of ``duration`` days centred on every cadence.

    Depth is relative to the weighted mean of up to ``SIDE`` durations on either side; both sides
    count equally, so that a slope is not a dip. The significance is divided by its own robust
    scatter over ``noise_days``, if that exceeds one: this is the red noise on this duration.
    """
    time, weight = light_curve.time, light_curve.flux_error**-2.0
    # relative to the median, which keeps the sums precise
    deviation = light_curve.flux - np.median(light_curve.flux)
    mass = np.concatenate([[0.0], np.cumsum(weight)])
    moment = np.concatenate([[0.0], np.cumsum(weight * deviation)])
    half, side = 0.5 * duration, SIDE * duration
    edges = [
        np.searchsorted(time, time + shift) for shift in (-half - side, -half, half, half + side)
    ]
    (left, left_error), (box, box_error), (right, right_error) = (
        _mean(mass, moment, low, high) for low, high in pairwise(edges)
    )
    depth = 0.5 * (left + right) - box
    error = np.sqrt(box_error**2 + 0.25 * (left_error**2 + right_error**2))
    covered = covered_days(light_curve)
    for low, high, width in zip(edges[:-1], edges[1:], (side, duration, side)):
        depth[covered[high] - covered[low] < LEAST_COVERAGE * width] = np.nan
    significance = _reddened(time, depth / error, noise_days)
    # a dip lies below both sides and the level; the side of a bump or a step does not
    with np.errstate(invalid="ignore"):
        shallowest = np.minimum(np.minimum(left, right), 0.0) - box
        significance[(significance > 0) & ~(shallowest > 0.5 * depth)] = np.nan
    return BoxStatistic(float(duration), depth, significance)


def _mean(
    mass: np.ndarray, moment: np.ndarray, low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Weighted means of cadences low:high and their errors, from cumulative sums."""
    total = mass[high] - mass[low]
    with np.errstate(divide="ignore", invalid="ignore"):
        return (moment[high] - moment[low]) / total, total**-0.5


def _reddened(time: np.ndarray, significance: np.ndarray, noise_days: float) -> np.ndarray:
    """Significance over its local scatter, where that exceeds one."""
    # from the first cadence: pandas counts no more than 106,751 days
    series = pd.Series(np.abs(significance), pd.to_timedelta(time - time[0], unit="D"))
    window = pd.Timedelta(days=noise_days)
    scatter = MAD_TO_SIGMA * series.rolling(window, center=True, min_periods=1).median().to_numpy()
    return significance / np.fmax(scatter, 1.0)


def allowed_periods(
    light_curve: LightCurve, first: TransitEvent, second: TransitEvent, *, most: int = 100
) -> np.ndarray:
    """Return the periods that explain two dips as one signal, consistent with the data.

    They are the separation over 1, 2, ... ``most``, down to twice the duration, longest first. A
    period is allowed if every other event that it predicts, where cadences cover half of it, is
    deeper than half the mean depth or within three errors of it. ``light_curve`` is detrended.
    """
    times = sorted((first.ephemeris.epoch, second.ephemeris.epoch))
    duration = max(first.ephemeris.duration, second.ephemeris.duration)
    depth = 0.5 * (first.depth + second.depth)
    separation = times[1] - times[0]
    count = min(int(separation / (2 * duration)), most)
    periods = separation / np.arange(1, count + 1)
    allowed = [
        _predicts_dips(light_curve, period, times=times, duration=duration, depth=depth)
        for period in periods
    ]
    return periods[np.array(allowed, dtype=bool)]


def _predicts_dips(
    light_curve: LightCurve, period: float, *, times: list[float], duration: float, depth: float
) -> bool:
    time = light_curve.time
    first = int(np.ceil((time[0] - times[0]) / period))
    last = int(np.floor((time[-1] - times[0]) / period))
    middles = times[0] + period * np.arange(first, last + 1)
    middles = middles[np.min(np.abs(middles[:, None] - np.array(times)), axis=1) > duration]
    low = np.searchsorted(time, middles - 0.5 * duration)
    high = np.searchsorted(time, middles + 0.5 * duration)
    weight = light_curve.flux_error**-2.0
    mass = np.concatenate([[0.0], np.cumsum(weight)])
    moment = np.concatenate([[0.0], np.cumsum(weight * (1 - light_curve.flux))])
    seen, error = _mean(mass, moment, low, high)
    days = covered_days(light_curve)
    covered = days[high] - days[low] > 0.5 * duration
    return not np.any(covered & (seen < 0.5 * depth) & (seen < depth - 3 * error))


def _once(light_curve: LightCurve, dip: TransitEvent) -> TransitEvent:
    """A single dip with the shortest period that puts no other event within the baseline."""
    middle, duration = dip.ephemeris.epoch, dip.ephemeris.duration
    reach = max(middle - light_curve.time[0], light_curve.time[-1] - middle)
    period = float(reach + duration)
    return replace(
        dip,
        ephemeris=Ephemeris(period, middle, duration),
        possible_periods=PossiblePeriods(shortest=period, all_above=period),
    )


def _twice(light_curve: LightCurve, first: TransitEvent, second: TransitEvent) -> TransitEvent:
    """Two dips as one event, their separation its period; strengths add in squares."""
    total = float(np.hypot(first.signal_to_noise, second.signal_to_noise))
    epoch, last = sorted((first.ephemeris.epoch, second.ephemeris.epoch))
    ephemeris = Ephemeris(last - epoch, epoch, first.ephemeris.duration)
    box = box_event(light_curve, ephemeris)
    periods = tuple(float(period) for period in allowed_periods(light_curve, first, second))
    return TransitEvent(
        ephemeris=ephemeris,
        depth=box.depth,
        signal_to_noise=total,
        signal_detection_efficiency=np.nan,
        transit_count=box.transit_count,
        source="single_event",
        possible_periods=PossiblePeriods(
            shortest=min(periods), all_above=last - epoch, between_two=periods
        )
        if len(periods) > 1
        else None,
    )
