"""A mission's schedule: segments, gaps, nights, weather, lost cadences, momentum dumps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.errors import BadParameter
from exoval.noise.sampling import Sampling
from exoval.units import MINUTES_PER_DAY


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Regular exposures in ``segments`` of ``segment_days`` with ``between_days`` between them.

    Every segment has ``pauses`` breaks of ``pause_days`` (downlinks, safe modes), evenly spaced
    with a random shift of a few days. A fraction ``lost_share`` of single cadences is lost.
    Momentum is dumped every ``dump_days`` (0: never), which loses ``dump_lost_minutes``. From the
    ground (``night_hours`` > 0) the star is observed around midnight only, for ``night_hours`` in
    the middle of the season and half of that at its ends, in ``clear_share`` of the nights. Raises
    BadParameter for a negative length or a schedule without any cadence.
    """

    segments: int = 1
    segment_days: float = 90.0
    between_days: float = 1.0
    pauses: int = 1
    pause_days: float = 1.0
    lost_share: float = 0.01
    dump_days: float = 0.0
    dump_lost_minutes: float = 0.0
    night_hours: float = 0.0
    clear_share: float = 1.0

    def __post_init__(self) -> None:
        if self.segments < 1 or not self.segment_days > 0:
            raise BadParameter(
                f"segments={self.segments} of segment_days={self.segment_days}; "
                "give at least one segment of positive length"
            )
        negative = [
            name
            for name in (
                "between_days",
                "pauses",
                "pause_days",
                "dump_days",
                "dump_lost_minutes",
                "night_hours",
            )
            if getattr(self, name) < 0
        ]
        if negative:
            raise BadParameter(
                ", ".join(f"{name}={getattr(self, name)}" for name in negative) + "; give 0 or more"
            )
        if self.pauses * self.pause_days >= self.segment_days:
            raise BadParameter(
                f"{self.pauses} pauses of {self.pause_days} days fill a segment of "
                f"{self.segment_days} days; give fewer or shorter ones"
            )
        if not 0 <= self.lost_share < 1 or not 0 < self.clear_share <= 1:
            raise BadParameter(
                f"lost_share={self.lost_share}, clear_share={self.clear_share}; "
                "give 0 <= lost_share < 1 and 0 < clear_share <= 1"
            )

    def __call__(
        self, rng: np.random.Generator, exposure: float, *, segments: int | None = None
    ) -> Sampling:
        """Draw the cadences of one target, of ``exposure`` days each.

        ``segments`` replaces the setting of that name.
        """
        count = segments or self.segments
        begin = np.arange(count) * (self.segment_days + self.between_days)
        dumps = self._dumps(rng, begin[-1] + self.segment_days)
        parts = [self._segment(rng, first, exposure, dumps) for first in begin]
        parts = [part for part in parts if len(part)]
        if not parts:
            raise BadParameter(
                "the schedule leaves no cadence; give longer segments or nights, "
                "or a shorter exposure"
            )
        starts = np.cumsum([0] + [len(part) for part in parts[:-1]])
        return Sampling(np.concatenate(parts), exposure, tuple(map(int, starts)), tuple(dumps))

    def _dumps(self, rng: np.random.Generator, end: float) -> np.ndarray:
        if self.dump_days <= 0:
            return np.empty(0)
        return np.arange(rng.random() * self.dump_days, end, self.dump_days)

    def _segment(
        self, rng: np.random.Generator, first: float, exposure: float, dumps: np.ndarray
    ) -> np.ndarray:
        time = first + exposure * (0.5 + np.arange(int(self.segment_days / exposure)))
        kept = rng.random(len(time)) >= self.lost_share
        share = self.segment_days / (self.pauses + 1)
        for number in range(self.pauses):
            begin = first + (number + 1) * share + 0.1 * share * rng.standard_normal()
            kept &= (time < begin) | (time > begin + self.pause_days)
        if len(dumps):
            since = time - dumps[np.clip(np.searchsorted(dumps, time) - 1, 0, None)]
            kept &= (since < 0) | (since > self.dump_lost_minutes / MINUTES_PER_DAY)
        if self.night_hours > 0:
            kept &= self._is_clear_night(rng, time - first)
        return time[kept]

    def _is_clear_night(self, rng: np.random.Generator, time: np.ndarray) -> np.ndarray:
        season = np.sin(np.pi * time / self.segment_days)
        hours = self.night_hours * (0.5 + 0.5 * season)
        night = np.floor(time).astype(int)
        clear = rng.random(night.max(initial=0) + 1) < self.clear_share
        return (np.abs(time % 1 - 0.5) * 48 < hours) & clear[night]
