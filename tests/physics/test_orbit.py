from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exoval.errors import BadParameter
from exoval.physics.orbit import (
    contact_interval,
    durations,
    eccentric_anomaly,
    inclination,
    mean_anomaly_at,
    secondary_delay,
    seen_from_body_2,
    semi_major_axis_ratio,
    sky_position,
)
from exoval.system import Orbit

orbits = st.builds(
    Orbit,
    period=st.floats(0.5, 500.0),
    epoch=st.just(0.0),
    radius_ratio=st.floats(0.01, 1.5),
    semi_major_axis_ratio=st.floats(8.0, 200.0),
    impact_parameter=st.floats(0.0, 1.0),
    eccentricity=st.floats(0.0, 0.6),
    argument_of_periastron=st.floats(0.0, 2 * math.pi),
)


@pytest.mark.parametrize("eccentricity", [0.0, 1e-8, 0.3, 0.9, 0.99, 0.999])
def test_kepler_equation_is_solved(eccentricity):
    mean = np.concatenate([np.linspace(-20, 20, 4001), np.logspace(-12, -1, 200), [np.pi, -np.pi]])
    anomaly = eccentric_anomaly(mean, eccentricity)
    error = anomaly - eccentricity * np.sin(anomaly) - mean
    assert np.abs(error - 2 * np.pi * np.round(error / (2 * np.pi))).max() < 1e-12


def test_mean_and_true_anomaly_agree_with_kepler():
    true = np.linspace(-3.1, 3.1, 500)
    anomaly = eccentric_anomaly(mean_anomaly_at(true, 0.7), 0.7)
    assert np.allclose(2 * np.arctan(np.sqrt(1.7 / 0.3) * np.tan(anomaly / 2)), true, atol=1e-12)


def test_unbound_orbit_is_refused():
    with pytest.raises(BadParameter, match="eccentricity 1"):
        eccentric_anomaly(np.zeros(3), 1.0)


def test_earth_is_at_215_solar_radii():
    assert semi_major_axis_ratio(
        mass_1=1.0, mass_2=3e-6, radius_1=1.0, period=365.25
    ) == pytest.approx(215.03, rel=1e-4)


@given(orbits)
def test_impact_parameter_is_the_separation_at_conjunction(orbit):
    separation, height = sky_position(np.array([0.0]), orbit)
    assert separation[0] == pytest.approx(orbit.impact_parameter, abs=1e-9)
    assert height[0] > 0
    delay = secondary_delay(
        orbit.period,
        eccentricity=orbit.eccentricity,
        argument_of_periastron=orbit.argument_of_periastron,
    )
    separation, height = sky_position(np.array([delay]), orbit)
    turned = seen_from_body_2(orbit)
    assert separation[0] == pytest.approx(turned.impact_parameter * orbit.radius_ratio, abs=1e-8)
    assert height[0] < 0
    assert inclination(turned) == pytest.approx(inclination(orbit), abs=1e-12)


@given(orbits)
def test_exchanging_the_bodies_twice_is_no_change(orbit):
    back = seen_from_body_2(seen_from_body_2(orbit))
    for name in ("radius_ratio", "semi_major_axis_ratio", "impact_parameter"):
        assert getattr(back, name) == pytest.approx(getattr(orbit, name), rel=1e-9, abs=1e-12)
    assert back.epoch == pytest.approx(orbit.epoch + orbit.period)
    turn = back.argument_of_periastron - orbit.argument_of_periastron
    assert math.cos(turn) == pytest.approx(1)


@given(orbits)
def test_no_moment_of_contact_is_cut_off(orbit):
    limit = 1 + orbit.radius_ratio
    times = np.linspace(-0.5, 0.5, 20001) * orbit.period
    separation, height = sky_position(times, orbit)
    touching = times[(separation < limit) & (height > 0)]
    first, last = contact_interval(orbit, separation=limit)
    assert touching.size == 0 or (first <= touching[0] and touching[-1] <= last)
    ends, _ = sky_position(np.array([first, last]), orbit)
    assert np.allclose(ends, limit, rtol=1e-6)


def test_circular_duration_has_its_closed_form():
    orbit = Orbit(
        period=3.0, epoch=0.0, radius_ratio=0.1, semi_major_axis_ratio=9.0, impact_parameter=0.4
    )
    sine = math.sin(inclination(orbit))
    for found, reach in zip(durations(orbit), (1.1, 0.9), strict=True):
        half_angle = math.asin(math.sqrt(reach**2 - 0.4**2) / (9.0 * sine))
        assert found == pytest.approx(3.0 / math.pi * half_angle, rel=1e-9)


def test_grazing_and_missing_eclipses_have_no_inner_or_no_duration():
    whole, inner = durations(
        Orbit(
            period=3.0, epoch=0.0, radius_ratio=0.1, semi_major_axis_ratio=9.0, impact_parameter=1.0
        )
    )
    assert whole > 0 and inner == 0
    assert durations(
        Orbit(
            period=3.0, epoch=0.0, radius_ratio=0.1, semi_major_axis_ratio=9.0, impact_parameter=1.2
        )
    ) == (0.0, 0.0)


def test_closest_approach_off_conjunction_is_found():
    # the eccentric pair comes nearest a little away from conjunction, where it misses contact
    orbit = Orbit(
        period=5.0,
        epoch=0.0,
        radius_ratio=0.2,
        semi_major_axis_ratio=5.0,
        impact_parameter=1.2001,
        eccentricity=0.6,
        argument_of_periastron=0.3,
    )
    times = np.linspace(-0.3, 0.3, 200001)
    closest = sky_position(times, orbit)[0].min()
    assert closest < 1.2 < orbit.impact_parameter
    first, last = contact_interval(orbit, separation=1.2)
    assert sky_position(np.array([first, last]), orbit)[0] == pytest.approx([1.2, 1.2], abs=1e-9)


def test_impossible_impact_parameter_is_refused():
    with pytest.raises(BadParameter, match="impact parameter 12"):
        inclination(
            Orbit(
                period=3.0,
                epoch=0.0,
                radius_ratio=0.1,
                semi_major_axis_ratio=9.0,
                impact_parameter=12.0,
            )
        )
