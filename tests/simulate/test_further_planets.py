"""The other planets of a star, beside one that transits."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hydra import compose, initialize_config_module
from hydra.utils import instantiate
from scipy.stats import ks_2samp

from exoval.physics.orbit import cosine_of_inclination
from exoval.populations.eccentricity import HalfNormalEccentricity
from exoval.populations.planet_systems import PlanetSystems
from exoval.star import Star
from exoval.system import Orbit
from simulate.draws.further_planets import draw_further_planets
from simulate.draws.planet_orbit import DrawnOrbit
from simulate.observation import Observation

SUN = Star(target="KIC 1", radius=1.0, mass=1.0, teff=5770.0, logg=4.44, magnitude=12.0)
OBSERVATION = Observation(
    star=SUN,
    start=540.0,
    baseline=90.0,
    exposure=0.0204,
    noise_ppm=60.0,
    noise_days=0.25,
    band="kepler",
    blend_radius_arcsec=4.0,
)
FIRST = DrawnOrbit(
    Orbit(
        period=10.0,
        epoch=545.0,
        radius_ratio=0.02,
        semi_major_axis_ratio=4.2083 * 10 ** (2 / 3),
        impact_parameter=0.4,
    ),
    {"planet_radius_earth": 2.18, "planet_mass_earth": 5.5},
    0.0,
    0.0,
)


def companions(seed, first=FIRST, **limits):
    return draw_further_planets(
        np.random.default_rng(seed),
        OBSERVATION,
        SUN,
        first,
        systems=PlanetSystems(),
        eccentricities=HalfNormalEccentricity(),
        **limits,
    )


@pytest.mark.parametrize(("radius", "mass"), [(2.18, 5.5), (13.0, 110.0)])
def test_no_two_planets_come_nearer_than_eight_mutual_hill_radii(radius, mass):
    """By Kepler's third law, from the inner planet's apastron to the outer one's periastron."""
    truth = {"planet_radius_earth": radius, "planet_mass_earth": mass}
    orbit = replace(FIRST.orbit, eccentricity=0.2, mass_ratio=mass * 3.003e-6)
    first = replace(FIRST, orbit=orbit, truth=truth)
    sides = set()
    for seed in range(40):
        orbits = [first.orbit, *(one.orbit for one in companions(seed, first))]
        sides |= {orbit.period > 10 for orbit in orbits[1:]}
        for one in orbits:
            for other in orbits:
                if one.period >= other.period:
                    continue
                inner, outer = ((o.period / 365.25) ** (2 / 3) for o in (one, other))
                hill = np.cbrt((one.mass_ratio + other.mass_ratio) / 3) * 0.5 * (inner + outer)
                gap = outer * (1 - other.eccentricity) - inner * (1 + one.eccentricity)
                assert gap > 8 * hill * 0.999
    assert sides == {True, False}


def test_a_planet_that_hugs_its_star_has_its_companions_outside():
    close = replace(
        FIRST.orbit, period=0.4, semi_major_axis_ratio=4.2083 * 0.4 ** (2 / 3), radius_ratio=0.01
    )
    for seed in range(20):
        for one in companions(seed, replace(FIRST, orbit=close)):
            assert one.orbit.period > 0.4
            assert one.orbit.semi_major_axis_ratio * (1 - one.orbit.eccentricity) >= 2


def test_no_planet_has_a_period_below_the_shortest_that_occurs():
    """Without the limit more than one in ten of these has one."""
    for limit in (0.0, 5.0):
        inside = [
            one.orbit.period < 5
            for seed in range(60)
            for one in companions(seed, shortest_period=limit)
        ]
        assert (np.mean(inside) > 0.1) == (limit == 0)
        assert limit == 0 or not any(inside)


def test_inclinations_are_those_of_planes_tilted_in_space():
    """Normals of orbits as vectors: the system's plane, then each planet's, tilted at random."""
    scale = math.radians(1.4)
    rng = np.random.default_rng(0)
    cosine = cosine_of_inclination(FIRST.orbit)

    def tilted(normal):
        across = np.cross(normal, rng.standard_normal(3))
        across /= np.linalg.norm(across)
        angle = scale * math.sqrt(-2 * math.log(rng.random()))
        return math.cos(angle) * normal + math.sin(angle) * across

    first = np.array([math.sqrt(1 - cosine**2), 0.0, cosine])
    expected = [abs(tilted(tilted(first))[2]) for _ in range(1500)]
    drawn = []
    for seed in range(600):
        drawn += [cosine_of_inclination(one.orbit) for one in companions(seed)[:1]]
    assert ks_2samp(drawn, expected).pvalue > 1e-3


def test_only_planets_that_cross_their_star_have_an_orbit():
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("simulate", ["scenario=[planet_system]"])
    scenario = instantiate(config.scenario, _convert_="all")["planet_system"]
    systems = [scenario.draw(np.random.default_rng(i), OBSERVATION) for i in range(60)]
    for system in systems:
        assert all(o.impact_parameter < 1 + o.radius_ratio for o in system.orbits)
        assert system.truth["n_transiting_planets"] == len(system.orbits)
        assert system.truth["n_planets"] >= max(2, len(system.orbits))
        radii = [truth["planet_radius_earth"] for truth in system.further_truth]
        ratios = [orbit.radius_ratio * 109.076 for orbit in system.orbits[1:]]
        np.testing.assert_allclose(radii, ratios, rtol=1e-3)
    several = [len(system.orbits) > 1 for system in systems]
    assert 0.2 < np.mean(several) < 0.9
    assert any(s.truth["n_planets"] > len(s.orbits) for s in systems)


def test_the_first_planet_is_that_of_the_scenario_planet():
    """Same seed, same proposal: with one law of eccentricities it is the same planet and weight."""
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("simulate", ["scenario=[planet,planet_system]"])
    scenarios = instantiate(config.scenario, _convert_="all")
    ours = replace(scenarios["planet_system"], eccentricities=scenarios["planet"].eccentricities)
    for seed in range(10):
        alone = scenarios["planet"].draw(np.random.default_rng(seed), OBSERVATION)
        system = ours.draw(np.random.default_rng(seed), OBSERVATION)
        assert system.signal == alone.signal
        assert (system.log_prior, system.log_proposal) == (alone.log_prior, alone.log_proposal)
