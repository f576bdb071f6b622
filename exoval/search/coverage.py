"""The time that cadences cover, where segments may have different cadences."""

from __future__ import annotations

import numpy as np

from exoval.lightcurve import LightCurve


def covered_days(light_curve: LightCurve) -> np.ndarray:
    """Return the days that the cadences before each one cover, shape (cadences + 1,).

    Cadences low:high cover the difference of two entries. Each covers the usual step between those
    of its segment: a sector of 30 minutes has few cadences beside one of two, and as much time.
    """
    steps = np.full(len(light_curve), light_curve.exposure)
    usual = np.diff(light_curve.time)
    if len(usual):
        steps[:] = np.median(usual)
    for segment in light_curve.segments:
        own = np.diff(light_curve.time[segment.cadences])
        if len(own):
            steps[segment.cadences] = np.median(own)
    return np.concatenate([[0.0], np.cumsum(steps)])
