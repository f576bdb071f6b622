"""Draw an eclipsing companion of a given star, for every scenario with a binary."""

from __future__ import annotations

import math

import numpy as np

from exoval.physics.limb_darkening import quadratic_limb_darkening
from exoval.physics.orbit import semi_major_axis_ratio
from exoval.physics.phase_curve import CLOSEST_SUM, FULLEST_ROCHE_LOBE, roche_radius
from exoval.physics.planet_relations import planet_radius
from exoval.physics.stellar_relations import (
    LEAST_STELLAR_MASS,
    radius_from_mass,
    surface_brightness_ratio,
)
from exoval.populations import brown_dwarfs
from exoval.populations.binary_population import BinaryPopulation
from exoval.populations.close_binaries import TWIN_ABOVE, sample_eccentricity
from exoval.populations.log_uniform import LogUniform
from exoval.star import Star
from exoval.system import Orbit
from simulate.draws.dwarf import dwarf
from simulate.draws.planet_orbit import (
    EARTH_MASS_IN_SOLAR,
    EARTH_RADIUS_IN_SOLAR,
    DrawnOrbit,
    log_transit_probability,
)
from simulate.observation import Observation

#: closest drawn orbit over the orbit of the closest detached pair
MARGIN = 1.001
#: smallest a / R1 for which eclipses are computed
SMALLEST_AXIS = 1.5
#: share of the stellar draws that are twins, with mass ratios from TWIN_ABOVE to 1: twins are so
#: common in nature that uniform draws would put most of the weight on a few rows
TWIN_SHARE = 0.2
#: an eclipse hides at most about half of a binary's light
DEEPEST_ECLIPSE = 0.5


def deepest_eclipse(radius: float) -> float:
    """Share of a pair's light that an eclipse can hide, the same for every radius."""
    return DEEPEST_ECLIPSE


def draw_binary(
    rng: np.random.Generator,
    observation: Observation,
    primary: Star,
    *,
    periods: tuple[float, float],
    population: BinaryPopulation,
    brown_dwarf_share: float = 0.0,
) -> DrawnOrbit:
    """An eclipsing pair with a log-uniform period and an impact parameter that gives eclipses.

    Mass ratios are uniform, with an excess of twins. The companion is a main-sequence dwarf or,
    in ``brown_dwarf_share`` of the draws, a dark brown dwarf of log-uniform mass. The prior is the
    population at the primary's mass times the geometric probability. ``periods`` are in days; the
    shortest is raised until two spheres are a valid model of the pair.
    """
    mass_ratio, is_brown_dwarf, log_density = _draw_mass_ratio(rng, primary.mass, brown_dwarf_share)
    mass = mass_ratio * primary.mass
    radius = _radius(mass, is_brown_dwarf)
    axis_of_one_day = float(
        semi_major_axis_ratio(mass_1=primary.mass, mass_2=mass, radius_1=primary.radius, period=1.0)
    )
    ratio = radius / primary.radius
    smallest_axis = _smallest_axis(ratio, mass_ratio)
    closest = (smallest_axis / axis_of_one_day) ** 1.5
    proposal = LogUniform(max(periods[0], closest), max(periods[1], 1.01 * closest))
    period = float(proposal.sample(rng, 1)[0])
    axis = axis_of_one_day * period ** (2 / 3)
    eccentricity = min(sample_eccentricity(rng, period), 1 - smallest_axis / axis)
    orbit = Orbit(
        period=period,
        epoch=observation.start + float(rng.random()) * period,
        radius_ratio=ratio,
        semi_major_axis_ratio=axis,
        impact_parameter=float(rng.random() * (1 + ratio)),
        eccentricity=max(eccentricity, 0.0),
        argument_of_periastron=float(rng.random() * 2 * np.pi),
        mass_ratio=mass_ratio,
        **({} if is_brown_dwarf else _light(primary, mass, observation.band)),
    )
    geometry = log_transit_probability(orbit)
    log_prior = float(population.of(primary.mass).log_prob(period, mass_ratio)) + geometry
    truth = {
        "primary_mass_solar": primary.mass,
        "primary_radius_solar": primary.radius,
        "mass_ratio": mass_ratio,
        "companion_radius_solar": radius,
        "is_brown_dwarf": float(is_brown_dwarf),
        "log_transit_probability": geometry,
    }
    return DrawnOrbit(orbit, truth, log_prior, float(proposal.log_prob(period)) + log_density)


def _smallest_axis(ratio: float, mass_ratio: float) -> float:
    """Smallest a / R1 at periastron for which two spheres are a valid model of the pair."""
    lobes = 1 / roche_radius(1 / mass_ratio), ratio / roche_radius(mass_ratio)
    return MARGIN * max((1 + ratio) / CLOSEST_SUM, max(lobes) / FULLEST_ROCHE_LOBE, SMALLEST_AXIS)


def _draw_mass_ratio(
    rng: np.random.Generator, primary_mass: float, brown_dwarf_share: float
) -> tuple[float, bool, float]:
    """Mass ratio, whether it is a brown dwarf's, and the log density of the draw."""
    is_brown_dwarf, place = bool(rng.random() < brown_dwarf_share), float(rng.random())
    is_twin = bool(rng.random() < TWIN_SHARE)
    if is_brown_dwarf:
        masses = LogUniform(brown_dwarfs.LEAST_MASS, brown_dwarfs.MOST_MASS)
        mass_ratio = masses.minimum * (masses.maximum / masses.minimum) ** place / primary_mass
        # density per unit mass ratio, not per unit of its logarithm
        log_density = -math.log(math.log(masses.maximum / masses.minimum)) - math.log(mass_ratio)
        return mass_ratio, True, math.log(brown_dwarf_share) + log_density
    least = min(LEAST_STELLAR_MASS / primary_mass, TWIN_ABOVE)
    start = TWIN_ABOVE if is_twin else least
    mass_ratio = start + (1 - start) * place
    density = (1 - TWIN_SHARE) / (1 - least)
    if mass_ratio >= TWIN_ABOVE:
        density += TWIN_SHARE / (1 - TWIN_ABOVE)
    return mass_ratio, False, math.log1p(-brown_dwarf_share) + math.log(density)


def _radius(mass: float, is_brown_dwarf: bool) -> float:
    """Radius of a companion of this mass, both in solar units."""
    if is_brown_dwarf:
        return float(planet_radius(mass / EARTH_MASS_IN_SOLAR)) * EARTH_RADIUS_IN_SOLAR
    return float(radius_from_mass(mass))


def _light(primary: Star, mass: float, band: str) -> dict:
    """Surface brightness and limb darkening of a companion that is a dwarf star."""
    star = dwarf(mass, name="companion")
    return {
        "surface_brightness_ratio": float(
            surface_brightness_ratio(teff_2=star.teff, teff_1=primary.teff, band=band)
        ),
        "companion_limb_darkening": quadratic_limb_darkening(star.teff, star.logg, band=band),
    }
