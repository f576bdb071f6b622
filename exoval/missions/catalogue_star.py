"""A star from the few numbers a light-curve header holds."""

from __future__ import annotations

import math
from collections.abc import Mapping

from exoval.star import Star

#: log10 of the Sun's surface gravity in cm/s^2, from the IAU 2015 nominal GM and radius
SOLAR_LOGG = 4.438068


def catalogue_star(target: str, values: Mapping[str, float]) -> Star:
    """A star with the given parameters, NaN where one is absent.

    ``values`` may hold radius (solar), teff (K), logg (dex), metallicity (dex), magnitude, ra and
    dec (degrees). The mass follows from gravity and radius, M = g R^2 in solar units, and is
    then flagged.
    """
    names = ("radius", "teff", "logg", "metallicity", "magnitude", "ra", "dec")
    known = {name: float(values.get(name, math.nan)) for name in names}
    mass = 10 ** (known["logg"] - SOLAR_LOGG) * known["radius"] ** 2
    return Star(target=target, mass=mass, flags=("mass",) if math.isfinite(mass) else (), **known)
