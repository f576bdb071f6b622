"""A main-sequence star of a given mass, for companions and stars of the field."""

from __future__ import annotations

import math

from exoval.physics.stellar_relations import (
    absolute_magnitude,
    mass_from_teff,
    radius_from_mass,
    surface_brightness_ratio,
    teff_from_mass,
)
from exoval.star import Star, surface_gravity


def dwarf(mass: float, *, name: str, magnitude: float = math.nan) -> Star:
    """The dwarf of this mass (solar), with the main sequence's radius, temperature and gravity.

    >>> sun = dwarf(1.0, name="Sun")
    >>> round(sun.radius, 1), round(sun.logg, 1)
    (1.0, 4.4)
    """
    radius = float(radius_from_mass(mass))
    return Star(
        target=name,
        radius=radius,
        mass=mass,
        teff=float(teff_from_mass(mass)),
        logg=surface_gravity(mass=mass, radius=radius),
        magnitude=magnitude,
    )


def brightness(star: Star, other: Star, *, band: str) -> float:
    """Light of ``star`` over that of ``other`` at the same distance; also for evolved stars."""
    ratio = float(surface_brightness_ratio(teff_2=star.teff, teff_1=other.teff, band=band))
    return ratio * (star.radius / other.radius) ** 2


def distance_parsec(star: Star, *, band: str, magnitude: float) -> float:
    """Distance in parsec at which the star has this apparent magnitude, without extinction."""
    mass = float(mass_from_teff(star.teff))
    absolute = float(absolute_magnitude(mass, band=band)) - 5 * math.log10(
        star.radius / float(radius_from_mass(mass))
    )
    return 10 ** (0.2 * (magnitude - absolute) + 1)
