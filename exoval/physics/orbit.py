"""Keplerian orbits projected on the sky: phases, separations and contacts."""

from __future__ import annotations

import math

import numpy as np

from exoval.errors import BadParameter
from exoval.system import Orbit

#: semi-major axis in solar radii of a pair of one solar mass with a period of one day
SOLAR_RADII_PER_DAY_ORBIT = 4.2083

#: number of true anomalies scanned for an eclipse on either side of conjunction
_SCAN = 150


def eccentric_anomaly(mean_anomaly: np.ndarray, eccentricity: float) -> np.ndarray:
    """Solve Kepler's equation E - e sin E = M to 1e-12 rad.

    ``mean_anomaly`` is an array in radians; the result has its shape and lies in [-pi, pi].
    Starting value and third-order correction are those of Danby (1987, Celestial Mechanics 40,
    303). Raises BadParameter unless 0 <= eccentricity < 1.

    >>> anomaly = eccentric_anomaly(np.array([1.0]), 0.3)
    >>> (anomaly - 0.3 * np.sin(anomaly)).round(12)
    array([1.])
    """
    if not 0 <= eccentricity < 1:
        raise BadParameter(f"eccentricity {eccentricity} is not in [0, 1): give a bound orbit")
    mean = np.asarray(mean_anomaly, dtype=float)
    mean = mean - 2 * np.pi * np.round(mean / (2 * np.pi))
    if eccentricity == 0:
        return mean
    anomaly = mean + 0.85 * eccentricity * np.sign(mean)
    for _ in range(30):
        sine, cosine = eccentricity * np.sin(anomaly), eccentricity * np.cos(anomaly)
        residual, slope = anomaly - sine - mean, 1 - cosine
        step = -residual / slope
        step = -residual / (slope + 0.5 * step * sine)
        step = -residual / (slope + 0.5 * step * sine + step**2 * cosine / 6)
        anomaly = anomaly + step
        if not np.any(np.abs(step) > 1e-13):
            break
    return anomaly


def mean_anomaly_at(true_anomaly: np.ndarray, eccentricity: float) -> np.ndarray:
    """Return the mean anomaly of a true anomaly, both in radians, continuous over full turns."""
    beta = eccentricity / (1 + math.sqrt(1 - eccentricity**2))
    lag = np.arctan2(beta * np.sin(true_anomaly), 1 + beta * np.cos(true_anomaly))
    anomaly = true_anomaly - 2 * lag
    return anomaly - eccentricity * np.sin(anomaly)


def secondary_delay(period: float, *, eccentricity: float, argument_of_periastron: float) -> float:
    """Return the days from a primary conjunction to the next secondary conjunction.

    The delay is exact and lies between 0 and ``period`` (days). ``argument_of_periastron`` w is in
    radians; the conjunctions are at true anomalies pi/2 - w and 3 pi/2 - w.

    >>> round(secondary_delay(10.0, eccentricity=0.0, argument_of_periastron=0.0), 9)
    5.0
    """
    primary = 0.5 * np.pi - argument_of_periastron
    phases = mean_anomaly_at(np.array([primary, primary + np.pi]), eccentricity)
    return float(period * (phases[1] - phases[0]) / (2 * np.pi))


def semi_major_axis_ratio(*, mass_1: float, mass_2: float, radius_1: float, period: float) -> float:
    """Return the semi-major axis in units of body 1's radius, from Kepler's third law.

    Masses and ``radius_1`` are in solar units, ``period`` in days; arrays are broadcast.

    >>> round(semi_major_axis_ratio(mass_1=1.0, mass_2=0.0, radius_1=1.0, period=365.25))
    215
    """
    axis = SOLAR_RADII_PER_DAY_ORBIT * np.cbrt(mass_1 + mass_2) * np.cbrt(period) ** 2
    return axis / radius_1


def cosine_of_inclination(orbit: Orbit) -> float:
    """Return the cosine of the inclination from b = a cos i (1 - e^2) / (1 + e sin w).

    Winn 2010 (arXiv:1001.2010, equation 7). Raises BadParameter if the cosine would exceed one.
    """
    e, w = orbit.eccentricity, orbit.argument_of_periastron
    distance = orbit.semi_major_axis_ratio * (1 - e**2) / (1 + e * math.sin(w))
    if not 0 <= orbit.impact_parameter <= distance:
        raise BadParameter(
            f"impact parameter {orbit.impact_parameter} is not between 0 and the distance "
            f"{distance:.4g} of the bodies at conjunction: no such orbit; draw another"
        )
    return orbit.impact_parameter / distance


def inclination(orbit: Orbit) -> float:
    """Return the inclination in radians; pi/2 is edge-on."""
    return math.acos(cosine_of_inclination(orbit))


def seen_from_body_2(orbit: Orbit) -> Orbit:
    """Return the orbit with the bodies exchanged: its primary eclipse is the old secondary.

    Lengths are then in units of R2. The periastron turns by pi, the epoch becomes the secondary
    conjunction, and the surface-brightness ratio is inverted (infinite for a dark body 2).
    ``companion_limb_darkening`` is not exchanged, so it does not describe the new body 2.
    """
    e, w, k = orbit.eccentricity, orbit.argument_of_periastron, orbit.radius_ratio
    nearer = (1 + e * math.sin(w)) / (1 - e * math.sin(w))
    brightness, masses = orbit.surface_brightness_ratio, orbit.mass_ratio
    delay = secondary_delay(orbit.period, eccentricity=e, argument_of_periastron=w)
    return Orbit(
        period=orbit.period,
        epoch=orbit.epoch + delay,
        radius_ratio=1 / k,
        semi_major_axis_ratio=orbit.semi_major_axis_ratio / k,
        impact_parameter=orbit.impact_parameter * nearer / k,
        eccentricity=e,
        argument_of_periastron=(w + np.pi) % (2 * np.pi),
        surface_brightness_ratio=1 / brightness if brightness > 0 else math.inf,
        mass_ratio=1 / masses if masses > 0 else math.inf,
        companion_limb_darkening=orbit.companion_limb_darkening,
        transit_times=tuple(mid_time + delay for mid_time in orbit.transit_times),
    )


def sky_position(time_from_epoch: np.ndarray, orbit: Orbit) -> tuple[np.ndarray, np.ndarray]:
    """Return the sky-projected separation of the centres and body 2's height to the observer.

    ``time_from_epoch`` in days from the mid-time of body 1's eclipse; both results have its shape
    and are in units of R1. Body 2 is in front where the height is positive.
    """
    e, w = orbit.eccentricity, orbit.argument_of_periastron
    cos_i = cosine_of_inclination(orbit)
    start = mean_anomaly_at(0.5 * np.pi - w, e)
    turns = np.asarray(time_from_epoch, dtype=float) / orbit.period
    anomaly = eccentric_anomaly(start + 2 * np.pi * (turns - np.round(turns)), e)
    along = orbit.semi_major_axis_ratio * (np.cos(anomaly) - e)
    across = orbit.semi_major_axis_ratio * math.sqrt(1 - e**2) * np.sin(anomaly)
    # r cos(w + f) and r sin(w + f); the hypotenuse keeps full precision of z where r >> 1
    in_sky = along * math.cos(w) - across * math.sin(w)
    out_of_sky = along * math.sin(w) + across * math.cos(w)
    return np.hypot(in_sky, out_of_sky * cos_i), out_of_sky * math.sqrt(1 - cos_i**2)


def contact_interval(orbit: Orbit, *, separation: float) -> tuple[float, float] | None:
    """Return when body 2, in front, comes within a separation and leaves it again.

    Both moments are in days from the epoch; on an eccentric orbit they are not symmetric about it.
    ``separation`` is in units of R1: 1 + k for first and fourth contact, |1 - k| for second and
    third. None where the bodies never come that close. The contacts are roots in true anomaly,
    exact to 1e-12 rad, converted to times by Kepler's equation.
    """
    # cubic spacing resolves both the short transit of a wide orbit and the half turn of a close one
    angles = 0.5 * np.pi * np.linspace(-1, 1, 2 * _SCAN + 1) ** 3
    inside = _separation_at(angles, orbit) < separation
    if not inside.any():
        closest = _closest_angle(angles, orbit)
        if not _separation_at(closest, orbit) < separation:
            return None
        angles = np.sort(np.append(angles, closest))
        inside = _separation_at(angles, orbit) < separation
    first, last = np.flatnonzero(inside)[[0, -1]]
    left = _contact(angles[max(first - 1, 0)], angles[first], orbit, separation)
    right = _contact(angles[min(last + 1, angles.size - 1)], angles[last], orbit, separation)
    middle = 0.5 * np.pi - orbit.argument_of_periastron
    mean = mean_anomaly_at(middle + np.array([left, 0.0, right]), orbit.eccentricity)
    days = (mean - mean[1]) * orbit.period / (2 * np.pi)
    return float(days[0]), float(days[2])


def durations(orbit: Orbit) -> tuple[float, float]:
    """Return T14 and T23 of body 1's eclipse in days; zero where it has no such contacts.

    >>> orbit = Orbit(period=10.0, epoch=0.0, radius_ratio=0.1, semi_major_axis_ratio=20.0,
    ...               impact_parameter=0.3)
    >>> [round(24 * duration, 2) for duration in durations(orbit)]
    [4.04, 3.24]
    """
    k = orbit.radius_ratio
    whole, inner = (
        contact_interval(orbit, separation=1 + k),
        contact_interval(orbit, separation=abs(1 - k)),
    )
    return (whole[1] - whole[0] if whole else 0.0), (inner[1] - inner[0] if inner else 0.0)


def _separation_at(angle: np.ndarray, orbit: Orbit) -> np.ndarray:
    """Sky-projected separation at an angle (radians of true anomaly) after conjunction."""
    e = orbit.eccentricity
    anomaly = 0.5 * np.pi - orbit.argument_of_periastron + angle
    distance = orbit.semi_major_axis_ratio * (1 - e**2) / (1 + e * np.cos(anomaly))
    return distance * np.hypot(np.sin(angle), np.cos(angle) * cosine_of_inclination(orbit))


def _closest_angle(angles: np.ndarray, orbit: Orbit) -> float:
    """Angle of the smallest separation, by golden-section search about the best of ``angles``."""
    best = int(np.argmin(_separation_at(angles, orbit)))
    low, high = angles[max(best - 1, 0)], angles[min(best + 1, angles.size - 1)]
    golden = 0.5 * (math.sqrt(5) - 1)
    for _ in range(60):
        inner = high - golden * (high - low), low + golden * (high - low)
        if _separation_at(inner[0], orbit) < _separation_at(inner[1], orbit):
            high = inner[1]
        else:
            low = inner[0]
    return 0.5 * (low + high)


def _contact(outside: float, inside: float, orbit: Orbit, separation: float) -> float:
    """Bisect to the contact; returns the outer end, so that the whole eclipse is inside."""
    if _separation_at(outside, orbit) < separation:
        return outside  # still in contact at quadrature: the bodies always overlap
    for _ in range(50):
        middle = 0.5 * (outside + inside)
        if _separation_at(middle, orbit) < separation:
            inside = middle
        else:
            outside = middle
    return outside
