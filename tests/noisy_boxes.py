"""White noise with periodic boxes in it, for the tests of the searches."""

from __future__ import annotations

import numpy as np

from exoval.ephemeris import Ephemeris
from exoval.lightcurve import LightCurve, Segment

CADENCE = 0.0204336
NOISE = 2e-4


def sampling(days: float, cadence: float = CADENCE) -> np.ndarray:
    """Cadences with two days lost every month."""
    time = 130.0 + np.arange(0, days, cadence)
    return time[(time % 30) < 28]


def light_curve(
    time: np.ndarray,
    *boxes: tuple[Ephemeris, float],
    seed: int = 0,
    error: np.ndarray | None = None,
) -> LightCurve:
    """Noise of the given errors and boxes, each an ephemeris and its signal-to-noise ratio."""
    error = np.full(len(time), NOISE) if error is None else error
    flux = 1 + error * np.random.default_rng(seed).standard_normal(len(time))
    for ephemeris, strength in boxes:
        inside = ephemeris.in_event(time)
        flux[inside] -= strength / np.sqrt(np.sum(error[inside] ** -2.0))
    return LightCurve(
        target="KIC 1",
        mission="kepler",
        time=time,
        flux=flux,
        flux_error=error,
        exposure=CADENCE,
        segments=(Segment(number=1, start=0, stop=len(time)),),
    )


def drift(found: Ephemeris, truth: Ephemeris, time: np.ndarray) -> float:
    """How far events part at the ends of the data, in durations of the true one."""
    ends = np.array([time[0], time[-1]])
    count = np.round((ends - found.epoch) / found.period)
    offsets = truth.time_from_mid_event(found.epoch + count * found.period)
    return float(np.max(np.abs(offsets)) / truth.duration)
