"""The ephemeris of a periodic signal: period, epoch and duration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from exoval.errors import BadParameter

#: Largest relative difference of two periods that count as one signal: in catalogues, and in a
#: search of one quarter or sector, whose periods are less certain. The planets of KOI-730 are
#: within 1.3e-3 of 2:1, and the periods of 3 of 188 planets from single TESS sectors are 1e-3 to
#: 2e-3 off
SAME_PERIOD, SAME_FOUND_PERIOD = 1e-3, 2e-3
#: a signal may be listed at half, a third, twice or three times its period, so that two entries of
#: one signal may be up to this whole number apart
MOST_PERIODS_APART = 6
#: events whose middles are less than this many durations apart coincide. Of the catalogues' entries
#: at twice or half a period those up to 0.7 are of one binary, and cutting one cuts the other
MIDDLES_APART = 0.75


@dataclass(frozen=True)
class Ephemeris:
    """Period, mid-event epoch and full duration, all in days on the light curve's own clock.

    Raises BadParameter unless 0 < duration < period and all three are finite.

    >>> orbit = Ephemeris(period=3.5, epoch=100.0, duration=0.1)
    >>> orbit.event_number([100.0, 107.1])
    array([0, 2])
    >>> orbit.time_from_mid_event([103.4, 107.1]).round(3)
    array([-0.1,  0.1])
    """

    period: float
    epoch: float
    duration: float

    def __post_init__(self) -> None:
        values = (self.period, self.epoch, self.duration)
        # math is faster than numpy here: catalogues make tens of thousands of these
        if not all(map(math.isfinite, values)) or not 0 < self.duration < self.period:
            raise BadParameter(
                f"ephemeris period={self.period}, epoch={self.epoch}, duration={self.duration} "
                "days is not usable: give finite days with 0 < duration < period"
            )

    def time_from_mid_event(self, time: np.ndarray) -> np.ndarray:
        """Return the days from the nearest mid-event, in [-period/2, period/2)."""
        half = 0.5 * self.period
        return (np.asarray(time) - self.epoch + half) % self.period - half

    def event_number(self, time: np.ndarray) -> np.ndarray:
        """Return the number of the nearest event, counted from zero at ``epoch``."""
        return np.floor((np.asarray(time) - self.epoch) / self.period + 0.5).astype(np.int64)

    def near(self, time: float) -> Ephemeris:
        """Return the same events, counted from the one nearest to a time.

        Two ephemerides are best compared by events within the data: the period of one may be too
        uncertain to count from the other's epoch.

        >>> Ephemeris(period=3.5, epoch=100.0, duration=0.1).near(1000.0).epoch
        999.5
        """
        number = int(self.event_number(time))
        return replace(self, epoch=float(self.epoch + number * self.period))

    def in_event(self, time: np.ndarray, widths: float = 1.0) -> np.ndarray:
        """Return the mask of times inside a window of ``widths`` durations about each mid-event."""
        return np.abs(self.time_from_mid_event(time)) < 0.5 * widths * self.duration


def is_other_period(
    period: float,
    of: float,
    *,
    multiples: Sequence[float] = (0.5, 1, 2),
    within: float = SAME_PERIOD,
) -> bool:
    """Return whether a period differs from every one of the ``multiples`` of another period.

    Periods agree if their relative difference is at most ``within``.

    >>> is_other_period(20.001, 10.0), is_other_period(15.0, 10.0)
    (False, True)
    """
    return min(abs(period / (multiple * of) - 1) for multiple in multiples) > within


def is_same_signal(one: Ephemeris, other: Ephemeris, *, within: float = SAME_PERIOD) -> bool:
    """Return whether two ephemerides describe one signal: their events coincide.

    That is so if one period is the other, or up to six times the other, within the relative
    difference ``within``, and the events of the longer period fall on events of the shorter one:
    their middles differ by less than ``MIDDLES_APART`` of the longer duration. The period alone
    cannot tell, as planets near a resonance show. Two ephemerides with the same period are one
    signal at any epoch: they are the eclipses of one pair.

    >>> inner = Ephemeris(6.2586, 2.1, 0.13)
    >>> is_same_signal(inner, Ephemeris(12.5187, 4.9, 0.22))
    False
    >>> is_same_signal(inner, Ephemeris(12.5187, 2.1, 0.13))
    True
    """
    short, long = sorted((one, other), key=lambda ephemeris: ephemeris.period)
    multiple = round(long.period / short.period)
    if multiple > MOST_PERIODS_APART or is_other_period(
        long.period, short.period, multiples=(multiple,), within=within
    ):
        return False
    if multiple == 1:
        return True
    return falls_on(long.epoch, short, duration=long.duration)


def falls_on(epoch: float, ephemeris: Ephemeris, *, duration: float) -> bool:
    """Return whether an event of a duration at ``epoch`` is one of an ephemeris.

    Their middles differ by less than ``MIDDLES_APART`` of the longer duration.
    """
    apart = abs(float(ephemeris.time_from_mid_event(epoch)))
    return apart < MIDDLES_APART * max(ephemeris.duration, duration)
