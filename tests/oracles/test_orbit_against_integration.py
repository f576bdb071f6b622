"""Orbits and eclipse times against a direct integration of the equation of motion."""

from __future__ import annotations

import numpy as np
import pytest
from integrated_orbit import conjunctions, integrated

from exoval.physics.orbit import secondary_delay, sky_position
from exoval.system import Orbit

CASES = [
    Orbit(
        period=7.0,
        epoch=0.0,
        radius_ratio=0.3,
        semi_major_axis_ratio=12.0,
        impact_parameter=0.2,
        eccentricity=0.45,
        argument_of_periastron=0.6,
    ),
    Orbit(
        period=7.0,
        epoch=0.0,
        radius_ratio=0.3,
        semi_major_axis_ratio=12.0,
        impact_parameter=0.5,
        eccentricity=0.1,
        argument_of_periastron=4.4,
    ),
    Orbit(
        period=2.0,
        epoch=0.0,
        radius_ratio=0.8,
        semi_major_axis_ratio=6.0,
        impact_parameter=0.0,
        eccentricity=0.3,
        argument_of_periastron=3.0,
    ),
]


@pytest.mark.parametrize("orbit", CASES)
def test_sky_path_and_secondary_phase(orbit):
    sky = integrated(orbit)
    events = conjunctions(sky, orbit.period)
    primary = next(time for time, front in events if front)
    secondary = next(time for time, front in events if not front and time > primary)
    delay = secondary_delay(
        orbit.period,
        eccentricity=orbit.eccentricity,
        argument_of_periastron=orbit.argument_of_periastron,
    )
    assert secondary - primary == pytest.approx(delay, abs=1e-6)
    times = np.linspace(primary, 2 * orbit.period, 300)
    east, north, towards = sky(times)
    separation, height = sky_position(times - primary, orbit)
    assert np.allclose(separation, np.hypot(east, north), atol=1e-5)
    assert np.allclose(height, towards, atol=1e-5)
