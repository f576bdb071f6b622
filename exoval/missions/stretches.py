"""Stretches of a light curve without pauses, and neighbours of like cadence together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

#: a pause longer than this may separate quarters or sectors, days
PAUSE_DAYS = 0.5
#: steps are alike within these multiples of each other, as are a step and a header's exposure
STEPS = (0.5, 1.5)
#: a stretch of another cadence in a table is no accident from this length on, days
LONG_DAYS = 5.0


@dataclass(frozen=True)
class Stretch:
    """Cadences from ``start`` to ``stop`` days, ``step`` days apart; NaN for fewer than three."""

    cadences: slice
    start: float
    stop: float
    step: float


def stretches_of(time: np.ndarray) -> list[Stretch]:
    """Return ascending times (NaN last) cut at pauses."""
    edges = [0, *(np.flatnonzero(np.diff(time) > PAUSE_DAYS) + 1).tolist(), len(time)]
    found = []
    for first, last in pairwise(edges):
        part = time[first:last]
        part = part[np.isfinite(part)]
        ends = (part[0], part[-1]) if len(part) else (np.nan, np.nan)
        step = float(np.median(np.diff(part))) if len(part) > 2 else np.nan
        found.append(Stretch(slice(first, last), *ends, step))
    return found


def joined(stretches: list[Stretch], longest: float) -> list[Stretch]:
    """Return neighbouring stretches of like cadence together, none longer than ``longest`` days."""
    groups: list[Stretch] = []
    for one in stretches:
        last = groups[-1] if groups else None
        # a stretch of unknown step goes with any
        other_step = last is not None and not (
            np.isnan(one.step)
            or np.isnan(last.step)
            or STEPS[0] * last.step < one.step < STEPS[1] * last.step
        )
        if last is None or one.stop - last.start > longest or other_step:
            groups.append(one)
            continue
        step = last.step if np.isfinite(last.step) else one.step
        whole = slice(last.cadences.start, one.cadences.stop)
        groups[-1] = Stretch(whole, last.start, one.stop, step)
    return groups


def numbers_by_cadence(time: np.ndarray) -> np.ndarray:
    """Return the number of the stretch of one cadence that each time lies in, shape (times,).

    Stretches are counted from 1 in order of time. All are 0 where the cadence is the same, or where
    a stretch of another one is short, as nights of a survey are.
    """
    order = np.argsort(time, kind="stable")
    groups = joined(stretches_of(time[order]), math.inf)
    numbers = np.zeros(len(time), dtype=int)
    if len(groups) == 1 or any(one.stop - one.start < LONG_DAYS for one in groups):
        return numbers
    for number, one in enumerate(groups, start=1):
        numbers[order[one.cadences]] = number
    return numbers
