"""Whether the search found the injected signal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from exoval.ephemeris import Ephemeris

#: name of an alias -> found period over injected period
ALIASES = {"same": 1.0, "half": 0.5, "double": 2.0, "third": 1 / 3, "triple": 3.0}
#: alias of a single found event at a single injected one, whose period is undetermined
SINGLE = "single"
#: aliases of a match, the best first
BEST_FIRST = ("same", SINGLE, "half", "double", "third", "triple")


@dataclass(frozen=True)
class Recovery:
    """The match of a found ephemeris with the injected one; ``alias`` is empty without a match.

    ``alias`` is one of the keys of ``ALIASES``, or ``SINGLE``; ``at_secondary`` says that the
    found events fall on secondary eclipses. ``orbit`` is the number of the matched orbit, from 0.
    ``distance`` is the largest number of days from a found event to the injected one that it is
    matched with.
    """

    alias: str = ""
    at_secondary: bool = False
    orbit: int = 0
    distance: float = field(default=math.inf, repr=False, compare=False)

    @property
    def found(self) -> bool:
        """Whether the injected signal was recovered, at any alias."""
        return self.alias != ""


@dataclass(frozen=True)
class Eclipses:
    """The eclipses of one injected orbit.

    ``secondary_epoch`` (days) is that of the eclipses of body 2, None where it has none.
    """

    ephemeris: Ephemeris
    secondary_epoch: float | None = None


def recover_among(
    found: Ephemeris, injected: Sequence[Eclipses], *, baseline: tuple[float, float]
) -> Recovery:
    """The match of a found ephemeris with one of several injected orbits.

    Of the orbits that match, the one with the best alias is taken, in the order of ``BEST_FIRST``;
    of several with the same alias, the one whose events lie nearest in time to the found ones.

    >>> inner, outer = Ephemeris(5.0, 3.0, 0.2), Ephemeris(10.0, 3.0, 0.3)
    >>> recover_among(inner, [Eclipses(outer), Eclipses(inner)], baseline=(0.0, 90.0))
    Recovery(alias='same', at_secondary=False, orbit=1)
    """
    matches = [
        replace(
            recover(
                found,
                eclipses.ephemeris,
                baseline=baseline,
                secondary_epoch=eclipses.secondary_epoch,
            ),
            orbit=number,
        )
        for number, eclipses in enumerate(injected)
    ]
    matches = [match for match in matches if match.found]
    return min(
        matches,
        key=lambda match: (BEST_FIRST.index(match.alias), match.distance),
        default=Recovery(),
    )


def recover(
    found: Ephemeris,
    injected: Ephemeris,
    *,
    baseline: tuple[float, float],
    secondary_epoch: float | None = None,
) -> Recovery:
    """The match of two ephemerides over the data, ``baseline`` = (first, last) time in days.

    The tolerance is half the longer duration. The ephemerides match if every found event in the
    data is within the tolerance of an injected event (or of a secondary eclipse), at a period
    ratio of 1, 1/2, 2, 1/3 or 3 that drifts by less than the tolerance over the data. At a ratio
    of 1/2 or 1/3 every second or third found event must coincide. If both ephemerides have one
    event in the data, the two must coincide.

    >>> injected, found = Ephemeris(10.0, 3.0, 0.2), Ephemeris(5.0, 3.0, 0.2)
    >>> recover(found, injected, baseline=(0.0, 90.0))
    Recovery(alias='half', at_secondary=False, orbit=0)
    """
    # a found box is often longer or shorter than the event; half of the longer one overlaps it
    tolerance = 0.5 * max(found.duration, injected.duration)
    for alias, ratio in ALIASES.items():
        if not _periods_agree(found, injected, ratio=ratio, tolerance=tolerance, baseline=baseline):
            continue
        for epoch in _epochs(injected, secondary_epoch):
            offsets = _offsets(found, replace(injected, epoch=epoch), baseline)
            distance = _distance_of_cycle(offsets, ratio)
            if distance < tolerance:
                return Recovery(alias, at_secondary=epoch != injected.epoch, distance=distance)
    for epoch in _epochs(injected, secondary_epoch):
        target = replace(injected, epoch=epoch)
        if len(_events(target, baseline)) == 1 == len(_events(found, baseline)):
            distance = float(_offsets(found, target, baseline)[0])
            if distance < tolerance:
                return Recovery(SINGLE, at_secondary=epoch != injected.epoch, distance=distance)
    return Recovery()


def _epochs(injected: Ephemeris, secondary_epoch: float | None) -> list[float]:
    return [injected.epoch] if secondary_epoch is None else [injected.epoch, secondary_epoch]


def _periods_agree(
    found: Ephemeris,
    injected: Ephemeris,
    *,
    ratio: float,
    tolerance: float,
    baseline: tuple[float, float],
) -> bool:
    """Whether the drift between first and last event stays within the tolerance."""
    events = max((baseline[1] - baseline[0]) / found.period, 1.0)
    return abs(found.period - ratio * injected.period) * events < tolerance


def _events(ephemeris: Ephemeris, baseline: tuple[float, float]) -> np.ndarray:
    """Mid-times of the events that overlap the data."""
    reach = 0.5 * ephemeris.duration
    first = np.ceil((baseline[0] - reach - ephemeris.epoch) / ephemeris.period)
    last = np.floor((baseline[1] + reach - ephemeris.epoch) / ephemeris.period)
    return ephemeris.epoch + ephemeris.period * np.arange(first, last + 1)


def _offsets(found: Ephemeris, target: Ephemeris, baseline: tuple[float, float]) -> np.ndarray:
    """Days from each found event that overlaps the data to the target's nearest event."""
    return np.abs(target.time_from_mid_event(_events(found, baseline)))


def _distance_of_cycle(offsets: np.ndarray, ratio: float) -> float:
    """Largest offset of all found events, or of the nearest cycle of every second or third one."""
    per_cycle = max(round(1 / ratio), 1)
    cycles = [offsets[start::per_cycle] for start in range(min(per_cycle, len(offsets)))]
    return min((float(cycle.max()) for cycle in cycles), default=math.inf)
