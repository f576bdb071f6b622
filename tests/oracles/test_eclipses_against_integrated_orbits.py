"""Depth, duration and moment of eccentric eclipses from the equation of motion alone."""

from __future__ import annotations

import numpy as np
import pytest
from disc import hidden_by_rings
from integrated_orbit import conjunctions, integrated

from exoval.physics.exact_flux import ExactModel
from exoval.physics.orbit import durations, seen_from_body_2
from exoval.system import Orbit

LIMB = (0.45, 0.25)
PAIRS = [
    Orbit(
        period=7.0,
        epoch=0.0,
        radius_ratio=0.6,
        semi_major_axis_ratio=12.0,
        impact_parameter=0.2,
        eccentricity=0.45,
        argument_of_periastron=0.6,
        surface_brightness_ratio=0.5,
        mass_ratio=0.7,
        companion_limb_darkening=(0.5, 0.2),
    ),
    Orbit(
        period=7.0,
        epoch=0.0,
        radius_ratio=0.3,
        semi_major_axis_ratio=12.0,
        impact_parameter=0.9,
        eccentricity=0.3,
        argument_of_periastron=4.4,
        surface_brightness_ratio=0.3,
        mass_ratio=0.5,
        companion_limb_darkening=(0.5, 0.2),
    ),
    Orbit(
        period=2.0,
        epoch=0.0,
        radius_ratio=0.9,
        semi_major_axis_ratio=6.0,
        impact_parameter=0.4,
        eccentricity=0.3,
        argument_of_periastron=3.0,
        surface_brightness_ratio=0.9,
        mass_ratio=0.9,
        companion_limb_darkening=(0.5, 0.2),
    ),
    Orbit(
        period=30.0,
        epoch=0.0,
        radius_ratio=0.8,
        semi_major_axis_ratio=40.0,
        impact_parameter=0.1,
        eccentricity=0.7,
        argument_of_periastron=1.2,
        surface_brightness_ratio=0.7,
        mass_ratio=0.8,
        companion_limb_darkening=(0.5, 0.2),
    ),
]


@pytest.mark.parametrize("orbit", PAIRS, ids=["total", "grazing", "close", "very eccentric"])
def test_secondary_has_the_depth_and_duration_of_the_integrated_orbit(orbit):
    sky = integrated(orbit)
    events = conjunctions(sky, orbit.period)
    primary = next(time for time, front in events if front)
    secondary = next(time for time, front in events if not front and time > primary)
    span = 0.6 * max(durations(seen_from_body_2(orbit))[0], 0.05)
    times = secondary + np.linspace(-span, span, 4001)
    east, north, towards = sky(times)
    apart = np.hypot(east, north)
    assert towards.max() < 0
    flux = ExactModel()(times - primary, orbit, LIMB, 0.0)
    touching = times[apart < 1 + orbit.radius_ratio]
    dimmed = times[flux < 1]
    step = times[1] - times[0]
    assert dimmed[0] == pytest.approx(touching[0], abs=2 * step)
    assert dimmed[-1] == pytest.approx(touching[-1], abs=2 * step)
    deepest = np.argmin(apart)
    k, light = orbit.radius_ratio, orbit.surface_brightness_ratio * orbit.radius_ratio**2
    hidden = hidden_by_rings(apart[deepest] / k, 1 / k, *orbit.companion_limb_darkening)
    assert 1 - flux[deepest] == pytest.approx(light / (1 + light) * hidden, abs=2e-6)
    assert hidden > 0.05
