"""A star and what is known of it."""

from __future__ import annotations

import math
from dataclasses import dataclass


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
