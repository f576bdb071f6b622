"""Draw an eclipsing stellar companion of a given star: shared by every scenario with a binary."""

from __future__ import annotations

import math

import numpy as np

from exoval.physics.limb_darkening import quadratic_limb_darkening
from exoval.physics.orbit import semi_major_axis_ratio
from exoval.physics.stellar_relations import (
    radius_from_mass,
    surface_brightness_ratio,
    teff_from_mass,
)
from exoval.populations.close_binaries import CloseBinaries, sample_eccentricity
from exoval.populations.log_uniform import LogUniform
from exoval.star import Star
from exoval.system import Orbit
from simulate.complete_star import SOLAR_LOGG
from simulate.observation import Observation
from simulate.scenarios.planet_orbit import DrawnOrbit, log_transit_probability

#: smallest mass of a stellar companion, solar
LEAST_MASS = 0.08
#: (R1 + R2) / a at periastron above which two spheres are no model of the pair
CLOSEST_PAIR = 0.8


def draw_binary(rng: np.random.Generator, observation: Observation, primary: Star,
                periods: tuple[float, float]) -> DrawnOrbit:
    """An eclipsing pair: log-uniform period, uniform mass ratio, impact inside the window.

    The companion is a dwarf of the main sequence. The prior is that of close binaries of the
    primary's mass (Moe & Di Stefano 2017) times the geometric probability. ``periods`` in days;
    the shortest rises to where the pair would be too close for two spheres.
    """
    least_ratio = max(0.1, LEAST_MASS / primary.mass)
    mass_ratio = float(rng.uniform(min(least_ratio, 0.95), 1.0))
    mass = mass_ratio * primary.mass
    radius = float(radius_from_mass(mass))
    axis_of_one_day = float(semi_major_axis_ratio(primary.mass, mass, primary.radius, 1.0))
    ratio = radius / primary.radius
    closest = ((1 + ratio) / CLOSEST_PAIR / axis_of_one_day) ** 1.5
    proposal = LogUniform(max(periods[0], closest), max(periods[1], 1.01 * closest))
    period = float(proposal.sample(rng, 1)[0])
    axis = axis_of_one_day * period ** (2 / 3)
    eccentricity = min(sample_eccentricity(rng, period), 1 - (1 + ratio) / CLOSEST_PAIR / axis)
    orbit = Orbit(period, observation.start + float(rng.random()) * period, ratio, axis,
                  float(rng.random() * (1 + ratio)), max(eccentricity, 0.0),
                  float(rng.random() * 2 * np.pi),
                  mass_ratio=mass_ratio,
                  **_companion_light(primary, mass, radius, observation.band))
    population = CloseBinaries(float(np.clip(primary.mass, 0.08, 40)))
    log_prior = float(population.log_prob(period, mass_ratio)) + log_transit_probability(orbit)
    log_proposal = float(proposal.log_prob(period)) - math.log(1 - min(least_ratio, 0.95))
    truth = {"mass_ratio": mass_ratio, "companion_radius_solar": radius}
    return DrawnOrbit(orbit, truth, log_prior, log_proposal)


def _companion_light(primary: Star, mass: float, radius: float, band: str) -> dict:
    teff = float(teff_from_mass(mass))
    logg = SOLAR_LOGG + math.log10(mass / radius**2)
    return {
        "surface_brightness_ratio": float(surface_brightness_ratio(teff, primary.teff, band)),
        "companion_limb_darkening": quadratic_limb_darkening(teff, logg, band),
    }
