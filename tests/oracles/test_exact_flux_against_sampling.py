"""The exact engine against brute-force exposures and against the batman engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from exoval.physics.exact_flux import ExactModel
from exoval.physics.orbit import contact_interval, seen_from_body_2
from exoval.physics.transit_flux import BatmanModel
from exoval.system import Orbit

EXACT = ExactModel()
LIMB = (0.45, 0.25)
LONG, SHORT = 29.4244 / 1440, 2 / 1440

ORBITS = {
    "planet": Orbit(
        period=4.0, epoch=1.3, radius_ratio=0.1, semi_major_axis_ratio=12.0, impact_parameter=0.3
    ),
    "small planet": Orbit(
        period=3.0, epoch=0.2, radius_ratio=0.01, semi_major_axis_ratio=9.0, impact_parameter=0.7
    ),
    "grazing planet": Orbit(
        period=3.0, epoch=0.2, radius_ratio=0.1, semi_major_axis_ratio=9.0, impact_parameter=1.02
    ),
    "inner contact just missed": Orbit(
        period=3.0, epoch=0.2, radius_ratio=0.1, semi_major_axis_ratio=9.0, impact_parameter=0.9001
    ),
    "eccentric planet": Orbit(
        period=9.0,
        epoch=1.3,
        radius_ratio=0.1,
        semi_major_axis_ratio=22.0,
        impact_parameter=0.4,
        eccentricity=0.4,
        argument_of_periastron=0.3,
    ),
    "very eccentric": Orbit(
        period=30.0,
        epoch=1.3,
        radius_ratio=0.15,
        semi_major_axis_ratio=40.0,
        impact_parameter=0.2,
        eccentricity=0.9,
        argument_of_periastron=0.5,
    ),
    "eccentric pair": Orbit(
        period=4.0,
        epoch=1.3,
        radius_ratio=0.7,
        semi_major_axis_ratio=9.0,
        impact_parameter=0.4,
        eccentricity=0.4,
        argument_of_periastron=1.1,
        surface_brightness_ratio=0.35,
        mass_ratio=0.7,
        companion_limb_darkening=(0.5, 0.2),
    ),
    "twins": Orbit(
        period=4.0,
        epoch=1.3,
        radius_ratio=1.0,
        semi_major_axis_ratio=7.0,
        impact_parameter=0.0,
        eccentricity=0.0,
        argument_of_periastron=0.0,
        surface_brightness_ratio=1.0,
        mass_ratio=1.0,
        companion_limb_darkening=LIMB,
    ),
    "near twins": Orbit(
        period=4.0,
        epoch=1.3,
        radius_ratio=0.99,
        semi_major_axis_ratio=7.0,
        impact_parameter=0.003,
        eccentricity=0.1,
        argument_of_periastron=2.0,
        surface_brightness_ratio=0.9,
        mass_ratio=1.0,
        companion_limb_darkening=LIMB,
    ),
    "larger companion": Orbit(
        period=4.0,
        epoch=1.3,
        radius_ratio=1.5,
        semi_major_axis_ratio=7.0,
        impact_parameter=0.2,
        eccentricity=0.2,
        argument_of_periastron=4.0,
        surface_brightness_ratio=0.1,
    ),
    "grazing pair": Orbit(
        period=4.0,
        epoch=1.3,
        radius_ratio=0.5,
        semi_major_axis_ratio=8.0,
        impact_parameter=1.35,
        eccentricity=0.3,
        argument_of_periastron=2.0,
        surface_brightness_ratio=0.6,
    ),
    "closest orbit": Orbit(
        period=0.4,
        epoch=0.1,
        radius_ratio=0.3,
        semi_major_axis_ratio=1.5,
        impact_parameter=0.1,
        eccentricity=0.0,
        argument_of_periastron=1.0,
        surface_brightness_ratio=0.2,
    ),
    "near-contact pair": Orbit(
        period=0.5,
        epoch=0.1,
        radius_ratio=0.9,
        semi_major_axis_ratio=2.2,
        impact_parameter=0.8,
        eccentricity=0.0,
        argument_of_periastron=1.0,
        surface_brightness_ratio=0.8,
    ),
    "closest off conjunction": Orbit(
        period=5.0,
        epoch=0.0,
        radius_ratio=0.2,
        semi_major_axis_ratio=5.0,
        impact_parameter=1.19,
        eccentricity=0.6,
        argument_of_periastron=0.3,
        surface_brightness_ratio=0.1,
    ),
}


def times_in_eclipse(orbit, exposure, count=120):
    """Times about both eclipses, their contacts and a few periods on."""
    middles = []
    for seen in (orbit, seen_from_body_2(orbit)):
        contacts = contact_interval(seen, separation=1 + seen.radius_ratio)
        if contacts:
            first, last = contacts[0] - exposure, contacts[1] + exposure
            middles.append(seen.epoch + 2 * orbit.period + np.linspace(first, last, count))
    return np.sort(np.concatenate(middles))


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
