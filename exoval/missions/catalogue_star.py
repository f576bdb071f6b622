"""A star from the parameters in a light-curve header."""

from __future__ import annotations

import math
from collections.abc import Mapping

from exoval.star import Star, mass_from_gravity


def catalogue_star(target: str, values: Mapping[str, float]) -> Star:
    """Return a star with the given parameters; missing ones are NaN.

    ``values`` may hold radius (solar), teff (K), logg (dex), metallicity (dex), magnitude, ra and
    dec (degrees). The mass follows from gravity and radius, M = g R^2 in solar units, and is
    flagged.
    """
    names = ("radius", "teff", "logg", "metallicity", "magnitude", "ra", "dec")
    known = {name: float(values.get(name, math.nan)) for name in names}
    mass = mass_from_gravity(logg=known["logg"], radius=known["radius"])
    return Star(target=target, mass=mass, flags=("mass",) if math.isfinite(mass) else (), **known)
