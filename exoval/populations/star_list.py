"""Field stars counted in a list of stars instead of a model of the Galaxy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.physics.stellar_relations import MASS_RANGE, mass_from_absolute_magnitude
from exoval.units import ARCSEC_PER_DEGREE

#: lower-case names of columns with magnitudes, by band
MAGNITUDES = {
    "kepler": ("kepler", "kepler_mag", "kepmag", "kp", "magnitude"),
    "tess": ("tess", "tess_mag", "tessmag", "tmag", "magnitude"),
}
#: lower-case names of columns with masses in solar units
MASSES = ("mact", "mass", "m_ini")
#: width in magnitudes of the bins in which stars are counted
BIN = 0.5
#: distance in parsec assumed for field stars where the list has no masses
TYPICAL_DISTANCE = 1000.0


@dataclass(frozen=True)
class StarList:
    """A star list of ``area_square_degrees``: a TRILEGAL run or catalogue cone, CSV or Parquet.

    The list has a magnitude column (``MAGNITUDES``) and may have masses (``MASSES``); otherwise
    masses follow from magnitudes at a typical distance. The same list is used for every position on
    the sky.

    Raises BadParameter for an area that is not positive and DataNotFound for a missing file;
    reading raises BadTable for a list without magnitudes.
    """

    path: str
    area_square_degrees: float

    def __post_init__(self) -> None:
        if not self.area_square_degrees > 0:
            raise BadParameter(
                f"area_square_degrees={self.area_square_degrees}: give the area "
                "that the star list covers"
            )
        if not Path(self.path).is_file():
            raise DataNotFound(f"no star list at {self.path}; check population.field.path")

    @cached_property
    def _frame(self) -> pd.DataFrame:
        try:
            frame = (
                pd.read_parquet(self.path)
                if str(self.path).endswith(".parquet")
                else pd.read_csv(self.path, comment=None)
            )
        except (OSError, ValueError, pa.ArrowException) as error:
            raise BadTable(
                f"cannot read the star list {self.path} ({error}); give CSV or Parquet"
            ) from error
        return frame.rename(columns=lambda name: str(name).strip().lstrip("#").lower())

    def _magnitudes(self, band: str) -> np.ndarray:
        names = [name for name in MAGNITUDES.get(band, ("magnitude",)) if name in self._frame]
        if not names:
            raise BadTable(
                f"the star list {self.path} has no magnitudes in the {band} band; name "
                f"a column one of {', '.join(MAGNITUDES.get(band, ('magnitude',)))}"
            )
        values = self._frame[names[0]].to_numpy(dtype=float)
        if not np.isfinite(values).any():
            raise BadTable(
                f"the star list {self.path} has no finite magnitude in '{names[0]}'; "
                "fill the column"
            )
        return values

    def density(
        self, magnitude: float, *, band: str, ra: float = math.nan, dec: float = math.nan
    ) -> float:
        """Return the stars per square arcsec and unit magnitude."""
        near = np.abs(self._magnitudes(band) - magnitude) <= 0.5 * BIN
        return float(near.sum() / BIN / self.area_square_degrees / ARCSEC_PER_DEGREE**2)

    def log_prob(
        self, magnitude: float, *, band: str, ra: float = math.nan, dec: float = math.nan
    ) -> float:
        """Return the log of ``density``; minus infinity where the list counts no stars."""
        density = self.density(magnitude, band=band, ra=ra, dec=dec)
        return math.log(density) if density > 0 else -math.inf

    def sample(
        self,
        rng: np.random.Generator,
        size: int,
        magnitude: float,
        *,
        band: str,
        ra: float = math.nan,
        dec: float = math.nan,
    ) -> np.ndarray:
        """Draw the masses (solar) of stars of an apparent magnitude, shape (size,)."""
        magnitudes = self._magnitudes(band)
        distance = np.where(np.isfinite(magnitudes), np.abs(magnitudes - magnitude), np.inf)
        near = np.flatnonzero(distance <= max(0.5 * BIN, distance.min()))
        chosen = near[rng.integers(len(near), size=size)]
        return np.clip(self._masses(band)[chosen], *MASS_RANGE)

    def _masses(self, band: str) -> np.ndarray:
        names = [name for name in MASSES if name in self._frame]
        if names:
            return self._frame[names[0]].to_numpy(dtype=float)
        modulus = 5 * math.log10(TYPICAL_DISTANCE / 10)
        return mass_from_absolute_magnitude(self._magnitudes(band) - modulus, band=band)
