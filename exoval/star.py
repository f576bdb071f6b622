"""A star and what is known of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

#: log10 of the Sun's surface gravity (cm/s^2), from the nominal GM and radius of IAU 2015
#: Resolution B3 (Prša et al. 2016, AJ 152, 41), and its effective temperature (K) there
SOLAR_LOGG, SOLAR_TEFF = 4.438068, 5772.0


@dataclass(frozen=True, kw_only=True)
class Star:
    """A star with catalogue parameters; NaN where the catalogue is silent, or says zero or less.

    ``radius`` and ``mass`` are solar, ``teff`` in K, ``logg`` in dex (cgs), ``metallicity`` in
    dex, ``magnitude`` in the mission's own band, ``ra`` and ``dec`` in degrees. ``flags`` names
    the parameters that came from relations and not from the catalogue.
    """

    target: str
    radius: float = math.nan
    mass: float = math.nan
    teff: float = math.nan
    logg: float = math.nan
    metallicity: float = math.nan
    magnitude: float = math.nan
    ra: float = math.nan
    dec: float = math.nan
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # tables fill what they do not know with 0 or -1
        for name in ("radius", "mass", "teff"):
            if getattr(self, name) <= 0:
                object.__setattr__(self, name, math.nan)

    @property
    def density(self) -> float:
        """Mean density in solar units; NaN where mass or radius is missing."""
        return self.mass / self.radius**3


def surface_gravity(*, mass: float, radius: float) -> float:
    """log10 of the surface gravity in cm/s^2, of a mass and a radius in solar units.

    >>> round(surface_gravity(mass=1.0, radius=10.0), 6)
    2.438068
    """
    return SOLAR_LOGG + math.log10(mass / radius**2)


def mass_from_gravity(*, logg: float, radius: float) -> float:
    """Mass in solar units of a surface gravity (log10 of cm/s^2) and a radius (solar): g R^2."""
    return 10 ** (logg - SOLAR_LOGG) * radius**2


def density_from_gravity(*, logg: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Mean density in solar units of gravities (log10 of cm/s^2) and radii (solar): g / R."""
    return 10 ** (logg - SOLAR_LOGG) / radius
