"""Systems of planets against what their papers say of them."""

import math

import numpy as np
import pytest
from scipy.stats import kstest, rayleigh

from exoval.errors import BadParameter
from exoval.physics.planet_relations import planet_mass
from exoval.populations.planet_systems import PlanetSystems

SYSTEMS = PlanetSystems()


def test_numbers_are_normalised_and_drawn_as_their_law_says():
    numbers = np.arange(0, 12)
    chances = np.exp(SYSTEMS.log_prob_number(numbers))
    assert chances.sum() == pytest.approx(1) and chances[0] == 0 and chances[8:].sum() == 0
    drawn = SYSTEMS.sample_numbers(np.random.default_rng(0), 20_000)
    shares = np.bincount(drawn, minlength=12) / len(drawn)
    np.testing.assert_allclose(shares, chances, atol=4 * math.sqrt(0.25 / len(drawn)))


def test_systems_with_planets_have_three():
    """Zhu et al. (2018): 3.0 +- 0.3 planets a system, from companions of planets drawn at random.

    A planet is in a system of N as often as N times the number of such systems; uncut.
    """
    companions = np.arange(0, 40)
    chance = np.exp(-2.8) * 2.8**companions / [math.factorial(n) for n in companions]
    systems = chance / (companions + 1)
    mean = np.sum(systems * (companions + 1)) / systems.sum()
    assert mean == pytest.approx(3.0, abs=0.05)


def test_period_ratios_integrate_to_one_and_follow_their_density():
    ratio = 1 + np.geomspace(1e-4, 1e3, 400_001)
    density = np.exp(SYSTEMS.log_prob_ratio(ratio))
    mass = np.append(0, np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(ratio)))
    assert mass[-1] == pytest.approx(1, abs=1e-4)
    assert np.exp(SYSTEMS.log_prob_ratio(np.array([0.5, 1.0]))).max() == 0
    drawn = SYSTEMS.sample_ratios(np.random.default_rng(1), 20_000)
    assert kstest(drawn, lambda x: np.interp(x, ratio, mass)).pvalue > 1e-3


def test_pairs_pile_up_just_wide_of_the_resonances():
    """Fabrycky et al. (2014): an excess wide of 3:2 and 2:1 beside few narrow of them."""
    drawn = SYSTEMS.sample_ratios(np.random.default_rng(2), 100_000)
    for resonance in (1.5, 2.0):
        offset = drawn / resonance - 1
        wide, narrow = ((side > 0) & (side < 0.03) for side in (offset, -offset))
        assert wide.sum() > 2 * narrow.sum()


def test_spacings_are_those_of_kepler_pairs():
    """Weiss et al. (2018): 93 % above ten mutual Hill radii, most often 20, none below 1.2.

    Of small planets about a star of one solar mass, on circular orbits.
    """
    rng = np.random.default_rng(3)
    ratio = SYSTEMS.sample_ratios(rng, 50_000)
    radii = np.exp(rng.normal(math.log(2.2), 0.4, (2, len(ratio))))
    share = planet_mass(radii).sum(axis=0) * 3.003e-6
    axes = ratio ** (2 / 3)
    spacing = (axes - 1) / ((share / 3) ** (1 / 3) * 0.5 * (axes + 1))
    spacing = spacing[spacing > SYSTEMS.closest_hill_radii]
    assert (spacing > 10).mean() == pytest.approx(0.93, abs=0.05)
    count, edges = np.histogram(spacing, np.arange(0, 80, 5))
    assert 15 <= edges[count.argmax()] <= 20
    assert (ratio < 1.2).mean() < 0.01


def test_sizes_are_alike_within_a_system_and_cut_at_their_ends():
    rng = np.random.default_rng(4)
    first = np.exp(rng.normal(0.7, 0.5, 4000))
    second = np.array([SYSTEMS.sample_radii(rng, 2, radius=r) for r in first])
    # companions differ from the first by two scatters in quadrature, and from each other as well
    for difference in (np.log(second[:, 0] / first), np.log(second[:, 0] / second[:, 1])):
        inside = (first > 1.5) & (first < 8)
        assert difference[inside].std() == pytest.approx(0.3 * math.sqrt(2), rel=0.05)
    assert np.corrcoef(np.log(first), np.log(second[:, 0]))[0, 1] > 0.6
    ends = SYSTEMS.sample_radii(rng, 500, radius=20.0, largest=15.0)
    assert ends.max() <= 15 and ends.min() >= 0.5


def test_orbits_are_inclined_to_each_other_as_two_rayleigh_laws_in_quadrature():
    rng = np.random.default_rng(5)
    tilts = np.array([SYSTEMS.sample_tilts(rng, 1)[0] for _ in range(3000)])
    angle = np.degrees(np.hypot(*tilts.T))
    assert kstest(angle, rayleigh(scale=1.4 * math.sqrt(2)).cdf).pvalue > 1e-3
    # companions share the plane that the given planet is inclined to
    pairs = np.array([SYSTEMS.sample_tilts(rng, 2) for _ in range(3000)])
    assert np.corrcoef(pairs[:, 0, 0], pairs[:, 1, 0])[0, 1] == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"companions": 0.0}, "companions=0.0; give more than 0"),
        ({"resonant_share": 1.2}, "give 0 to 1"),
        ({"most_planets": 1}, "give 2 or more"),
        ({"minimum_radius_earth": 30.0}, "give a range that is not empty"),
    ],
)
def test_values_without_a_law_are_refused(wrong, words):
    with pytest.raises(BadParameter, match=words):
        PlanetSystems(**wrong)
