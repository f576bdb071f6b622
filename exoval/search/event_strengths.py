"""The strength of single events of an ephemeris."""

from __future__ import annotations

import numpy as np

from exoval.ephemeris import Ephemeris
from exoval.lightcurve import LightCurve
from exoval.search.weighted_flux import weighted_flux


def strongest_event(
    light_curve: LightCurve, ephemeris: Ephemeris, *, margin: float = 1.0
) -> tuple[float, np.ndarray]:
    """Return the signal-to-noise ratio of the strongest single event, and the mask of its cadences.

    This is the single-event statistic of a box: the depth below the level of the whole light curve
    over its error. The mask is ``margin`` durations wide. Zero and an empty mask if no event has a
    usable cadence. Raises BadLightCurve for descending times.
    """
    empty = np.zeros(len(light_curve), dtype=bool)
    data = weighted_flux(light_curve)
    if data is None:
        return 0.0, empty
    inside = ephemeris.in_event(data.time)
    if not inside.any():
        return 0.0, empty
    numbers = ephemeris.event_number(data.time[inside])
    events, member = np.unique(numbers, return_inverse=True)
    weight = np.bincount(member, data.weight[inside])
    strength = -np.bincount(member, data.signal[inside]) / np.sqrt(weight)
    best = int(np.argmax(strength))
    cadences = ephemeris.in_event(light_curve.time, margin)
    cadences[cadences] = ephemeris.event_number(light_curve.time[cadences]) == events[best]
    return float(strength[best]), cadences
