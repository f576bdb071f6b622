"""Draw a transiting planet around a given star, for every scenario with a planet."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from exoval.physics.orbit import semi_major_axis_ratio
from exoval.physics.planet_relations import planet_mass
from exoval.populations.log_uniform import LogUniform
from exoval.populations.transit_timing import TransitTiming
from exoval.star import Star
from exoval.system import Orbit
from exoval.units import EARTH_RADII_PER_SOLAR_RADIUS, MINUTES_PER_DAY
from simulate.observation import Observation

EARTH_RADIUS_IN_SOLAR = 1 / EARTH_RADII_PER_SOLAR_RADIUS
EARTH_MASS_IN_SOLAR = 3.003e-6
#: closest periastron, in stellar radii, at which an orbit is drawn
CLOSEST_PERIASTRON = 2.0
#: largest radius ratio that is drawn; transits are computed for ratios up to 1.5
LARGEST_RATIO = 1.4
#: largest amplitude of transit-timing variations, in periods: larger ones would not be stable
LARGEST_TIMING_SHARE = 0.05


class PlanetOccurrence(Protocol):
    """Planets per star by period (days) and radius (Earth radii), per unit ln of both."""

    def log_prob(self, period: np.ndarray, radius: np.ndarray) -> np.ndarray: ...


class Eccentricities(Protocol):
    """A law of eccentricities."""

    def sample(self, rng: np.random.Generator, size: int) -> np.ndarray: ...


@dataclass(frozen=True)
class DrawnOrbit:
    """An eclipsing orbit, its true parameters, and its prior and proposal (natural logs)."""

    orbit: Orbit
    truth: dict[str, float]
    log_prior: float
    log_proposal: float


def draw_planet(
    rng: np.random.Generator,
    observation: Observation,
    host: Star,
    *,
    occurrence: PlanetOccurrence,
    eccentricities: Eccentricities,
    periods: tuple[float, float],
    radii: tuple[float, float],
    host_share: float = 1.0,
    faintest_snr: float = 5.0,
    timing: TransitTiming | None = None,
) -> DrawnOrbit:
    """A transiting planet around ``host``, log-uniform in period and in detectable radius.

    ``periods`` in days and ``radii`` in Earth radii bound the proposal. The smallest radius is
    raised to where a central transit, diluted to ``host_share`` of the light, reaches
    ``faintest_snr``; the largest is limited to ``LARGEST_RATIO`` times the star's radius. The
    impact parameter is uniform over the values that give a transit, so that no draw is rejected;
    the prior includes the geometric probability. ``timing`` gives some planets transit-timing
    variations.
    """
    shortest = max(periods[0], _surface_period(host, CLOSEST_PERIASTRON))
    period_proposal = LogUniform(shortest, max(periods[1], 1.01 * shortest))
    period = float(period_proposal.sample(rng, 1)[0])
    axis = float(
        semi_major_axis_ratio(mass_1=host.mass, mass_2=0.0, radius_1=host.radius, period=period)
    )
    smallest = _smallest_radius(
        observation, host, period, axis, host_share=host_share, signal_to_noise=faintest_snr
    )
    largest = min(radii[1], LARGEST_RATIO * host.radius / EARTH_RADIUS_IN_SOLAR)
    radius_proposal = LogUniform(min(max(radii[0], smallest), 0.8 * largest), largest)
    radius = float(radius_proposal.sample(rng, 1)[0])
    ratio = radius * EARTH_RADIUS_IN_SOLAR / host.radius
    eccentricity, periastron = draw_shape(rng, eccentricities, axis)
    impact = float(rng.random() * (1 + ratio))
    mass = float(planet_mass(radius))
    orbit = Orbit(
        period=period,
        epoch=observation.start + float(rng.random()) * period,
        radius_ratio=ratio,
        semi_major_axis_ratio=axis,
        impact_parameter=impact,
        eccentricity=eccentricity,
        argument_of_periastron=periastron,
        mass_ratio=mass * EARTH_MASS_IN_SOLAR / host.mass,
    )
    orbit, amplitude = let_wander(rng, observation, orbit, timing)
    geometry = log_transit_probability(orbit)
    truth = {
        "planet_radius_earth": radius,
        "planet_mass_earth": mass,
        "primary_mass_solar": host.mass,
        "primary_radius_solar": host.radius,
        "ttv_amplitude_minutes": amplitude,
        "log_transit_probability": geometry,
    }
    log_prior = float(occurrence.log_prob(period, radius)) + geometry
    log_proposal = float(period_proposal.log_prob(period) + radius_proposal.log_prob(radius))
    return DrawnOrbit(orbit, truth, log_prior, log_proposal)


def log_transit_probability(orbit: Orbit) -> float:
    """Log probability that a randomly inclined orbit eclipses body 1 (Winn 2010, eq. 9)."""
    e, periastron = orbit.eccentricity, orbit.argument_of_periastron
    window = (1 + orbit.radius_ratio) / orbit.semi_major_axis_ratio
    return math.log(min(window * (1 + e * math.sin(periastron)) / (1 - e**2), 1.0))


def deepest_transit(*, planet_radius: float, host_radius: float) -> float:
    """Relative depth of a planet (Earth radii) in front of a star (solar radii), at most 1.

    >>> round(deepest_transit(planet_radius=10.0, host_radius=1.0), 3)
    0.008
    """
    return min((planet_radius * EARTH_RADIUS_IN_SOLAR / host_radius) ** 2, 1.0)


def let_wander(
    rng: np.random.Generator, observation: Observation, orbit: Orbit, timing: TransitTiming | None
) -> tuple[Orbit, float]:
    """The orbit with transit-timing variations, and their amplitude in minutes (0 without any).

    The sinusoid is drawn over the observation and its linear part subtracted, so that period and
    epoch remain those of the observed transits.
    """
    if timing is None:
        return orbit, 0.0
    (amplitude,), (super_period,) = timing.sample(rng, 1)
    phase = float(rng.random())
    if amplitude == 0:
        return orbit, 0.0
    amplitude = min(float(amplitude) / MINUTES_PER_DAY, LARGEST_TIMING_SHARE * orbit.period)
    last = max(
        math.ceil((observation.start + observation.baseline - orbit.epoch) / orbit.period), 0
    )
    number = np.arange(-1, last + 1)
    shift = amplitude * np.sin(2 * np.pi * (number * orbit.period / super_period + phase))
    if len(number) > 2:
        shift = shift - np.polyval(np.polyfit(number, shift, 1), number)
    else:
        shift = np.zeros(len(number))
    times = tuple(float(time) for time in orbit.epoch + number * orbit.period + shift)
    return replace(orbit, transit_times=times), amplitude * MINUTES_PER_DAY


def draw_shape(
    rng: np.random.Generator, eccentricities: Eccentricities, axis: float
) -> tuple[float, float]:
    """Eccentricity and argument of periastron; circular if periastron would be too close."""
    eccentricity = float(eccentricities.sample(rng, 1)[0])
    periastron = float(rng.random() * 2 * np.pi)
    if axis * (1 - eccentricity) < CLOSEST_PERIASTRON:
        eccentricity = 0.0
    return eccentricity, periastron


def _surface_period(host: Star, radii: float) -> float:
    """Period in days of a circular orbit at a distance in stellar radii."""
    return float(
        (
            radii
            / semi_major_axis_ratio(mass_1=host.mass, mass_2=0.0, radius_1=host.radius, period=1.0)
        )
        ** 1.5
    )


def _smallest_radius(
    observation: Observation,
    host: Star,
    period: float,
    axis: float,
    *,
    host_share: float,
    signal_to_noise: float,
) -> float:
    """Radius, in Earth radii, of a planet whose central transit just reaches ``faintest_snr``."""
    duration = period / np.pi / axis
    depth = (
        observation.detectable_depth(period, duration=duration, signal_to_noise=signal_to_noise)
        / host_share
    )
    if not math.isfinite(depth):
        return 0.0
    return math.sqrt(depth) * host.radius / EARTH_RADIUS_IN_SOLAR
