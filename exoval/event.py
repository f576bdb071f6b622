"""A transit-like event: what a search found, or what a catalogue says."""

from __future__ import annotations

import math
from dataclasses import dataclass

from exoval.ephemeris import Ephemeris

#: days that stand for an unknown period: longer than any data
NO_PERIOD = 1e6


@dataclass(frozen=True, kw_only=True)
class PossiblePeriods:
    """The periods in days that the data allow for an event that they show once or twice.

    An event seen once may have any period above ``all_above``, where no other event falls into the
    baseline; ``shortest`` is the shortest whose other events all fall into gaps. For two events
    ``between_two`` lists the fractions of their separation, longest first.

    >>> str(PossiblePeriods(shortest=24.1, all_above=24.1))
    '24.1 d or longer'
    >>> str(PossiblePeriods(shortest=12.0, all_above=740.0))
    '12 d at the shortest, and any above 740 d'
    >>> str(PossiblePeriods(shortest=24.0, all_above=48.0, between_two=(48.0, 24.0)))
    '48 or 24 d'
    """

    shortest: float
    all_above: float
    between_two: tuple[float, ...] = ()

    def __str__(self) -> str:
        if self.between_two:
            return " or ".join(f"{period:.6g}" for period in self.between_two) + " d"
        if self.shortest >= self.all_above:
            return f"{self.all_above:.4g} d or longer"
        return f"{self.shortest:.4g} d at the shortest, and any above {self.all_above:.4g} d"


@dataclass(frozen=True, kw_only=True)
class TransitEvent:
    """A transit-like event: its ephemeris, depth and strength.

    ``depth`` is relative flux; ``signal_to_noise`` is the multiple-event statistic of a box of that
    depth and duration; ``signal_detection_efficiency`` is the height of the periodogram's peak in
    robust standard deviations (NaN without a periodogram); ``transit_count`` is the number of
    events with data; ``source`` names the search or the catalogue. If the data show one or two
    events, ``possible_periods`` are those they allow and the ephemeris's is one of them; None if
    the period is known.
    """

    ephemeris: Ephemeris
    depth: float = math.nan
    signal_to_noise: float = math.nan
    signal_detection_efficiency: float = math.nan
    transit_count: int = 0
    source: str = ""
    possible_periods: PossiblePeriods | None = None

    @classmethod
    def seen_once(cls, *, epoch: float, duration: float, source: str = "") -> TransitEvent:
        """Return an event of which only mid-time and duration are known, both in days.

        Its periods are found where it is measured (``exoval.search.seen_once``). Raises
        BadParameter unless both are finite and the duration is positive.
        """
        return cls(
            ephemeris=Ephemeris(NO_PERIOD, epoch, duration),
            source=source,
            possible_periods=PossiblePeriods(shortest=duration, all_above=duration),
        )

    @property
    def period_is_known(self) -> bool:
        """Whether the data, or whoever gave the ephemeris, tell the period."""
        return self.possible_periods is None
