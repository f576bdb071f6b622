"""The host star's parameters from its catalogue."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.folded.folded_event import FoldedEvent
from exoval.table.column import Column


@dataclass(frozen=True)
class StarFeatures:
    """Catalogue parameters of the host; missing ones stay missing."""

    columns: ClassVar[tuple[Column, ...]] = (
        Column("teff", "K", "effective temperature", "koi_steff"),
        Column("logg", "dex", "surface gravity", "koi_slogg"),
        Column("metallicity", "dex", "iron abundance", "koi_smet"),
        Column("stellar_radius", "R_sun", "stellar radius", "koi_srad"),
        Column("stellar_mass", "M_sun", "stellar mass", "koi_smass"),
        Column("stellar_density", "rho_sun", "mean stellar density"),
        Column("magnitude", "mag", "magnitude in the mission's band", "koi_kepmag"),
        Column("evolved", "", "1 if the gravity is below that of dwarfs of the temperature"),
    )

    def __call__(self, folded: FoldedEvent) -> dict[str, float]:
        """The columns, straight from the star."""
        star = folded.star
        return {
            "teff": star.teff,
            "logg": star.logg,
            "metallicity": star.metallicity,
            "stellar_radius": star.radius,
            "stellar_mass": star.mass,
            "stellar_density": star.density,
            "magnitude": star.magnitude,
            "evolved": evolved(star.teff, star.logg),
        }


def evolved(teff: float, logg: float) -> float:
    """1 for a subgiant or giant, 0 for a dwarf (Ciardi et al. 2011, AJ 141, 108), NaN if unknown.

    The dividing gravity is 4.0 below 4250 K and 3.5 above 6000 K, with a line between.
    """
    if not math.isfinite(teff) or not math.isfinite(logg):
        return math.nan
    return float(logg < np.interp(teff, [4250.0, 6000.0], [4.0, 3.5]))
