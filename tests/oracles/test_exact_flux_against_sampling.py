"""The exact engine against brute-force exposures and against the batman engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from eclipsing_orbits import EXACT, LIMB, LONG, ORBITS, SHORT, times_in_eclipse

from exoval.physics.transit_flux import BatmanModel
from exoval.system import Orbit


@pytest.mark.parametrize("orbit", ORBITS.values(), ids=ORBITS.keys())
def test_instants_agree_with_the_batman_engine(orbit):
    times = times_in_eclipse(orbit, 0.01)
    expected = BatmanModel(1, 1)(times, orbit, LIMB, 0.0)
    found = EXACT(times, orbit, LIMB, 0.0)
    assert expected.min() < 0.99999
    assert np.abs(found - expected).max() < 1e-7


@pytest.mark.parametrize("exposure", [LONG, SHORT, 2 / 24])
@pytest.mark.parametrize("orbit", ORBITS.values(), ids=ORBITS.keys())
def test_exposures_agree_with_a_thousand_instants(orbit, exposure):
    times = times_in_eclipse(orbit, exposure)
    instants = exposure * ((np.arange(1001) + 0.5) / 1001 - 0.5)
    expected = EXACT(times[:, None] + instants, orbit, LIMB, 0.0).mean(axis=1)
    found = EXACT(times, orbit, LIMB, exposure)
    depth = 1 - expected.min()
    assert depth > 1e-5
    # the sum of instants itself is good to 1e-7 of the depth
    assert np.abs(found - expected).max() < 2e-6 * max(depth, 0.05)


def test_short_exposures_become_instants():
    orbit = ORBITS["eccentric pair"]
    times = times_in_eclipse(orbit, 0.0)
    expected = EXACT(times, orbit, LIMB, 0.0)
    for exposure in (1e-4, 1e-6):
        assert np.abs(EXACT(times, orbit, LIMB, exposure) - expected).max() < 3e-6


@pytest.mark.parametrize("engine", [EXACT, BatmanModel()], ids=["exact", "batman"])
def test_transit_times_move_each_transit(engine):
    orbit = Orbit(
        period=4.0,
        epoch=1.3,
        radius_ratio=0.6,
        semi_major_axis_ratio=12.0,
        impact_parameter=0.3,
        eccentricity=0.2,
        argument_of_periastron=1.0,
        surface_brightness_ratio=0.5,
    )
    shifts = np.array([0.02, -0.05, 0.11])
    mid_times = tuple(float(1.3 + 4.0 * j + shift) for j, shift in enumerate(shifts))
    shifted = replace(orbit, transit_times=mid_times)
    times = np.arange(0.0, 20.0, LONG)
    flux = engine(times, shifted, LIMB, LONG)
    for j, shift in enumerate(shifts):
        window = np.abs(times - (1.3 + 4.0 * j + 1.0)) < 1.8
        plain = engine(times[window] - shift, orbit, LIMB, LONG)
        assert np.abs(flux[window] - plain).max() < 1e-9 and plain.min() < 0.9
    assert np.all(flux[times > mid_times[-1] + 3] == 1.0)


def test_one_transit_time_is_a_single_transit():
    single = replace(ORBITS["planet"], transit_times=(5.0,))
    times = np.arange(0.0, 20.0, LONG)
    for engine in (EXACT, BatmanModel()):
        dimmed = times[engine(times, single, LIMB, LONG) < 1]
        assert dimmed.size > 3 and np.all(np.abs(dimmed - 5.0) < 0.2)
