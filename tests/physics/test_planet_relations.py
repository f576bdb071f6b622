from __future__ import annotations

import numpy as np
import pytest

from exoval.physics.planet_relations import BREAKS, SLOPES, planet_mass, planet_radius

JUPITER_MASS, JUPITER_RADIUS, NEPTUNE_MASS, NEPTUNE_RADIUS = 317.8, 11.2, 17.15, 3.88


def test_relation_is_continuous_at_its_breaks():
    for mass in BREAKS:
        below, above = planet_radius(mass * np.array([1 - 1e-9, 1 + 1e-9]))
        assert below == pytest.approx(above, rel=1e-7)


@pytest.mark.parametrize(("mass", "slope"), zip((1.0, 20.0, 1e3, 1e5), SLOPES, strict=True))
def test_slopes_are_the_published_ones(mass, slope):
    low, high = planet_radius(mass * np.array([0.99, 1.01]))
    assert np.log(high / low) / np.log(1.01 / 0.99) == pytest.approx(slope, abs=1e-6)


def test_solar_system_and_the_sun_lie_within_the_scatter():
    masses = np.array([1.0, NEPTUNE_MASS, JUPITER_MASS, 332946.0])
    radii = np.array([1.0, NEPTUNE_RADIUS, JUPITER_RADIUS, 109.1])
    assert np.abs(planet_radius(masses) / radii - 1).max() < 0.25


def test_mass_inverts_radius_on_the_rising_branches():
    masses = np.geomspace(0.1, 130.0, 200)
    assert np.allclose(planet_mass(planet_radius(masses)), masses, rtol=1e-9)


def test_inflated_giants_get_the_mass_of_the_peak():
    assert planet_mass(18.0) == pytest.approx(BREAKS[1])
    assert np.all(np.diff(planet_mass(np.geomspace(0.3, 25, 300))) >= 0)
