"""The main sequence: mass, radius, temperature and brightness of dwarfs, 0.075-3.38 M_sun.

The table is a thinned copy of the mean dwarf sequence of Pecaut & Mamajek 2013 (ApJS 208, 9, and
its later versions), interpolated monotonically (PCHIP) in the logarithms of mass, radius and
temperature. Age, metallicity and activity scatter real stars about it by 5-10 % in radius and some
0.3 mag.

Magnitudes: ``tess`` from Gaia G and BP-RP by Stassun et al. 2019 (AJ 158, 138, dwarfs), 0.01 mag;
``kepler`` = G + 0.167 + (Kp - G), whose last term is synthesised by integrating the sequence's
BVRIJK colours over both passbands, with the zero point set on the Sun. It agrees with the Kepler
Input Catalog's definition (Brown et al. 2011, AJ 142, 112: 0.25 g + 0.75 r to g - r = 0.3, then 0.3
g + 0.7 i; g, r, i from Jester et al. 2005, AJ 130, 873) to 0.06 mag from A7 to M1.5, where those
transformations end, and to 0.1 mag for hotter dwarfs. For stars without i the catalogue used 0.2 g
+ 0.8 r or 0.1 g + 0.9 r; its magnitudes of these are fainter than the light that Kepler receives,
by 0.2-0.3 mag at M0-M2 and by more for later types. Below 0.13 M_sun, where BP-RP exceeds the range
of Stassun et al., ``tess`` is synthesised too, and both are good to about 0.3 mag.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.interpolate import PchipInterpolator

from exoval.errors import BadParameter

#: solar masses where hydrogen burning and the sequence end
LEAST_STELLAR_MASS = 0.075
#: columns: mass, radius (solar), teff (K), absolute magnitudes in the Kepler and TESS bands
_SEQUENCE = np.array(
    [
        (0.075, 0.097, 2060, 18.04, 15.75),
        (0.077, 0.102, 2270, 17.34, 15.05),
        (0.080, 0.104, 2420, 16.59, 14.38),
        (0.086, 0.114, 2570, 15.83, 13.71),
        (0.090, 0.120, 2680, 15.25, 13.29),
        (0.105, 0.137, 2810, 14.69, 12.90),
        (0.122, 0.156, 2930, 13.74, 12.02),
        (0.155, 0.196, 3060, 12.80, 11.16),
        (0.180, 0.217, 3110, 12.36, 10.79),
        (0.240, 0.274, 3210, 11.50, 10.02),
        (0.290, 0.300, 3270, 11.08, 9.67),
        (0.360, 0.361, 3430, 10.28, 8.97),
        (0.420, 0.421, 3470, 9.89, 8.63),
        (0.485, 0.482, 3620, 9.19, 8.04),
        (0.560, 0.544, 3770, 8.62, 7.54),
        (0.610, 0.615, 3990, 7.95, 6.98),
        (0.640, 0.630, 4090, 7.72, 6.76),
        (0.670, 0.669, 4300, 7.28, 6.40),
        (0.700, 0.701, 4440, 6.97, 6.14),
        (0.760, 0.755, 4870, 6.32, 5.62),
        (0.820, 0.783, 5100, 5.92, 5.27),
        (0.860, 0.813, 5290, 5.64, 5.04),
        (0.890, 0.853, 5380, 5.43, 4.85),
        (0.930, 0.914, 5480, 5.19, 4.63),
        (0.980, 0.977, 5660, 4.89, 4.36),
        (1.000, 1.012, 5770, 4.72, 4.20),
        (1.070, 1.100, 5930, 4.42, 3.91),
        (1.120, 1.167, 6050, 4.20, 3.73),
        (1.210, 1.324, 6280, 3.75, 3.31),
        (1.320, 1.473, 6550, 3.35, 2.95),
        (1.430, 1.622, 6820, 2.98, 2.63),
        (1.600, 1.728, 7220, 2.60, 2.32),
        (1.760, 1.750, 7760, 2.29, 2.06),
        (1.880, 1.794, 8250, 2.03, 1.85),
        (2.060, 2.117, 8840, 1.46, 1.33),
        (2.330, 2.193, 9700, 1.13, 1.06),
        (2.750, 2.490, 10700, 0.65, 0.62),
        (3.380, 2.860, 12300, 0.14, 0.13),
    ]
)
_LOG_COLUMNS = {
    "mass": np.log10(_SEQUENCE[:, 0]),
    "radius": np.log10(_SEQUENCE[:, 1]),
    "teff": np.log10(_SEQUENCE[:, 2]),
    "kepler": -0.4 * _SEQUENCE[:, 3],
    "tess": -0.4 * _SEQUENCE[:, 4],
}
BANDS = ("kepler", "tess")

#: least and greatest mass of the sequence, solar
MASS_RANGE = (float(_SEQUENCE[0, 0]), float(_SEQUENCE[-1, 0]))


def radius_from_mass(mass: np.ndarray) -> np.ndarray:
    """Return the radius (solar) of a dwarf of ``mass`` (solar, any shape, clamped to MASS_RANGE).

    >>> radius_from_mass([0.3, 1.0]).round(2)
    array([0.31, 1.01])
    """
    return 10 ** _along("mass", "radius", np.log10(mass))


def teff_from_mass(mass: np.ndarray) -> np.ndarray:
    """Return the effective temperature (K) of a dwarf of ``mass`` (solar, clamped)."""
    return 10 ** _along("mass", "teff", np.log10(mass))


def mass_from_radius(radius: np.ndarray) -> np.ndarray:
    """Return the mass (solar) of a dwarf of ``radius`` (solar, clamped to the sequence)."""
    return 10 ** _along("radius", "mass", np.log10(radius))


def mass_from_teff(teff: np.ndarray) -> np.ndarray:
    """Return the mass (solar) of a dwarf of effective temperature ``teff`` (K, clamped)."""
    return 10 ** _along("teff", "mass", np.log10(teff))


def absolute_magnitude(mass: np.ndarray, *, band: str) -> np.ndarray:
    """Return the absolute magnitude of a dwarf of ``mass`` (solar, clamped) in kepler or tess.

    Raises BadParameter for another band.
    """
    return -2.5 * _along("mass", _known(band), np.log10(mass))


def mass_from_absolute_magnitude(magnitude: np.ndarray, *, band: str) -> np.ndarray:
    """Return the mass (solar) of a dwarf of an absolute ``magnitude`` in ``kepler`` or ``tess``.

    Magnitudes are clamped to the sequence. Raises BadParameter for another band.
    """
    return 10 ** _along(_known(band), "mass", -0.4 * np.asarray(magnitude))


def surface_brightness_ratio(*, teff_2: np.ndarray, teff_1: np.ndarray, band: str) -> np.ndarray:
    """Return the disc-averaged surface brightness of star 2 over star 1, from temperatures in K.

    The brightness at a temperature is the sequence's flux over radius squared, so the flux ratio of
    two dwarfs is this ratio times (R2/R1)^2. A blackbody agrees to 0.1 mag for 5000-10000 K but is
    too bright for M dwarfs: relative to the Sun by 0.5 mag in ``kepler`` and 0.2 mag in ``tess`` at
    3430 K, 1.3 and 0.6 mag at 2700 K. Temperatures are clamped to 2060-12300 K.

    Raises BadParameter for a band other than ``kepler`` and ``tess``.
    """
    curve = _brightness_curve(_known(band))
    return 10 ** (
        curve(_clamped("teff", np.log10(teff_2))) - curve(_clamped("teff", np.log10(teff_1)))
    )


def _known(band: str) -> str:
    if band not in BANDS:
        raise BadParameter(f"no magnitudes in band '{band}'; use {' or '.join(BANDS)}")
    return band


@cache
def _curve(given: str, wanted: str) -> PchipInterpolator:
    return PchipInterpolator(_LOG_COLUMNS[given], _LOG_COLUMNS[wanted])


@cache
def _brightness_curve(band: str) -> PchipInterpolator:
    brightness = _LOG_COLUMNS[band] - 2 * _LOG_COLUMNS["radius"]
    return PchipInterpolator(_LOG_COLUMNS["teff"], brightness)


def _clamped(column: str, value: np.ndarray) -> np.ndarray:
    return np.clip(value, _LOG_COLUMNS[column][0], _LOG_COLUMNS[column][-1])


def _along(given: str, wanted: str, value: np.ndarray) -> np.ndarray:
    """Interpolate one logarithmic column of the sequence as a function of another."""
    return _curve(given, wanted)(_clamped(given, value))
