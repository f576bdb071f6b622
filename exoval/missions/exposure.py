"""The exposure of a light curve: of its header, or the step between its cadences."""

from __future__ import annotations

import math

import numpy as np

from exoval.units import SECONDS_PER_DAY

#: cadences closer than this share of a stated exposure show that it is another's
LEAST_STEP = 0.6
#: no photometry exposes shorter: a millisecond, in days
SHORTEST = 1e-3 / SECONDS_PER_DAY


def cadence_step(time: np.ndarray) -> float:
    """Return the median step between distinct times, in days; NaN without two of them."""
    time = time[np.isfinite(time)]
    steps = np.diff(time)
    if np.any(steps <= 0):
        steps = np.diff(np.unique(time))
    return float(np.median(steps)) if steps.size else math.nan


def exposure_of(
    time: np.ndarray, *, stated: float, otherwise: float
) -> tuple[float, tuple[str, ...]]:
    """Return the exposure in days, and notes where a stated one cannot be true.

    It is ``stated`` in days where that is a possible number and not longer than the cadences are
    apart, else the median step of the cadences, else ``otherwise``.
    """
    step = cadence_step(time)
    if not SHORTEST <= stated < math.inf:
        return (step if step > 0 else otherwise), ()
    if step < LEAST_STEP * stated:
        return step, (
            f"cadences are {SECONDS_PER_DAY * step:.4g} s apart, less than the stated exposure of "
            f"{SECONDS_PER_DAY * stated:.4g} s; the step was taken as exposure",
        )
    return stated, ()
