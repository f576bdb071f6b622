"""The clock of a light curve or an epoch, and its days on a mission's clock.

A file states its clock in a header, in the unit of its time column or in that column's name. Where
it does not, the range of its values says which clock puts them into the years in which the mission
observed. MJD and BJD - 2400000 differ by half a day and cannot be told apart this way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from exoval.errors import BadParameter

#: a day beyond this is a Julian date: no mission's clock reaches it
JULIAN = 2e6
#: Julian dates of 1968 and 2078: space photometry lies between them
ANY_YEAR = (2440000.0, 2480000.0)
#: an epoch so long before first light is still taken to be on the mission's own clock
EPOCH_BEFORE_DAYS = 3000.0
#: times at or below zero are fills where all others are this far above, and so are times beyond any
#: date; days
LEAST_TIME, BEYOND_ANY_DATE = 10.0, 1e7
#: clocks in use by the Julian date of their time zero; the first that fits unstated days is taken
CLOCKS = {
    "BJD - 2400000": 2400000.0,
    "MJD": 2400000.5,
    "BJD - 2450000": 2450000.0,
    "BKJD (BJD - 2454833)": 2454833.0,
    "BTJD (BJD - 2457000)": 2457000.0,
}
#: words that name a clock, with its time zero
_WORDS = {
    "bkjd": 2454833.0,
    "btjd": 2457000.0,
    "tbjd": 2457000.0,
    "mjd": 2400000.5,
    "bmjd": 2400000.5,
    "rjd": 2400000.0,
    "rbjd": 2400000.0,
    "bjd": 0.0,
    "hjd": 0.0,
    "jd": 0.0,
}
#: names of half-day clocks: their days cannot be counted from 2400000.0
_MODIFIED = ("mjd", "bmjd")
#: what to know about days that were not brought to the barycentre
_CAVEATS = {
    "hjd": "times are heliocentric (HJD): events are up to 4 s off BJD",
    "jd": "times are called JD and taken as barycentric; if they are not, events are up to "
    "8.3 minutes off",
    "mjd": "times are called MJD and taken as barycentric; if they are not, events are up to "
    "8.3 minutes off",
}

Days = TypeVar("Days", float, np.ndarray)


@dataclass(frozen=True)
class StatedClock:
    """What a file says of its clock: a ``kind`` such as bjd or mjd, and the ``zero`` it names.

    ``zero`` is a Julian date, None where the file gives none. An empty kind states nothing.
    """

    kind: str = ""
    zero: float | None = None

    @property
    def caveat(self) -> str:
        """What to know about a clock that is not barycentric; empty for one that is."""
        return _CAVEATS.get(self.kind, "")


@dataclass(frozen=True)
class Clock:
    """A clock by the Julian date of its time ``zero``; ``notes`` say what was guessed."""

    zero: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class MissionClock:
    """A mission's clock: days since ``time_zero`` (a BJD); it observed within ``observed`` (BJD).

    >>> clock = MissionClock(2457000.0, (2458300.0, 2465000.0))
    >>> [float(clock.on(days)) for days in (1520.5, 8520.5, 2458520.5)]
    [1520.5, 1520.5, 1520.5]
    """

    time_zero: float
    observed: tuple[float, float] = ANY_YEAR

    def of(
        self,
        days: Days,
        stated: StatedClock | None = None,
        *,
        usual: StatedClock | None = None,
    ) -> Clock:
        """Return the clock of days, as stated or from their range.

        Unstated days are on the ``usual`` clock of their source if that is the mission's or puts
        them into its years. Raises BadParameter if they may be on several clocks.
        """
        stated, usual = stated or StatedClock(), usual or StatedClock()
        finite = np.asarray(days, dtype=float)[np.isfinite(days)]
        if finite.size == 0:
            return Clock(self.time_zero)
        span = float(finite.min()), float(finite.max())
        caveats = (stated.caveat,) if stated.caveat else ()
        if span[0] > JULIAN:
            if stated.zero:
                caveats += (
                    f"times are full Julian dates, although they are called days since "
                    f"{stated.zero:g}",
                )
            return Clock(0.0, caveats)
        if stated.zero:
            return Clock(stated.zero, caveats)
        if not stated.kind and self._fits(span, self.time_zero):
            return Clock(self.time_zero)
        is_usual = usual.zero == self.time_zero or (usual.zero and self._fits(span, usual.zero))
        if not stated.kind and is_usual:
            return Clock(usual.zero, (usual.caveat,) if usual.caveat else ())
        found = self._from_range(span, stated.kind)
        return Clock(found.zero, caveats + found.notes)

    def of_epoch(self, days: float) -> Clock:
        """Return the clock of a mid-event, which may lie before the mission's first light.

        Raises BadParameter if it may be on several clocks.
        """
        first, last = self.observed
        if first - EPOCH_BEFORE_DAYS < days + self.time_zero < last:
            return Clock(self.time_zero)
        found = self.of(days)
        return Clock(self.time_zero) if found.zero == self.time_zero else found

    def on(self, days: Days, stated: StatedClock | None = None) -> Days:
        """Return days on the mission's clock; raises BadParameter as ``of`` does."""
        return self.convert(days, self.of(days, stated))

    def convert(self, days: Days, clock: Clock) -> Days:
        """Return days of another clock on the mission's."""
        return days if clock.zero == self.time_zero else days + (clock.zero - self.time_zero)

    def _fits(self, span: tuple[float, float], zero: float) -> bool:
        """Whether a clock puts days into the years of the mission, give or take one day."""
        return span[0] + zero > self.observed[0] - 1 and span[1] + zero < self.observed[1] + 1

    def _from_range(self, span: tuple[float, float], kind: str) -> Clock:
        """The first clock of the stated kind that puts days into the mission's years."""
        if kind and kind not in _MODIFIED and self._fits(span, self.time_zero):
            return Clock(self.time_zero)
        fitting = [
            (name, zero)
            for name, zero in CLOCKS.items()
            if self._fits(span, zero) and not (kind and (name == "MJD") != (kind in _MODIFIED))
        ]
        days = f"{span[0]:.1f}" if span[0] == span[1] else f"{span[0]:.1f} to {span[1]:.1f}"
        if not fitting:
            return Clock(
                self.time_zero,
                (
                    f"times of {days} d lie outside the years of this mission on every known "
                    f"clock; they are taken as days since {self.time_zero:.1f}",
                ),
            )
        name, zero = fitting[0]
        if name == "BJD - 2400000" and len(fitting) > 1 and fitting[1][0] == "MJD":
            raise BadParameter(
                f"times of {days} d may be MJD or BJD - 2400000, which differ by half a day; "
                "state the clock (name the column mjd or bjd, or give full BJD)"
            )
        return Clock(zero, (f"times of {days} d are taken as {name}",))


def on_clock(days: Days, time_zero: float) -> Days:
    """Return days since ``time_zero`` (a Julian date), converting those of other clocks.

    Raises BadParameter for days that may be on several clocks.

    >>> float(on_clock(2457001.5, 2457000.0)), float(on_clock(1.5, 2457000.0))
    (1.5, 1.5)
    """
    return MissionClock(time_zero).on(days)


def without_fill_times(days: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return days with fill values (0, -1, -9999, 1e30) as NaN, and a note if there are any.

    Zero and below are times where others are as small. More fills than times are returned as given.

    >>> without_fill_times(np.array([1500.0, 0.0, 1500.5]))[0].tolist()
    [1500.0, nan, 1500.5]
    """
    days = np.asarray(days, dtype=float)
    good = (days > LEAST_TIME) & (days < BEYOND_ANY_DATE)
    beyond = np.abs(days) >= BEYOND_ANY_DATE
    fills = beyond | (days <= 0)
    if np.any(np.isfinite(days) & ~good & ~fills):
        fills = beyond
        good = np.isfinite(days) & ~beyond
    if not fills.any() or fills.sum() > good.sum():
        return days, ()
    number = int(fills.sum())
    note = f"{number} cadence{'s' if number > 1 else ''} left out: the time is a fill value"
    return np.where(fills, np.nan, days), (note,)


def stated_clock(*texts: str) -> StatedClock:
    """Return the clock that the first telling text (a unit, a column's name) states.

    >>> stated_clock("BJD - 2457000, days")
    StatedClock(kind='bjd', zero=2457000.0)
    >>> stated_clock("d", "TMID_BJD").kind, stated_clock("days").kind
    ('bjd', '')
    """
    for text in texts:
        words = re.split(r"[^a-z]+", text.lower())
        # more telling words first: BJD of "JD, barycentric (BJD)"
        kind = next((word for word in _WORDS if word in words), "")
        offset = re.search(r"[-_\s](?P<zero>24\d{5}(\.\d+)?)", text)
        if kind and offset:
            return StatedClock(kind, float(offset["zero"]))
        if kind:
            return StatedClock(kind, _WORDS[kind] or None)
    return StatedClock()
