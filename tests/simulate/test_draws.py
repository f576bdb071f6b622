"""What scenarios draw: densities, dilution, places and the hard cases that must occur."""

import math
from pathlib import Path

import numpy as np
import pytest
from hydra import compose, initialize_config_module
from hydra.utils import instantiate
from scipy.stats import kstest

from exoval.errors import BadParameter
from exoval.physics.stellar_relations import absolute_magnitude
from exoval.populations.eccentricity import BetaEccentricity
from exoval.populations.planet_log_uniform import LogUniformPlanets
from exoval.populations.transit_timing import TransitTiming
from exoval.star import Star
from exoval.system import Orbit
from simulate.draws.field_star import SkyZone, draw_field_star
from simulate.draws.planet_orbit import draw_planet, log_transit_probability
from simulate.observation import Observation
from simulate.scenarios.no_transit import NoTransit

CONF = Path(__file__).parents[2] / "conf"
NAMES = sorted(path.stem for path in (CONF / "scenario").glob("*.yaml"))
SUN = Star(
    target="KIC 1",
    radius=1.012,
    mass=1.0,
    teff=5770.0,
    logg=4.43,
    metallicity=0.0,
    magnitude=12.0,
    ra=290.0,
    dec=44.5,
)
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


@pytest.fixture(scope="module")
def systems():
    """Two hundred draws of every scenario."""
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("simulate", [f"scenario=[{','.join(NAMES)}]"])
    drawers = instantiate(config.scenario, _convert_="all")
    return {
        name: [drawers[name].draw(np.random.default_rng(i), OBSERVATION) for i in range(200)]
        for name in NAMES
    }


def truths(systems, scenario, name):
    return np.array([system.truth[name] for system in systems[scenario]])


@pytest.mark.parametrize(
    ("eccentricity", "expected"), [(0.0, 1.0), (0.3, 1 / 0.91), (0.6, 1 / 0.64)]
)
def test_geometry_averages_to_the_stars_over_the_axis(eccentricity, expected):
    """(R1 + R2) / a for circles, over 1 - e^2 for ellipses of any orientation (Winn 2010)."""
    for k, axis in ((0.01, 10.0), (0.8, 8.0)):
        angles = 2 * math.pi * (np.arange(200) + 0.5) / 200
        chance = [
            math.exp(
                log_transit_probability(
                    Orbit(
                        period=5.0,
                        epoch=0.0,
                        radius_ratio=k,
                        semi_major_axis_ratio=axis,
                        impact_parameter=0.0,
                        eccentricity=eccentricity,
                        argument_of_periastron=float(w),
                    )
                )
            )
            for w in angles
        ]
        assert np.mean(chance) == pytest.approx(expected * (1 + k) / axis, rel=1e-6)


def test_priors_are_rate_times_geometry_times_eligible_stars(systems):
    """The columns that reweight takes apart add up to the stored prior."""
    with initialize_config_module("conf", version_base="1.3"):
        population = instantiate(compose("simulate").population, _convert_="all")
    for name in NAMES:
        for system in systems[name][:20]:
            truth, orbit = system.truth, system.signal
            if orbit is None:
                continue
            if "planet_radius_earth" in truth:
                rate = population["planets"].log_prob(orbit.period, truth["planet_radius_earth"])
            else:
                rate = (
                    population["binaries"]
                    .of(truth["primary_mass_solar"])
                    .log_prob(orbit.period, truth["mass_ratio"])
                )
            total = rate + truth["log_transit_probability"] + truth.get("log_eligible_stars", 0)
            np.testing.assert_allclose(system.log_prior, float(total), atol=1e-9)


def test_bound_companions_dilute_as_the_same_relations_say(systems):
    for system in systems["companion_planet"]:
        masses = np.array([system.truth["companion_mass_solar"], 1.0])
        ratio = 10 ** (0.4 * np.diff(absolute_magnitude(masses, band="kepler"))[0])
        companion, target = system.sources
        assert companion.flux_fraction / target.flux_fraction == pytest.approx(ratio, rel=0.05)


def test_bound_companions_are_unresolved_and_stable(systems):
    for name in ("hierarchical_binary", "companion_planet", "nearby_hierarchical"):
        assert (truths(systems, name, "companion_separation_arcsec") <= 1.0001).all()
        outer = truths(systems, name, "companion_period_days")
        assert (outer >= [9.99 * system.signal.period for system in systems[name]]).all()


def test_field_stars_stand_where_their_scenario_says(systems):
    for name in NAMES:
        if name.startswith(("background", "nearby")):
            offset = truths(systems, name, "offset_arcsec")
            place = [
                math.hypot(s.sources[0].offset_column, s.sources[0].offset_row)
                for s in systems[name]
            ]
            np.testing.assert_allclose(offset, place)
            inner, outer = (0, 4) if name.startswith("background") else (4, 6 * 3.98)
            assert inner <= offset.min() < offset.max() <= outer
            # uniform over the area
            share = (offset**2 - inner**2) / (outer**2 - inner**2)
            assert share.mean() == pytest.approx(0.5, abs=0.08)


def test_the_light_of_neighbours_is_what_leaks(systems):
    for system in systems["nearby_binary"] + systems["nearby_planet"]:
        truth = system.truth
        ratio = truth["aperture_leak"] * 10 ** (-0.4 * truth["magnitude_difference"])
        assert system.sources[0].flux_fraction == pytest.approx(ratio / (1 + ratio))
        # at the blend radius, one pixel off, most of a star's light is still in the aperture
        assert 0 < truth["aperture_leak"] < 0.9


def test_a_bound_pair_gives_the_light_of_both_its_stars(systems):
    """Of the main sequence, at the target's distance."""
    seen = 0
    for system in systems["hierarchical_binary"]:
        heavier, ratio = system.truth["companion_mass_solar"], system.truth["mass_ratio"]
        sun, *pair = (
            float(absolute_magnitude(mass, band="kepler"))
            for mass in (1.0, heavier, ratio * heavier)
        )
        light = sum(10 ** (-0.4 * (magnitude - sun)) for magnitude in pair)
        blend, target = system.sources
        assert blend.flux_fraction / target.flux_fraction == pytest.approx(light, rel=0.07)
        seen += ratio > 0.8
    assert seen > 20, "pairs whose fainter star counts"


def test_bound_companions_are_as_many_as_the_population_has(systems):
    """Monte Carlo: mean weight of a companion against companions drawn around stars like it."""
    with initialize_config_module("conf", version_base="1.3"):
        scenario = instantiate(
            compose("simulate", ["scenario=[companion_planet]"]).scenario, _convert_="all"
        )["companion_planet"]
    multiplicity = scenario.multiplicity
    drawn = systems["companion_planet"]
    ratios = truths(systems, "companion_planet", "companion_mass_solar")
    counted = np.exp(truths(systems, "companion_planet", "log_eligible_stars"))
    rng = np.random.default_rng(3)
    periods, mass_ratios = multiplicity.sample(rng, 400_000)
    stable = periods > 10 * scenario.maximum_period_days
    # Kepler's third law at the distance that the target's own numbers give
    companion = np.array([system.truth["companion_separation_arcsec"] for system in drawn])
    axis = np.cbrt(
        (1 + ratios) * (truths(systems, "companion_planet", "companion_period_days") / 365.25) ** 2
    )
    distance = np.median(axis / companion)
    narrow = np.cbrt((1 + mass_ratios) * (periods / 365.25) ** 2) / distance < 1.0
    for low, high in ((0.4, 0.6), (0.6, 0.8), (0.8, 1.0)):
        there = (mass_ratios > low) & (mass_ratios < high)
        expected = multiplicity.rate * (stable & narrow & there).mean() / (high - low)
        ours = counted[(ratios > low) & (ratios < high)]
        assert len(ours) > 10 and ours.mean() == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("zone", [SkyZone(0.0, 4.0), SkyZone(4.0, 20.0)])
def test_field_stars_are_as_many_as_the_zone_holds(zone):
    """One star per square arcsecond and magnitude: the mean weight is area times magnitudes."""

    class Sky:
        def sample(self, rng, size, magnitude, *, band, ra, dec):
            return np.full(size, 0.8)

        def log_prob(self, magnitude, *, band, ra, dec):
            return 0.0

    stars = [
        draw_field_star(
            np.random.default_rng(index),
            OBSERVATION,
            field_stars=Sky(),
            zone=zone,
            magnitudes=(1.0, 4.0),
            deepest_dip=1.0,
            shortest_period=1.0,
        )
        for index in range(50)
    ]
    weights = [math.exp(star.log_prior - star.log_proposal) for star in stars]
    area = math.pi * (zone.outer**2 - zone.inner**2)
    assert np.mean(weights) == pytest.approx(3 * area)
    differences = [star.truth["magnitude_difference"] for star in stars]
    assert 1.0 <= min(differences) < 1.3 and 3.7 < max(differences) <= 4.0


def test_impact_and_epoch_are_uniform_over_all_that_eclipses(systems):
    """A grazing transit is as likely as a central one of the same width."""
    dwarf = Star(target="KIC 2", radius=0.15, mass=0.13, teff=2900.0, logg=5.2, magnitude=15.0)
    giants = [
        draw_planet(
            np.random.default_rng(index),
            OBSERVATION,
            dwarf,
            occurrence=LogUniformPlanets(),
            eccentricities=BetaEccentricity(),
            periods=(1.0, 30.0),
            radii=(12.0, 22.0),
        ).orbit
        for index in range(300)
    ]
    assert np.median([orbit.radius_ratio for orbit in giants]) > 0.9
    for orbits in (giants, [system.signal for system in systems["eclipsing_binary"]]):
        impact = [orbit.impact_parameter / (1 + orbit.radius_ratio) for orbit in orbits]
        phase = [(orbit.epoch - OBSERVATION.start) / orbit.period for orbit in orbits]
        for drawn in (impact, phase):
            assert kstest(drawn, "uniform").pvalue > 1e-3


@pytest.mark.parametrize("share", [1.0, 0.05])
def test_no_planet_is_drawn_too_small_to_be_seen_and_every_one_above(share):
    """A central transit diluted to a share of the light, as a box in white noise."""
    drawn = [
        draw_planet(
            np.random.default_rng(index),
            OBSERVATION,
            SUN,
            occurrence=LogUniformPlanets(),
            eccentricities=BetaEccentricity(),
            periods=(1.0, 30.0),
            radii=(0.1, 30.0),
            host_share=share,
            faintest_snr=5.0,
        ).orbit
        for index in range(300)
    ]
    strength = []
    for orbit in drawn:
        hours = 24 * orbit.period / math.pi / orbit.semi_major_axis_ratio
        noise = 60e-6 * math.sqrt(6 / hours) / math.sqrt(90 / orbit.period)
        strength.append(share * orbit.radius_ratio**2 / noise)
    assert 5 * (1 - 1e-6) <= min(strength) < 7


def test_hard_cases_occur(systems):
    pairs = [
        system.signal
        for name in NAMES
        if name.endswith(("binary", "hierarchical"))
        for system in systems[name]
    ]
    planets = [
        system.signal for name in NAMES if name.endswith("planet") for system in systems[name]
    ]
    assert 0.03 < truths(systems, "eclipsing_binary", "is_brown_dwarf").mean() < 0.2
    masses = truths(systems, "eclipsing_binary", "mass_ratio")
    assert masses.min() < 0.06, "brown dwarfs"
    assert ((masses > 0.075) & (masses < 0.15)).any(), "low-mass stars"
    for orbits in (pairs, planets):
        assert any(o.impact_parameter > 1 - o.radius_ratio for o in orbits), "grazing"
        assert any(o.eccentricity > 0.2 for o in orbits), "eccentric"
    assert any(abs(o.mass_ratio - 1) < 0.03 and o.eccentricity == 0 for o in pairs), "equal"
    moving = [o for o in planets if o.transit_times]
    assert 0.04 < len(moving) / len(planets) < 0.2
    assert max(np.ptp(np.diff(o.transit_times)) for o in moving) > 30 / 1440


def test_wandering_transits_keep_their_mean_ephemeris():
    timing = TransitTiming(share=1.0)
    for index in range(20):
        orbit = draw_planet(
            np.random.default_rng(index),
            OBSERVATION,
            SUN,
            occurrence=LogUniformPlanets(),
            eccentricities=BetaEccentricity(),
            periods=(1.0, 20.0),
            radii=(1.0, 10.0),
            timing=timing,
        ).orbit
        number = np.arange(len(orbit.transit_times)) - 1
        slope, start = np.polyfit(number, orbit.transit_times, 1)
        assert slope == pytest.approx(orbit.period, rel=1e-9)
        assert start == pytest.approx(orbit.epoch, abs=1e-6)
        assert orbit.transit_times[-1] >= 630 - orbit.period * 0.05


def test_periods_up_to_the_baseline_leave_single_and_double_transits():
    orbits = [
        draw_planet(
            np.random.default_rng(i),
            OBSERVATION,
            SUN,
            occurrence=LogUniformPlanets(),
            eccentricities=BetaEccentricity(),
            periods=(30.0, 90.0),
            radii=(1.0, 10.0),
        ).orbit
        for i in range(60)
    ]
    transits = {int((630 - o.epoch) // o.period) + 1 for o in orbits}
    assert {1, 2} <= transits


def test_scrambling_needs_two_segments():
    both = NoTransit(("as_is", "scrambled"))
    drawn = {both.draw(np.random.default_rng(i), OBSERVATION).truth["transform"] for i in range(20)}
    assert drawn == {"as_is"}
    longer = Observation(**{**OBSERVATION.__dict__, "segments": 3})
    drawn = {both.draw(np.random.default_rng(i), longer).truth["transform"] for i in range(20)}
    assert drawn == {"as_is", "scrambled"}
    with pytest.raises(BadParameter, match="segments_per_light_curve"):
        NoTransit(("scrambled",)).draw(np.random.default_rng(0), OBSERVATION)


def test_transforms_are_drawn_by_their_weights():
    weighed = NoTransit({"as_is": 3.0, "inverted": 1.0, "scrambled": 5.0})
    drawn = [
        weighed.draw(np.random.default_rng(i), OBSERVATION).truth["transform"] for i in range(2000)
    ]
    # one segment: what is left keeps its proportions, and alike weights draw as a list does
    alike = NoTransit({"as_is": 1, "inverted": 1, "part": 0})
    listed = NoTransit(("as_is", "inverted"))
    for seed in range(20):
        one, other = (
            kind.draw(np.random.default_rng(seed), OBSERVATION).truth for kind in (alike, listed)
        )
        assert one == other
    assert np.mean(np.array(drawn) == "as_is") == pytest.approx(0.75, abs=0.03)
    assert "scrambled" not in drawn
    without = NoTransit({"as_is": 1, "inverted": 0})
    assert without.draw(np.random.default_rng(1), OBSERVATION).truth["transform"] == "as_is"
    for wrong in ({"as_is": 1, "inverted": -1}, {"as_is": 0}):
        with pytest.raises(BadParameter, match="weights of 0 or more"):
            NoTransit(wrong)
    with pytest.raises(BadParameter, match="turned"):
        NoTransit(("turned",))


def test_a_ring_without_sky_is_refused():
    with pytest.raises(BadParameter, match="blend radius"):
        SkyZone(4.0, 4.0)
