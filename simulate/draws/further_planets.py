"""Draw the other planets of a star around which one planet was drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from exoval.physics.orbit import cosine_of_inclination, semi_major_axis_ratio
from exoval.physics.planet_relations import planet_mass
from exoval.populations.planet_systems import PlanetSystems
from exoval.populations.transit_timing import TransitTiming
from exoval.star import Star
from exoval.system import Orbit
from simulate.draws.planet_orbit import (
    CLOSEST_PERIASTRON,
    EARTH_MASS_IN_SOLAR,
    EARTH_RADIUS_IN_SOLAR,
    LARGEST_RATIO,
    DrawnOrbit,
    Eccentricities,
    draw_shape,
    let_wander,
    log_transit_probability,
)
from simulate.observation import Observation

#: draws of a place beside the others, after which every further one is wider
DRAWS_OF_A_PLACE = 30
#: factor by which it is wider than the one before
WIDER = 1.1


@dataclass(frozen=True, kw_only=True)
class Place:
    """Size and shape of a planet's orbit: ``axis`` in stellar radii, ``mass`` in Earth masses."""

    period: float
    axis: float
    eccentricity: float
    periastron: float
    radius: float
    mass: float


def draw_further_planets(
    rng: np.random.Generator,
    observation: Observation,
    host: Star,
    first: DrawnOrbit,
    *,
    systems: PlanetSystems,
    eccentricities: Eccentricities,
    timing: TransitTiming | None = None,
    shortest_period: float = 0.0,
) -> list[DrawnOrbit]:
    """The other planets of the star of ``first``, by period; some of them do not transit.

    The first planet is any one of its system: companions lie inside and outside its orbit. Those
    that would come nearer to the star than ``CLOSEST_PERIASTRON`` radii, or have a period below
    ``shortest_period`` days, where the occurrence of planets ends, are put outside. From apastron
    to periastron any two planets are ``systems.closest_hill_radii`` mutual Hill radii apart.
    ``log_prior`` and ``log_proposal`` of the companions are zero: they are drawn from the
    population, given the first planet.
    """
    places = [_place_of(first)]
    count = int(systems.sample_numbers(rng, 1)[0])
    inside = int(rng.integers(count + 1))
    largest = LARGEST_RATIO * host.radius / EARTH_RADIUS_IN_SOLAR
    radii = systems.sample_radii(rng, count, radius=places[0].radius, largest=largest)
    law = {"systems": systems, "eccentricities": eccentricities, "shortest_period": shortest_period}
    for number, radius in enumerate(radii):
        place = None
        if number < inside:
            place = _beside(rng, places, host, float(radius), inwards=True, **law)
        places.append(place or _beside(rng, places, host, float(radius), inwards=False, **law))
    companions = sorted(places[1:], key=lambda place: place.period)
    cosine = cosine_of_inclination(first.orbit)
    tilts = systems.sample_tilts(rng, count)
    return [
        _orbit(rng, observation, host, place, cosine=_tilted(cosine, tilt), timing=timing)
        for place, tilt in zip(companions, tilts, strict=True)
    ]


def mutual_hill_radii(inner: Place, outer: Place, *, host_mass: float) -> float:
    """Distance from the inner planet's apastron to the outer one's periastron, in Hill radii.

    The mutual Hill radius is ((m1 + m2) / 3 M)^(1/3) (a1 + a2) / 2 (Gladman 1993, Icarus 106,
    247); ``host_mass`` is solar.
    """
    share = (inner.mass + outer.mass) * EARTH_MASS_IN_SOLAR / host_mass
    radius = (share / 3) ** (1 / 3) * 0.5 * (inner.axis + outer.axis)
    apart = outer.axis * (1 - outer.eccentricity) - inner.axis * (1 + inner.eccentricity)
    return apart / radius


def _place_of(first: DrawnOrbit) -> Place:
    return Place(
        period=first.orbit.period,
        axis=first.orbit.semi_major_axis_ratio,
        eccentricity=first.orbit.eccentricity,
        periastron=first.orbit.argument_of_periastron,
        radius=first.truth["planet_radius_earth"],
        mass=first.truth["planet_mass_earth"],
    )


def _beside(
    rng: np.random.Generator,
    places: list[Place],
    host: Star,
    radius: float,
    *,
    inwards: bool,
    systems: PlanetSystems,
    eccentricities: Eccentricities,
    shortest_period: float,
) -> Place | None:
    """A stable place inside all others, or outside them; None where the star is too near."""
    end = min if inwards else max
    neighbour = end(places, key=lambda place: place.period)
    draws = 0
    while True:
        ratio = float(systems.sample_ratios(rng, 1)[0]) * WIDER ** max(draws - DRAWS_OF_A_PLACE, 0)
        draws += 1
        period = neighbour.period / ratio if inwards else neighbour.period * ratio
        axis = float(
            semi_major_axis_ratio(mass_1=host.mass, mass_2=0.0, radius_1=host.radius, period=period)
        )
        eccentricity, periastron = draw_shape(rng, eccentricities, axis)
        if period < shortest_period or axis * (1 - eccentricity) < CLOSEST_PERIASTRON:
            return None
        place = Place(
            period=period,
            axis=axis,
            eccentricity=eccentricity,
            periastron=periastron,
            radius=radius,
            mass=float(planet_mass(radius)),
        )
        pairs = [(place, other) if inwards else (other, place) for other in places]
        if all(
            mutual_hill_radii(*pair, host_mass=host.mass) > systems.closest_hill_radii
            for pair in pairs
        ):
            return place


def _tilted(cosine: float, tilt: np.ndarray) -> float:
    """Cosine of the inclination of an orbit that is tilted against one of known ``cosine``."""
    angle = math.hypot(*tilt)
    towards_us = tilt[0] / angle if angle > 0 else 0.0
    sine = math.sqrt(1 - cosine**2)
    return float(cosine * math.cos(angle) + sine * math.sin(angle) * towards_us)


def _orbit(
    rng: np.random.Generator,
    observation: Observation,
    host: Star,
    place: Place,
    *,
    cosine: float,
    timing: TransitTiming | None,
) -> DrawnOrbit:
    e, ratio = place.eccentricity, place.radius * EARTH_RADIUS_IN_SOLAR / host.radius
    distance = place.axis * (1 - e**2) / (1 + e * math.sin(place.periastron))
    orbit = Orbit(
        period=place.period,
        epoch=observation.start + float(rng.random()) * place.period,
        radius_ratio=ratio,
        semi_major_axis_ratio=place.axis,
        impact_parameter=abs(cosine) * distance,
        eccentricity=e,
        argument_of_periastron=place.periastron,
        mass_ratio=place.mass * EARTH_MASS_IN_SOLAR / host.mass,
    )
    orbit, amplitude = let_wander(rng, observation, orbit, timing)
    truth = {
        "planet_radius_earth": place.radius,
        "planet_mass_earth": place.mass,
        "ttv_amplitude_minutes": amplitude,
        "log_transit_probability": log_transit_probability(orbit),
    }
    return DrawnOrbit(orbit, truth, 0.0, 0.0)
