"""Whether the search found the injected signal."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from exoval.ephemeris import Ephemeris

#: name of an alias -> found period over injected period
ALIASES = {"same": 1.0, "half": 0.5, "double": 2.0, "third": 1 / 3, "triple": 3.0}
#: alias of a single found event at a single injected one, whose period is undetermined
SINGLE = "single"


@dataclass(frozen=True)
class Recovery:
    """The match of a found ephemeris with the injected one; ``alias`` is empty without a match.

    ``alias`` is one of the keys of ``ALIASES``, or ``SINGLE``; ``at_secondary`` says that the
    found events fall on secondary eclipses.
    """

    alias: str = ""
    at_secondary: bool = False

    @property
    def found(self) -> bool:
        """Whether the injected signal was recovered, at any alias."""
        return self.alias != ""


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
    Recovery(alias='half', at_secondary=False)
    """
    # a found box is often longer or shorter than the event; half of the longer one overlaps it
    tolerance = 0.5 * max(found.duration, injected.duration)
    for alias, ratio in ALIASES.items():
        if not _periods_agree(found, injected, ratio=ratio, tolerance=tolerance, baseline=baseline):
            continue
        for epoch in _epochs(injected, secondary_epoch):
            offsets = _offsets(found, replace(injected, epoch=epoch), baseline)
            if _some_cycle_coincides(offsets, ratio, tolerance):
                return Recovery(alias, at_secondary=epoch != injected.epoch)
    for epoch in _epochs(injected, secondary_epoch):
        target = replace(injected, epoch=epoch)
        if len(_events(target, baseline)) == 1 == len(_events(found, baseline)):
            if _offsets(found, target, baseline)[0] < tolerance:
                return Recovery(SINGLE, at_secondary=epoch != injected.epoch)
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


def _some_cycle_coincides(offsets: np.ndarray, ratio: float, tolerance: float) -> bool:
    """Whether all found events, or every second or third one, coincide with the target's."""
    per_cycle = max(round(1 / ratio), 1)
    cycles = [offsets[start::per_cycle] for start in range(min(per_cycle, len(offsets)))]
    return any(cycle.max() < tolerance for cycle in cycles)
