"""A star with its catalogue parameters, and relations between mass, radius and gravity."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

#: log10 of the Sun's surface gravity (cm/s^2), from the nominal GM and radius of IAU 2015
#: Resolution B3 (Prša et al. 2016, AJ 152, 41), and its effective temperature (K) there
SOLAR_LOGG, SOLAR_TEFF = 4.438068, 5772.0
#: what a star's parameters can be, above and up to; catalogues write 0, -1, -999 or 99.9 for
#: unknown ones
POSSIBLE = {
    "radius": (1e-6, 1e4),
    "mass": (1e-6, 1e3),
    "teff": (0, 1e6),
    "logg": (-5, 12),
    "metallicity": (-9, 9),
    "magnitude": (-30, 50),
    "ra": (-1e-9, 360),
    "dec": (-90.1, 90),
}


@dataclass(frozen=True, kw_only=True)
class Star:
    """A star with catalogue parameters; unknown ones are NaN.

    ``radius`` and ``mass`` are solar, ``teff`` in K, ``logg`` in dex (cgs), ``metallicity`` in dex,
    ``magnitude`` in the mission's own band, ``ra`` and ``dec`` in degrees. A value that no star has
    (``POSSIBLE``) counts as unknown. ``flags`` names the parameters that follow from relations
    instead of the catalogue.
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
        for name, (low, high) in POSSIBLE.items():
            if not low < getattr(self, name) <= high:
                object.__setattr__(self, name, math.nan)

    @property
    def unknown(self) -> tuple[str, ...]:
        """What is not known of radius, temperature and surface gravity, in these words."""
        needed = {
            "radius": self.radius,
            "temperature": self.teff,
            "surface gravity": self.logg,
        }
        return tuple(word for word, value in needed.items() if not math.isfinite(value))

    @property
    def density(self) -> float:
        """Mean density in solar units; NaN where mass or radius is missing."""
        return self.mass / self.radius**3


def surface_gravity(*, mass: float, radius: float) -> float:
    """Return log10 of the surface gravity (cm/s^2) for a mass and a radius in solar units.

    >>> round(surface_gravity(mass=1.0, radius=10.0), 6)
    2.438068
    """
    return SOLAR_LOGG + math.log10(mass / radius**2)


def mass_from_gravity(*, logg: float, radius: float) -> float:
    """Return the mass (solar) that gives a surface gravity (log10 of cm/s^2) at a radius (solar).

    The mass is g R^2 in solar units.

    >>> round(mass_from_gravity(logg=2.438068, radius=10.0), 6)
    1.0
    """
    return 10 ** (logg - SOLAR_LOGG) * radius**2


def density_from_gravity(*, logg: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Return mean densities (solar) from gravities (log10 of cm/s^2) and radii (solar): g / R.

    >>> round(density_from_gravity(logg=2.438068, radius=10.0), 6)
    0.001
    """
    return 10 ** (logg - SOLAR_LOGG) / radius
