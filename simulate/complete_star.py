"""Fill in the parameters of a star that its catalogue lacks."""

from __future__ import annotations

import math
from dataclasses import replace

from exoval.errors import BadParameter
from exoval.physics.stellar_relations import (
    mass_from_radius,
    mass_from_teff,
    radius_from_mass,
    teff_from_mass,
)
from exoval.star import Star, mass_from_gravity, surface_gravity


def complete_star(star: Star) -> Star:
    """The star with radius, mass, temperature and gravity; ``flags`` names the derived ones.

    The mass comes from gravity and radius if both are known and credible, else from the main
    sequence. Raises BadParameter if radius and temperature are both unknown.

    >>> star = complete_star(Star(target="KIC 1", radius=1.0, teff=5772.0))
    >>> round(star.mass, 1), round(star.logg, 1)
    (1.0, 4.4)
    """
    radius, teff, logg, mass = star.radius, star.teff, star.logg, star.mass
    if not math.isfinite(radius) and not math.isfinite(teff):
        raise BadParameter(
            f"{star.target} has neither radius nor temperature; add one to its catalogue entry"
        )
    if not math.isfinite(mass) and math.isfinite(logg) and math.isfinite(radius):
        mass = mass_from_gravity(logg=logg, radius=radius)
    if not 0.08 <= mass <= 10:
        known = mass_from_teff(teff) if math.isfinite(teff) else mass_from_radius(radius)
        mass = float(known)
    radius = radius if math.isfinite(radius) else float(radius_from_mass(mass))
    teff = teff if math.isfinite(teff) else float(teff_from_mass(mass))
    logg = logg if math.isfinite(logg) else surface_gravity(mass=mass, radius=radius)
    filled = {"radius": radius, "mass": mass, "teff": teff, "logg": logg}
    flags = tuple(name for name, value in filled.items() if value != getattr(star, name))
    return replace(star, **filled, flags=tuple(dict.fromkeys(star.flags + flags)))
