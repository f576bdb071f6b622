"""The number and the masses of faint field stars around a target."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from exoval.physics.stellar_relations import absolute_magnitude
from exoval.units import ARCSEC_PER_DEGREE

#: distance of the Sun from the Galactic centre, parsec
SUN_TO_CENTRE = 8200.0
#: scale height, scale length (parsec) and local share of the thin and the thick disc
DISCS = ((300.0, 2600.0, 0.88), (900.0, 3600.0, 0.12))
#: main-sequence stars of 0.1-0.8 solar masses per cubic parsec near the Sun
LOCAL_DENSITY = 0.1
#: Galactic position in degrees, assumed where a star's position is unknown
DEFAULT_LONGITUDE, DEFAULT_LATITUDE = 90.0, 30.0
SQUARE_DEGREES_PER_STERADIAN = (180 / np.pi) ** 2

MASSES = np.geomspace(0.1, 2.5, 80)
DISTANCES = np.geomspace(30, 30000, 240)
MAGNITUDE_EDGES = np.arange(4.0, 30.01, 0.25)


@dataclass(frozen=True)
class GalacticDisc:
    """An analytic model of the main-sequence stars in a thin and a thick exponential disc.

    Scale lengths are those of Jurić et al. (2008, ApJ 673, 864), masses those of Kroupa (2001,
    MNRAS 322, 231), with stars above 0.9 solar masses thinned by their lifetimes. Dust of
    ``extinction_per_kpc`` magnitudes lies in a layer of ``dust_height`` parsec. Without giants and
    the bulge the counts are good to a factor of about two away from the bulge.
    """

    extinction_per_kpc: float = 0.7
    dust_height: float = 125.0

    def density(
        self, magnitude: float, *, band: str, ra: float = math.nan, dec: float = math.nan
    ) -> float:
        """Return the stars per square arcsec and unit magnitude at a position in degrees."""
        counts = self._field(band, *galactic_coordinates(ra, dec))[2]
        middles = 0.5 * (MAGNITUDE_EDGES[1:] + MAGNITUDE_EDGES[:-1])
        per_square_degree = float(np.exp(np.interp(magnitude, middles, np.log(counts + 1e-30))))
        return per_square_degree / ARCSEC_PER_DEGREE**2

    def log_prob(
        self, magnitude: float, *, band: str, ra: float = math.nan, dec: float = math.nan
    ) -> float:
        """Return the log of ``density``; its exponential integrates to a number of stars."""
        return math.log(self.density(magnitude, band=band, ra=ra, dec=dec))

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
        magnitudes, weights, _ = self._field(band, *galactic_coordinates(ra, dec))
        near = np.exp(-0.5 * ((magnitudes - magnitude) / 0.2) ** 2) * weights
        by_mass = near.sum(axis=1)
        if by_mass.sum() <= 0:
            return np.full(size, 0.8)
        return rng.choice(MASSES, size=size, p=by_mass / by_mass.sum())

    def _field(
        self, band: str, longitude: float, latitude: float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        # whole degrees: the disc varies slowly, and each field then needs one table only
        return _star_counts(
            band,
            longitude=round(longitude),
            latitude=round(latitude),
            extinction_per_kpc=self.extinction_per_kpc,
            dust_height=self.dust_height,
        )


@lru_cache(maxsize=64)
def _star_counts(
    band: str, *, longitude: int, latitude: int, extinction_per_kpc: float, dust_height: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Magnitudes and stars per square degree on (MASSES, DISTANCES), and counts per magnitude."""
    towards_centre, b = math.cos(math.radians(longitude)), math.radians(latitude)
    height = DISTANCES * abs(math.sin(b))
    in_plane = DISTANCES * math.cos(b)
    centre = np.sqrt(SUN_TO_CENTRE**2 + in_plane**2 - 2 * SUN_TO_CENTRE * in_plane * towards_centre)
    crowd = sum(
        share * np.exp(-height / h - (centre - SUN_TO_CENTRE) / scale) for h, scale, share in DISCS
    )
    slant = max(abs(math.sin(b)), 1e-3)
    dust_path = dust_height / slant * (1 - np.exp(-height / dust_height))
    extinction = extinction_per_kpc * np.minimum(dust_path, DISTANCES) / 1000
    modulus = 5 * np.log10(DISTANCES / 10) + extinction
    volume = DISTANCES**3 * np.gradient(np.log(DISTANCES)) / SQUARE_DEGREES_PER_STERADIAN
    magnitudes = absolute_magnitude(MASSES, band=band)[:, None] + modulus[None, :]
    weights = _mass_function()[:, None] * (crowd * volume)[None, :]
    counts, _ = np.histogram(magnitudes, MAGNITUDE_EDGES, weights=weights)
    return magnitudes, weights, counts / np.diff(MAGNITUDE_EDGES)


def _mass_function() -> np.ndarray:
    """Main-sequence stars per cubic parsec in every bin of MASSES."""
    number = np.where(MASSES < 0.5, MASSES**-1.3, 0.5 * MASSES**-2.3) * np.gradient(MASSES)
    number = number * LOCAL_DENSITY / number[MASSES < 0.8].sum()
    return number * np.minimum(1, (MASSES / 0.9) ** -2.5)


def galactic_coordinates(ra: float, dec: float) -> tuple[float, float]:
    """Return Galactic longitude and latitude (degrees) of a J2000 position (degrees).

    An unknown position (NaN) gives DEFAULT_LONGITUDE and DEFAULT_LATITUDE.

    >>> [round(angle) for angle in galactic_coordinates(83.82, -5.39)]
        [209, -19]
    """
    if not (math.isfinite(ra) and math.isfinite(dec)):
        return DEFAULT_LONGITUDE, DEFAULT_LATITUDE
    # north Galactic pole and the longitude of the celestial pole (IAU 1958, J2000)
    pole_ra, pole_dec, pole_longitude = (math.radians(x) for x in (192.85948, 27.12825, 122.93192))
    a, d = math.radians(ra) - pole_ra, math.radians(dec)
    sine = math.sin(d) * math.sin(pole_dec) + math.cos(d) * math.cos(pole_dec) * math.cos(a)
    y = math.cos(d) * math.sin(a)
    x = math.sin(d) * math.cos(pole_dec) - math.cos(d) * math.sin(pole_dec) * math.cos(a)
    return math.degrees(pole_longitude - math.atan2(y, x)) % 360, math.degrees(math.asin(sine))
