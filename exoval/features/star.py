"""The star, as far as catalogues know it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from exoval.feature_table import Column
from exoval.features.folded_event import FoldedEvent


@dataclass(frozen=True)
class StarFeatures:
    """Catalogue parameters of the host; missing ones stay missing."""

    columns: ClassVar[tuple[Column, ...]] = (
        Column("teff", "K", "effective temperature", "koi_steff"),
        Column("logg", "dex", "surface gravity", "koi_slogg"),
        Column("metallicity", "dex", "iron abundance", "koi_smet"),
        Column("stellar_radius", "R_sun", "stellar radius", "koi_srad"),
        Column("stellar_density", "rho_sun", "mean stellar density"),
        Column("magnitude", "mag", "magnitude in the mission's band", "koi_kepmag"),
    )

    def __call__(self, folded: FoldedEvent) -> dict[str, float]:
        """The columns, straight from the star."""
        star = folded.star
        return {
            "teff": star.teff,
            "logg": star.logg,
            "metallicity": star.metallicity,
            "stellar_radius": star.radius,
            "stellar_density": star.density,
            "magnitude": star.magnitude,
        }
