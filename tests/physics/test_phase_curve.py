from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exoval.errors import BadParameter
from exoval.physics.exact_flux import ExactModel
from exoval.physics.orbit import sky_position
from exoval.physics.phase_curve import (
    check_detached,
    phase_amplitudes,
    phase_curve_flux,
    roche_radius,
)
from exoval.physics.system_flux import system_flux
from exoval.physics.transit_flux import BatmanModel
from exoval.system import Orbit, PhaseCurve, Source, System

LIMB = (0.4, 0.3)
EXPOSURE = 0.0204
MODEL = ExactModel()
SILENT = PhaseCurve(1.0, (-1.0, -1.0), (0.0, 0.0), (0.0, 0.0))
PAIR = Orbit(
    period=3.0,
    epoch=0.5,
    radius_ratio=0.6,
    semi_major_axis_ratio=8.0,
    impact_parameter=0.3,
    eccentricity=0.2,
    argument_of_periastron=1.0,
    surface_brightness_ratio=0.4,
    mass_ratio=0.7,
    companion_limb_darkening=(0.5, 0.2),
    phase_curve=PhaseCurve(1.0, reflection=(0.3, 0.4)),
)
CIRCLE = replace(PAIR, eccentricity=0.0, impact_parameter=0.9)
TIME = np.arange(0.0, 9.0, 0.01)


def flux(orbit, time=TIME, model=MODEL):
    return phase_curve_flux(
        time, orbit, limb_darkening=LIMB, exposure=EXPOSURE, transit_model=model
    )


def test_without_amplitudes_the_eclipses_alone_remain():
    silent = replace(PAIR, phase_curve=SILENT)
    plain = MODEL(TIME, PAIR, LIMB, EXPOSURE)
    found = flux(silent)
    assert np.all(found[plain == 1.0] == 1.0) and np.any(plain == 1.0)
    assert np.abs(found - plain).max() < 1e-14


def test_phase_curve_is_off_unless_the_orbit_has_one():
    off = replace(PAIR, phase_curve=None)
    light = [
        system_flux(
            TIME,
            System(
                scenario="x", sources=(Source(flux_fraction=1.0, limb_darkening=LIMB, orbit=orbit),)
            ),
            exposure=EXPOSURE,
            transit_model=MODEL,
        ).flux
        for orbit in (off, PAIR)
    ]
    assert np.array_equal(light[0], 1 - (1 - MODEL(TIME, off, LIMB, EXPOSURE)))
    assert np.allclose(light[1], flux(PAIR), atol=1e-14)
    assert np.abs(light[1] - light[0]).max() > 1e-3


def test_circular_curve_is_the_sum_of_its_harmonics():
    found = phase_amplitudes(CIRCLE, limb_darkening=LIMB)
    share = 0.4 * 0.36 / (1 + 0.4 * 0.36)
    angle = 2 * np.pi * (TIME - CIRCLE.epoch) / CIRCLE.period
    ellipsoidal = (1 - share) * found.ellipsoidal[0] + share * found.ellipsoidal[1]
    beaming = (1 - share) * found.beaming[0] - share * found.beaming[1]
    reflection = found.reflection[1] - found.reflection[0]
    varying = beaming * np.sin(angle) - ellipsoidal * np.cos(2 * angle) - reflection * np.cos(angle)
    expected = 1 + varying / (1 + sum(found.reflection))
    out = MODEL(TIME, CIRCLE, LIMB, EXPOSURE) == 1.0
    # an exposure of 0.0204 d smooths the second harmonic by a thousandth
    assert np.abs(flux(CIRCLE) - expected)[out].max() < 1e-3 * ellipsoidal
    assert out.sum() > 300 and ellipsoidal > 1e-3


def test_ellipsoidal_amplitude_is_the_published_formula():
    # 0.15 (15.55)(1.32)/(2.45) = 1.2567 for u = 0.55, g = 0.32
    sine_squared = 1 - (0.9 / 8.0) ** 2
    expected = 1.2567 * 0.7 / 8.0**3 * sine_squared
    assert phase_amplitudes(CIRCLE, limb_darkening=LIMB).ellipsoidal[0] == pytest.approx(
        expected, rel=1e-4
    )


def test_beaming_of_the_sun_by_jupiter():
    # Jupiter moves the Sun at 12.5 m/s, so that the semi-amplitude is 4 x 12.5 / 3e8
    jupiter = Orbit(
        period=4332.6,
        epoch=0.0,
        radius_ratio=0.1028,
        semi_major_axis_ratio=1118.0,
        impact_parameter=0.0,
        eccentricity=0.0489,
        argument_of_periastron=1.0,
        surface_brightness_ratio=0.0,
        mass_ratio=9.546e-4,
        phase_curve=PhaseCurve(1.0),
    )
    beaming = phase_amplitudes(jupiter, limb_darkening=LIMB).beaming[0]
    assert beaming == pytest.approx(4 * 12.47 / 2.998e8, rel=2e-3)


@pytest.mark.parametrize("eccentricity", [0.0, 0.3])
def test_beaming_follows_the_motion_of_body_1(eccentricity):
    only = PhaseCurve(1.0, (-1.0, -1.0), (1.0, 0.0))
    orbit = replace(PAIR, eccentricity=eccentricity, surface_brightness_ratio=0.0, phase_curve=only)
    time = np.linspace(1.0, 1.6, 50)
    step = 1e-4
    height = [sky_position(time + side * step - orbit.epoch, orbit)[1] for side in (-1, 1)]
    # body 1 moves against body 2 by the mass ratio; heights are in R1, the speed of light in R1/d
    radius = 4.2083 * 1.7 ** (1 / 3) * 3.0 ** (2 / 3) / 8.0
    light_speed = 299792.458 * 86400 / (radius * 695700)
    speed = -(height[1] - height[0]) / (2 * step) * 0.7 / 1.7
    assert np.allclose(flux(orbit, time) - 1, 4 * speed / light_speed, rtol=2e-3, atol=1e-7)


def test_occulted_companion_reflects_nothing():
    curve = PhaseCurve(1.0, (-1.0, -1.0), (0.0, 0.0), (0.0, 2.0))
    planet = Orbit(
        period=3.0,
        epoch=0.0,
        radius_ratio=0.1,
        semi_major_axis_ratio=8.0,
        impact_parameter=0.0,
        mass_ratio=1e-3,
        phase_curve=curve,
    )
    amplitude = phase_amplitudes(planet, limb_darkening=LIMB).reflection[1]
    assert amplitude == pytest.approx(2 * (0.1 / 8) ** 2)
    deepest = flux(planet, np.array([1.5]))[0]
    before = flux(planet, np.array([1.5 - 0.2]))[0]
    assert deepest == pytest.approx(1 - amplitude, abs=amplitude**2)
    angle = 2 * np.pi * (1.3 / 3.0)
    assert before == pytest.approx(1 - amplitude * np.cos(angle), abs=1e-3 * amplitude)


def test_engines_give_the_same_curve():
    assert np.abs(flux(PAIR) - flux(PAIR, model=BatmanModel(201, 201))).max() < 1e-6


@settings(max_examples=60, deadline=None)
@given(
    ratio=st.floats(0.01, 1.2),
    impact=st.floats(0.0, 1.0),
    eccentricity=st.floats(0.0, 0.5),
    argument=st.floats(0.0, 6.28),
    brightness=st.floats(0.0, 1.2),
    masses=st.floats(0.3, 1.0),
)
@example(1.1953125, 0.0, 0.125, 0.0, 0.0, 1.0)  # totally eclipsed by a dark star near periastron
def test_flux_stays_below_one_plus_the_amplitudes(
    ratio, impact, eccentricity, argument, brightness, masses
):
    axis = 4 * (1 + ratio) / (1 - eccentricity)
    orbit = Orbit(
        period=3.0,
        epoch=0.0,
        radius_ratio=ratio,
        semi_major_axis_ratio=axis,
        impact_parameter=impact,
        eccentricity=eccentricity,
        argument_of_periastron=argument,
        surface_brightness_ratio=brightness,
        mass_ratio=masses,
        phase_curve=PhaseCurve(1.0, reflection=(0.3, 0.3)),
    )
    found = phase_amplitudes(orbit, limb_darkening=LIMB)
    nearest = 1 / (1 - eccentricity)
    share = brightness * ratio**2 / (1 + brightness * ratio**2)
    most = sum(
        own * (found.ellipsoidal[i] * nearest**3 + found.beaming[i] * (1 + eccentricity))
        + 2 * found.reflection[i] * nearest**2
        for i, own in ((0, 1 - share), (1, share))
    )
    light = flux(orbit, np.linspace(0.0, 3.0, 400))
    assert np.all(np.isfinite(light)) and light.min() >= -1e-9
    assert light.max() <= 1 + most + 1e-12


def test_roche_radius_of_equal_masses_is_the_textbook_value():
    assert roche_radius(1.0) == pytest.approx(0.379, abs=1e-3)
    assert roche_radius(1e-3) == pytest.approx(0.049 / (0.06 * 0.1 + np.log(1.1)) * 0.1, rel=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"semi_major_axis_ratio": 1.9}, r"\(R1 \+ R2\)/a = 0.842 is not below 0.8"),
        ({"semi_major_axis_ratio": 2.4, "eccentricity": 0.2}, r"0.8 \(1 - e\)"),
        ({"semi_major_axis_ratio": 2.4, "mass_ratio": 0.7}, "body 1 fills 1.02 of its Roche"),
        ({"semi_major_axis_ratio": 3.0, "mass_ratio": 0.05}, "body 2 fills .* Roche"),
        ({"mass_ratio": 0.0}, "mass_ratio 0"),
    ],
)
def test_pairs_too_close_for_the_model_are_refused(change, message):
    orbit = replace(CIRCLE, impact_parameter=0.0, mass_ratio=0.7)
    with pytest.raises(BadParameter, match=message):
        check_detached(replace(orbit, **change))
    check_detached(orbit)
