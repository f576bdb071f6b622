"""The true parameters that a star may have, given those of a catalogue."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from exoval.errors import BadParameter
from exoval.physics.stellar_relations import radius_from_mass
from exoval.star import Star

#: a star is at least this share of the main sequence's radius at its mass
SMALLEST_SHARE = 0.85


@dataclass(frozen=True)
class CatalogueErrors:
    """Normal errors of a catalogue's temperature and gravity; the radius follows from gravity.

    The mass is kept. The defaults are those of the Kepler Input Catalog (Brown et al. 2011, AJ 142,
    112). Raises BadParameter for a negative error.
    """

    teff_kelvin: float = 200.0
    logg_dex: float = 0.4

    def __post_init__(self) -> None:
        if min(self.teff_kelvin, self.logg_dex) < 0:
            raise BadParameter(
                f"catalogue errors teff_kelvin={self.teff_kelvin}, logg_dex="
                f"{self.logg_dex} must not be negative"
            )

    def sample(self, rng: np.random.Generator, star: Star) -> Star:
        """Draw a star with errors; its mass, position and magnitude stay.

        ``star`` has mass, radius, temperature and gravity. The drawn radius is never below
        ``SMALLEST_SHARE`` of the main sequence's, whatever the catalogue's gravity.
        """
        hotter, denser = rng.standard_normal(2)
        teff = max(star.teff + self.teff_kelvin * hotter, 2500.0)
        radius = star.radius * 10 ** (-0.5 * self.logg_dex * denser)
        radius = max(radius, SMALLEST_SHARE * float(radius_from_mass(star.mass)))
        logg = star.logg - 2 * math.log10(radius / star.radius)
        return replace(star, teff=teff, radius=radius, logg=logg)
