"""Did the search find what was injected?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.ephemeris import Ephemeris

#: found period over injected period -> what that is called
ALIASES = {"same": 1.0, "half": 0.5, "double": 2.0, "third": 1 / 3, "triple": 3.0}


@dataclass(frozen=True)
class Recovery:
    """How a found ephemeris matches the injected one; ``alias`` is empty if it does not.

    ``alias`` is one of the keys of ``ALIASES``; ``at_secondary`` says that the found events fall
    on secondary eclipses.
    """

    alias: str = ""
    at_secondary: bool = False

    @property
    def found(self) -> bool:
        """Whether the injection was recovered at all."""
        return self.alias != ""


def recover(found: Ephemeris, injected: Ephemeris, baseline: tuple[float, float],
            secondary_epoch: float | None = None) -> Recovery:
    """Match two ephemerides over the times of the data, ``baseline`` = (first, last) in days.

    They match if, at the first and the last found event, the nearest injected event (or
    secondary eclipse) is less than half the longer duration away, at a period ratio of 1, 1/2,
    2, 1/3 or 3 to within that drift. For a found period of 1/2 or 1/3 only every second or third
    found event has to fall on an injected one, or on a secondary.
    """
    # a box is often found longer or shorter than the event; half of the longer one is still on it
    tolerance = 0.5 * max(found.duration, injected.duration)
    for alias, ratio in ALIASES.items():
        if not _periods_agree(found, injected, ratio, tolerance, baseline):
            continue
        for epoch in (injected.epoch, secondary_epoch):
            if epoch is None:
                continue
            target = Ephemeris(injected.period, epoch, injected.duration)
            if _events_coincide(found, target, ratio, tolerance, baseline):
                return Recovery(alias, at_secondary=epoch != injected.epoch)
    return Recovery()


def _periods_agree(found: Ephemeris, injected: Ephemeris, ratio: float, tolerance: float,
                   baseline: tuple[float, float]) -> bool:
    """Whether the drift between first and last event stays within the tolerance."""
    events = max((baseline[1] - baseline[0]) / found.period, 1.0)
    return abs(found.period - ratio * injected.period) * events < tolerance


def _events_coincide(found: Ephemeris, target: Ephemeris, ratio: float, tolerance: float,
                     baseline: tuple[float, float]) -> bool:
    """Whether found events fall on the target's at both ends of the data."""
    per_cycle = max(round(1 / ratio), 1)
    first = int(np.ceil((baseline[0] - found.epoch) / found.period))
    last = int(np.floor((baseline[1] - found.epoch) / found.period))
    if last < first:
        first = last = round((0.5 * sum(baseline) - found.epoch) / found.period)
    for end in (range(first, first + per_cycle), range(last - per_cycle + 1, last + 1)):
        times = found.epoch + found.period * np.array(list(end))
        if np.abs(target.time_from_mid_event(times)).min() >= tolerance:
            return False
    return True
