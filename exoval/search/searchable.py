"""The cadences that a search can use."""

from __future__ import annotations

import numpy as np

from exoval.errors import BadLightCurve
from exoval.lightcurve import LightCurve
from exoval.missions.light_curve_object import as_light_curve
from exoval.search.weighted_flux import usable


def searchable(light_curve: LightCurve) -> LightCurve | None:
    """Return the cadences with finite time and flux and a finite, positive error, each time once.

    None if no cadence is usable. Raises BadLightCurve if times descend anywhere.
    """
    light_curve = as_light_curve(light_curve)
    good = usable(light_curve)
    if not good.any():
        return None
    step = np.diff(light_curve.time[good])
    if np.any(step < 0):
        raise BadLightCurve(
            f"{light_curve.target}: times descend at cadence "
            f"{int(np.flatnonzero(good)[np.argmin(step)])}; sort them"
        )
    repeated = np.flatnonzero(good)[1:][step == 0]
    good[repeated] = False
    return light_curve if good.all() else light_curve.keep(good)
