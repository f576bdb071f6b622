"""Mass and radius of planets (Chen & Kipping 2017, ApJ 834, 17)."""

from __future__ import annotations

import numpy as np

#: Earth masses where the slope of log R over log M changes; 0.414 M_jup and 0.080 M_sun
BREAKS = np.array([2.04, 0.414 * 317.83, 0.080 * 332946.0])
SLOPES = np.array([0.279, 0.589, -0.044, 0.881])

#: radius in Earth radii of a planet of one Earth mass
EARTH_MASS_RADIUS = 10**0.00346

# log10 of mass at the breaks, and of radius there: the relation is continuous
_LOG_BREAKS = np.log10(BREAKS)
_LOG_RADII = np.log10(EARTH_MASS_RADIUS) + np.cumsum(SLOPES[:3] * np.diff(_LOG_BREAKS, prepend=0.0))


def planet_radius(mass: np.ndarray) -> np.ndarray:
    """Return the mean radius (Earth radii) of a body of ``mass`` (Earth masses), Terran to stellar.

    >>> round(float(planet_radius(1.0)), 2)
    1.01
    """
    log_mass = np.log10(mass)
    branch = np.searchsorted(_LOG_BREAKS, log_mass)
    anchor = np.maximum(branch - 1, 0)
    return 10 ** (_LOG_RADII[anchor] + SLOPES[branch] * (log_mass - _LOG_BREAKS[anchor]))


def planet_mass(radius: np.ndarray) -> np.ndarray:
    """Return the mass (Earth masses) of a planet of ``radius`` (Earth radii).

    The relation is inverted where radius rises with mass, up to its peak of 14.3 Earth radii at
    0.414 M_jup. Larger radii do not determine a mass and give that of the peak, which is several
    times too low for most giants.
    """
    log_radius = np.minimum(np.log10(radius), _LOG_RADII[1])
    terran = (log_radius - np.log10(EARTH_MASS_RADIUS)) / SLOPES[0]
    neptunian = _LOG_BREAKS[0] + (log_radius - _LOG_RADII[0]) / SLOPES[1]
    return 10 ** np.where(log_radius < _LOG_RADII[0], terran, neptunian)
