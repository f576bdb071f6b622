"""Did the search find what was injected?"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from exoval.ephemeris import Ephemeris

#: found period over injected period -> what that is called
ALIASES = {"same": 1.0, "half": 0.5, "double": 2.0, "third": 1 / 3, "triple": 3.0}
#: one event found where one was injected: its period cannot be known
SINGLE = "single"


@dataclass(frozen=True)
class Recovery:
    """How a found ephemeris matches the injected one; ``alias`` is empty if it does not.

    ``alias`` is one of the keys of ``ALIASES``, or ``SINGLE``; ``at_secondary`` says that the
    found events fall on secondary eclipses.
    """

    alias: str = ""
    at_secondary: bool = False

    @property
    def found(self) -> bool:
        """Whether the injection was recovered at all."""
        return self.alias != ""


def recover(
    found: Ephemeris,
    injected: Ephemeris,
    *,
    baseline: tuple[float, float],
    secondary_epoch: float | None = None,
) -> Recovery:
    """Match two ephemerides over the times of the data, ``baseline`` = (first, last) in days.

    They match if every found event that overlaps the data is less than half the longer duration
    from an injected event (or secondary eclipse), at a period ratio of 1, 1/2, 2, 1/3 or 3 that
    drifts by less than that over the data. For a found period of 1/2 or 1/3 every second or
    third found event has to fall on an injected one, or on a secondary. Where both have one event
    in the data it is enough that the two coincide.
    """
    # a box is often found longer or shorter than the event; half of the longer one is still on it
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
    """Days from each found event that overlaps the data to the nearest of the target's."""
    return np.abs(target.time_from_mid_event(_events(found, baseline)))


def _some_cycle_coincides(offsets: np.ndarray, ratio: float, tolerance: float) -> bool:
    """Whether all found events, or every second or third of them, fall on the target's."""
    per_cycle = max(round(1 / ratio), 1)
    cycles = [offsets[start::per_cycle] for start in range(min(per_cycle, len(offsets)))]
    return any(cycle.max() < tolerance for cycle in cycles)
