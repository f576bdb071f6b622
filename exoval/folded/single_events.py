"""Depths of single events, and of boxes of the same length away from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class SingleEvents:
    """Events with enough cadences, in order of time; arrays of shape (events,).

    ``number`` counts from the epoch, ``depth`` and its white-noise ``error`` are relative flux.
    """

    number: np.ndarray
    depth: np.ndarray
    error: np.ndarray

    def __len__(self) -> int:
        return len(self.number)

    @property
    def strength(self) -> np.ndarray:
        """Depth over error: the single-event statistics."""
        return self.depth / self.error


def single_events(
    event_number: np.ndarray,
    inside: np.ndarray,
    dip: np.ndarray,
    weight: np.ndarray,
    *,
    minimum_cadences: int = 2,
) -> SingleEvents:
    """Weighted box depth and error of every event with enough cadences.

    Arrays have shape (cadences,).
    """
    within = np.flatnonzero(inside)
    if len(within) == 0:
        return SingleEvents(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0))
    first = event_number[within].min()
    which = event_number[within] - first
    total = np.bincount(which, weight[within])
    lost = np.bincount(which, weight[within] * dip[within])
    enough = np.bincount(which) >= minimum_cadences
    total = total[enough]
    return SingleEvents(np.flatnonzero(enough) + first, lost[enough] / total, total**-0.5)


def matched_events(
    event_number: np.ndarray,
    shape: np.ndarray,
    dip: np.ndarray,
    weight: np.ndarray,
    *,
    minimum_information: float = 0.5,
) -> SingleEvents:
    """Depth of every event by a matched filter of ``shape``.

    ``shape`` is the dip at each cadence of an event of depth 1, and 0 outside the event. Unlike a
    box it allows for where in the event the cadences fall. Events with less than
    ``minimum_information`` of the median event's information are left out.
    """
    within = np.flatnonzero(shape > 0)
    if len(within) == 0:
        return SingleEvents(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0))
    first = event_number[within].min()
    which = event_number[within] - first
    product = weight[within] * shape[within]
    information = np.bincount(which, product * shape[within])
    lost = np.bincount(which, product * dip[within])
    typical = np.median(information[information > 0])
    enough = information > minimum_information * typical
    information = information[enough]
    return SingleEvents(
        np.flatnonzero(enough) + first, lost[enough] / information, information**-0.5
    )


def box_pulls(
    time: np.ndarray,
    clear: np.ndarray,
    dip: np.ndarray,
    weight: np.ndarray,
    *,
    duration: float,
    exposure: float | np.ndarray,
) -> np.ndarray:
    """Depth over white-noise error of boxes of ``duration`` that tile the light curve.

    Only ``clear`` cadences count; boxes less than half full are left out. ``time`` ascends.
    ``exposure`` (days) is that of all cadences, or an array where they differ.
    """
    chosen = np.flatnonzero(clear)
    if len(chosen) == 0:
        return np.empty(0)
    window = ((time[chosen] - time[0]) / duration).astype(np.int64)
    count = np.bincount(window)
    total = np.bincount(window, weight[chosen])
    lost = np.bincount(window, weight[chosen] * dip[chosen])
    if np.ndim(exposure) == 0:
        full = count >= max(0.5 * duration / exposure, 1)
    else:
        full = (count > 0) & (np.bincount(window, exposure[chosen]) >= 0.5 * duration)
    return lost[full] / np.sqrt(total[full])


def without_repeats(
    time_from_mid: np.ndarray,
    dip: np.ndarray,
    weight: np.ndarray,
    *,
    period: float,
    duration: float,
    exposure: float | np.ndarray,
    bins_per_duration: int = 8,
    cadences_per_bin: int = 10,
) -> np.ndarray:
    """The dip without its periodic part, shape (cadences,).

    A secondary eclipse or the ellipsoidal variation of a close pair is not noise: the mean in
    phase bins of an eighth of a duration, or wide enough for ten cadences, is subtracted; the
    edges of deep eclipses need more bins. The remainder is multiplied by sqrt(n / (n - 1)) for n
    periods of data, so that noise keeps its size. With fewer than two periods nothing is
    subtracted. ``exposure`` as in ``box_pulls``.
    """
    cycles = (len(dip) * exposure if np.ndim(exposure) == 0 else np.sum(exposure)) / period
    if cycles < 2:
        return dip
    most = min(bins_per_duration * period / duration, len(dip) / cadences_per_bin)
    bins = max(int(most), 2)
    place = (time_from_mid / period + 0.5) * bins
    index = np.clip(place.astype(np.int64), 0, bins - 1)
    total = np.bincount(index, weight, bins)
    filled = np.flatnonzero(total > 0)
    mean = np.bincount(index, weight * dip, bins)[filled] / total[filled]
    repeated = np.interp(place, filled + 0.5, mean, period=bins)
    return (dip - repeated) * np.sqrt(cycles / (cycles - 1))
