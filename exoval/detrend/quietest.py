"""The trend that leaves transits the clearest: the usual one, or a stiffer or softer spline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from exoval.detrend.across_events import curved
from exoval.detrend.biweight import Biweight
from exoval.detrend.detrend import Detrend
from exoval.detrend.event_window import KNOTS_PER_EVENT, WINDOW_PER_EVENT, longest_event
from exoval.detrend.flatten_segments import flatten_segments
from exoval.detrend.spline import Spline
from exoval.ephemeris import Ephemeris
from exoval.errors import BadLightCurve, BadParameter
from exoval.lightcurve import LightCurve, stitch
from exoval.missions.light_curve_object import as_light_curve
from exoval.noise.robust_scatter import robust_scatter

#: durations of transits that should stand out, hours
HOURS = (3.0, 6.0)
#: noise on these durations, over that of white noise, up to which no other trend is tried
RED_NOISE = 1.3
#: days between the dips with which trends are tried, and strength of a dip in white noise
DIP_SPACING_DAYS, DIP_SNR = 1.9, 4.0
#: trends are tried on means over so many minutes where cadences are shorter
MEAN_MINUTES = 10.0
#: fewest boxes of a duration from which noise is measured
FEWEST_BOXES = 12


class CurvedSpline(Spline):
    """``Spline``, but its trend curves across hidden events."""

    def __call__(self, light_curve: LightCurve, event: Ephemeris | None = None) -> LightCurve:
        """Return the flattened light curve as ``Spline`` does."""
        return flatten_segments(
            light_curve,
            self.trend,
            event=event,
            gap_days=self.gap_days,
            event_margin=self.event_margin,
            upward_clip_sigma=self.upward_clip_sigma,
            across=curved,
        )


@dataclass(frozen=True, kw_only=True)
class Quietest:
    """Divide every segment by the trend after which transits are clearest.

    The usual trend is a sliding biweight over ``window_days``, or over more where the events of a
    search up to ``longest_period_days`` need it (``exoval.detrend.event_window``); knots are then
    as much farther apart as leaves twice the longest event between them. Where it leaves more noise
    on three and six hours than cadences of white noise would, as on spotted stars, cubic splines
    with knots every ``knot_days`` are tried as well. A trend is judged by the strength of shallow
    dips of these durations: the share of their depth that is left, over the scatter of means over
    their durations. Another than the usual trend is taken if it makes dips stronger by a factor of
    ``least_gain``. Closer knots would follow stars that turn within a day and a half, but also the
    ellipsoidal variation of close binaries, which the search then misses. On quiet stars the light
    curve is that of ``Biweight``, bit for bit. Across a hidden event splines continue their slopes,
    as spots turn while it lasts. ``gap_days``, ``event_margin`` and ``upward_clip_sigma`` are
    passed to all trends.

    Raises BadParameter if a number is not positive.
    """

    window_days: float = 1.5
    knot_days: Sequence[float] = (0.6, 0.35)
    least_gain: float = 1.15
    gap_days: float = 0.5
    event_margin: float = 2.0
    upward_clip_sigma: float = 5.0
    longest_period_days: float | None = None
    longest_duration: float = 2.0

    def __post_init__(self) -> None:
        if not np.iterable(self.knot_days):
            raise BadParameter(f"knot_days={self.knot_days}; give a list of days, such as [1, 0.5]")
        object.__setattr__(self, "knot_days", tuple(self.knot_days))
        if not self.least_gain > 0:
            raise BadParameter(f"least_gain={self.least_gain} must be positive")
        self._trends  # noqa: B018 - refuses what the members refuse

    @cached_property
    def _trends(self) -> tuple[Detrend, ...]:
        """The trends to choose from, the usual one first."""
        common = {
            "gap_days": self.gap_days,
            "event_margin": self.event_margin,
            "upward_clip_sigma": self.upward_clip_sigma,
        }
        usual = Biweight(
            window_days=self.window_days,
            longest_period_days=self.longest_period_days,
            longest_duration=self.longest_duration,
            **common,
        )
        return (usual, *(CurvedSpline(knot_days=days, **common) for days in self._knots))

    @cached_property
    def _longest(self) -> float:
        """The longest event in days if it needs a window longer than ``window_days``, or 0."""
        longest = longest_event(self.longest_period_days, self.longest_duration)
        return longest if WINDOW_PER_EVENT * longest > self.window_days else 0.0

    @cached_property
    def _knots(self) -> tuple[float, ...]:
        """The spacings of knots, all stretched so that the closest leave the longest event."""
        closest = min(self.knot_days, default=1.0)
        stretch = max(KNOTS_PER_EVENT * self._longest / closest, 1.0)
        return tuple(stretch * days for days in self.knot_days)

    def __call__(self, light_curve: LightCurve, event: Ephemeris | None = None) -> LightCurve:
        """Return the flattened light curve: flux 1 out of transit, errors the robust scatter.

        Raises BadLightCurve if times do not ascend or no cadence has a finite trend.
        """
        light_curve = as_light_curve(light_curve)
        usual = self._trends[0](light_curve, event)
        quiet = (red_noise(part, event, self._hours) < RED_NOISE for part in _segments(usual))
        if all(quiet):
            return usual
        parts, segments = [], _segments(light_curve)
        for raw in segments:
            try:
                known = usual if len(segments) == 1 else self._trends[0](raw, event)
                parts.append(self._quietest(raw, event, known))
            except BadLightCurve:
                continue
        before = Counter(light_curve.left_out)
        own = sum((Counter(part.left_out) - before for part in parts), before)
        return replace(stitch(parts), left_out=dict(own))

    @cached_property
    def _hours(self) -> tuple[float, ...]:
        """Durations that should stand out; half the longest one's where it needs a long window."""
        return (*HOURS, 12 * self._longest) if self._longest else HOURS

    def _quietest(
        self, light_curve: LightCurve, event: Ephemeris | None, usual: LightCurve
    ) -> LightCurve:
        """A light curve of one segment after the best trend, given what the usual one leaves."""
        coarse = _coarse(light_curve)
        flats = {self._trends[0]: usual} if coarse is light_curve else {}
        best = self._best(coarse, event, flats)
        if coarse is light_curve:
            return flats[best]
        return usual if best is self._trends[0] else best(light_curve, event)

    def best(self, light_curve: LightCurve, event: Ephemeris | None = None) -> Detrend:
        """The trend after which dips in a light curve of one segment are clearest."""
        return self._best(_coarse(light_curve), event, {})

    def _best(
        self, light_curve: LightCurve, event: Ephemeris | None, flats: dict[Detrend, LightCurve]
    ) -> Detrend:
        """The best trend; ``flats`` are known flat light curves, and those made here are added."""
        usual = self._trends[0]
        strengths = {}
        for trend in self._trends:
            try:
                if trend not in flats:
                    flats[trend] = trend(light_curve, event)
                if trend is usual and red_noise(flats[usual], event, self._hours) < RED_NOISE:
                    return usual
            except BadLightCurve:
                if trend is usual:
                    return usual
                continue
            strengths[trend] = dip_strength(
                light_curve, trend, event, flat=flats[trend], hours=self._hours
            )
        least = self.least_gain * strengths.pop(usual)
        clearest = max(strengths, key=lambda trend: np.nan_to_num(strengths[trend]), default=usual)
        return clearest if strengths.get(clearest, 0.0) > least else usual


def red_noise(
    flat: LightCurve, event: Ephemeris | None = None, hours: Sequence[float] = HOURS
) -> float:
    """Return the scatter of means over ``hours`` over that of white noise; 1 if it is unknown.

    ``flat`` is detrended. The event's cadences are left out.
    """
    clear = _clear(flat.time, event)
    time, flux = flat.time[clear], flat.flux[clear]
    return max(
        (scatter / white for scatter, white in _noise(time, flux, flat.flux_error[clear], hours)),
        default=1.0,
    )


def dip_strength(
    light_curve: LightCurve,
    detrend: Detrend,
    event: Ephemeris | None = None,
    *,
    flat: LightCurve | None = None,
    hours: Sequence[float] = HOURS,
) -> float:
    """Return the strength of shallow dips after detrending, in their number of standard deviations.

    ``light_curve`` is undetrended. Dips of ``hours`` are put into it where the event is not; what
    is left of their depth is compared with the scatter of means as long as they are. The mean over
    durations is geometric. ``flat`` is the detrended light curve where it is known. NaN if the
    trend fails or the noise is unknown.
    """
    try:
        flat = detrend(light_curve, event) if flat is None else flat
        dips = _dips(light_curve, flat, event, hours)
        dipped = detrend(light_curve.with_flux(light_curve.flux * (1 - sum(dips))), event)
    except BadLightCurve:
        return float("nan")
    _, own, other = np.intersect1d(flat.time, dipped.time, return_indices=True)
    place = np.searchsorted(light_curve.time, flat.time[own])
    lost = flat.flux[own] - dipped.flux[other]
    clear = _clear(flat.time, event)
    noise = _noise(flat.time[clear], flat.flux[clear], flat.flux_error[clear], hours)
    if len(noise) < len(hours):
        return float("nan")
    level = np.median(lost[sum(dips)[place] == 0])
    strengths = []
    for dip, (scatter, _) in zip(dips, noise):
        inside = dip[place] > 0
        left = np.mean(lost[inside]) - level if inside.any() else np.nan
        strengths.append(max(left, 0.0) / scatter)
    return float(np.prod(strengths) ** (1 / len(strengths)))


def _dips(
    light_curve: LightCurve, flat: LightCurve, event: Ephemeris | None, hours: Sequence[float]
) -> tuple[np.ndarray, ...]:
    """For each duration, the light lost in dips that take turns, clear of the event."""
    time = light_curve.time
    noise, exposure = float(np.median(flat.flux_error)), _step(time)
    turn = ((time - time[0]) / DIP_SPACING_DAYS).astype(int)
    since = np.abs((time - time[0]) % DIP_SPACING_DAYS - 0.5 * DIP_SPACING_DAYS)
    clear = _clear(time, event)
    dips = []
    for number, duration in enumerate(np.asarray(hours) / 24):
        depth = DIP_SNR * noise * np.sqrt(exposure / duration)
        inside = (since < 0.5 * duration) & (turn % len(hours) == number) & clear
        dips.append(depth * inside)
    return tuple(dips)


def _noise(
    time: np.ndarray, flux: np.ndarray, error: np.ndarray, hours: Sequence[float]
) -> list[tuple[float, float]]:
    """For each duration, the robust scatter of means as long as it, and that of white noise."""
    found = []
    for duration in np.asarray(hours) / 24:
        index = np.floor(time / duration).astype(np.int64)
        index -= index.min(initial=0) if len(index) == 0 else index.min()
        count = np.bincount(index)
        full = count >= max(0.5 * count.max(initial=0), 2)
        if full.sum() < FEWEST_BOXES:
            continue
        mean = np.bincount(index, flux)[full] / count[full]
        white = float(np.median(error)) / np.sqrt(np.median(count[full]))
        found.append((float(robust_scatter(mean)), white))
    return found


def _clear(time: np.ndarray, event: Ephemeris | None) -> np.ndarray:
    """Mask of the cadences outside an event, if there is one."""
    if event is None:
        return np.ones(len(time), dtype=bool)
    clear = ~event.in_event(time, 2.0)
    return clear if clear.any() else ~clear


def _segments(light_curve: LightCurve) -> list[LightCurve]:
    """Each segment as a light curve; those without finite flux are left out."""
    found = []
    for segment in light_curve.segments:
        cadences = np.zeros(len(light_curve), dtype=bool)
        cadences[segment.cadences] = np.isfinite(light_curve.flux[segment.cadences])
        if cadences.any():
            found.append(light_curve.keep(cadences))
    return found


def _step(time: np.ndarray) -> float:
    return float(np.median(np.diff(time))) if len(time) > 1 else 1.0


def _coarse(light_curve: LightCurve) -> LightCurve:
    """Means over ``MEAN_MINUTES`` of a light curve of one segment with shorter cadences."""
    width = MEAN_MINUTES / 60 / 24
    if _step(light_curve.time) > 0.5 * width:
        return light_curve
    index = np.floor(light_curve.time / width).astype(np.int64)
    _, first, index = np.unique(index, return_index=True, return_inverse=True)
    count = np.bincount(index)
    names = ("time", "flux", "flux_error")
    means = {name: np.bincount(index, getattr(light_curve, name)) / count for name in names}
    kept = np.zeros(len(light_curve), dtype=bool)
    kept[first] = True
    return replace(light_curve.keep(kept), **means)
