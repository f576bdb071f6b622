"""Eclipses against direct integration of the occulted discs, and against batman's own door."""

from __future__ import annotations

import math

import batman
import numpy as np
import pytest
from disc import hidden_by_pixels, hidden_by_rings

from exoval.physics.orbit import inclination, secondary_delay, sky_position
from exoval.physics.transit_flux import BatmanModel, hidden_light
from exoval.system import Orbit

LIMB = (0.45, 0.25)
INSTANT = BatmanModel(nodes=1)


def pair_flux(times, orbit, limb_darkening):
    """Flux of two discs summed one instant at a time."""
    k = orbit.radius_ratio
    light_2 = orbit.surface_brightness_ratio * k**2
    flux = []
    for z, height in zip(*sky_position(times - orbit.epoch, orbit), strict=True):
        first = 1 - (hidden_by_rings(z, k, *limb_darkening) if height > 0 else 0)
        behind = height < 0
        second = 1 - (
            hidden_by_rings(z / k, 1 / k, *orbit.companion_limb_darkening) if behind else 0
        )
        flux.append((first + light_2 * second) / (1 + light_2))
    return np.array(flux)


@pytest.mark.parametrize(("separation", "ratio"), [(0.3, 0.1), (0.95, 0.2), (1.5, 2.0), (0.5, 1.0)])
def test_rings_agree_with_pixels(separation, ratio):
    rings, pixels = (f(separation, ratio, *LIMB) for f in (hidden_by_rings, hidden_by_pixels))
    assert rings == pytest.approx(pixels, abs=2e-5)


@pytest.mark.parametrize(
    "orbit",
    [
        Orbit(
            period=4.0,
            epoch=1.3,
            radius_ratio=0.1,
            semi_major_axis_ratio=12.0,
            impact_parameter=0.3,
        ),
        Orbit(
            period=4.0,
            epoch=1.3,
            radius_ratio=0.7,
            semi_major_axis_ratio=9.0,
            impact_parameter=0.4,
            eccentricity=0.4,
            argument_of_periastron=1.1,
            surface_brightness_ratio=0.35,
        ),
        Orbit(
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
        Orbit(
            period=4.0,
            epoch=1.3,
            radius_ratio=1.3,
            semi_major_axis_ratio=7.0,
            impact_parameter=0.2,
            eccentricity=0.2,
            argument_of_periastron=4.0,
            surface_brightness_ratio=0.1,
        ),
        Orbit(
            period=4.0,
            epoch=1.3,
            radius_ratio=0.5,
            semi_major_axis_ratio=8.0,
            impact_parameter=1.3,
            eccentricity=0.3,
            argument_of_periastron=2.0,
            surface_brightness_ratio=0.6,
        ),
        Orbit(
            period=4.0,
            epoch=1.3,
            radius_ratio=0.1,
            semi_major_axis_ratio=8.0,
            impact_parameter=0.0,
            eccentricity=0.1,
            argument_of_periastron=5.0,
            surface_brightness_ratio=0.2,
        ),
    ],
    ids=["planet", "eccentric pair", "twins", "larger companion", "grazing", "total secondary"],
)
def test_flux_is_that_of_two_discs(orbit):
    delay = secondary_delay(
        orbit.period,
        eccentricity=orbit.eccentricity,
        argument_of_periastron=orbit.argument_of_periastron,
    )
    near = np.linspace(-0.3, 0.3, 81)
    times = orbit.epoch + np.concatenate([near, near + delay + orbit.period])
    flux = INSTANT(times, orbit, LIMB, 0.0)
    assert flux.min() < 0.999
    assert np.abs(flux - pair_flux(times, orbit, LIMB)).max() < 2e-7


@pytest.mark.parametrize("ratio", [0.01, 0.1, 0.5, 0.9, 0.9999, 1.0, 1.0001, 2.0, 10.0])
def test_contacts_do_not_break_the_kernel(ratio):
    # a wide circular orbit through the centre: separation is proportional to time
    orbit = Orbit(
        period=1.0,
        epoch=0.0,
        radius_ratio=ratio,
        semi_major_axis_ratio=1000.0 * (1 + ratio),
        impact_parameter=0.0,
    )
    nudges = np.concatenate([[0.0], np.logspace(-16, -3, 27), -np.logspace(-16, -3, 27)])
    separations = np.abs(np.concatenate([abs(1 - ratio) + nudges, ratio + nudges, nudges]))
    times = np.arcsin(separations / orbit.semi_major_axis_ratio) / (2 * np.pi)
    actual = sky_position(times, orbit)[0]
    expected = [hidden_by_rings(z, ratio, *LIMB) for z in actual]
    assert np.abs(hidden_light(times, orbit, limb_darkening=LIMB) - expected).max() < 2e-6


@pytest.mark.parametrize(("eccentricity", "argument"), [(0.0, 90.0), (0.3, 40.0), (0.6, 250.0)])
def test_instants_agree_with_batman(eccentricity, argument):
    orbit = Orbit(
        period=3.0,
        epoch=0.7,
        radius_ratio=0.12,
        semi_major_axis_ratio=11.0,
        impact_parameter=0.35,
        eccentricity=eccentricity,
        argument_of_periastron=math.radians(argument),
    )
    parameters = batman.TransitParams()
    parameters.t0, parameters.per, parameters.rp, parameters.a = 0.7, 3.0, 0.12, 11.0
    parameters.inc, parameters.ecc = math.degrees(inclination(orbit)), eccentricity
    parameters.w, parameters.u, parameters.limb_dark = argument, list(LIMB), "quadratic"
    times = np.linspace(0.0, 8.0, 5000)
    expected = batman.TransitModel(parameters, times).light_curve(parameters)
    assert np.abs(INSTANT(times, orbit, LIMB, 0.0) - expected).max() < 1e-8
    assert expected.min() < 0.99


@pytest.mark.parametrize(
    ("orbit", "exposure_days", "tolerance_ppm"),
    [
        (
            Orbit(
                period=3.0,
                epoch=0.0,
                radius_ratio=0.1,
                semi_major_axis_ratio=11.0,
                impact_parameter=0.3,
            ),
            0.0204,
            30.0,
        ),
        (
            Orbit(
                period=3.0,
                epoch=0.0,
                radius_ratio=0.1,
                semi_major_axis_ratio=11.0,
                impact_parameter=0.3,
            ),
            0.0014,
            1.0,
        ),
        (
            Orbit(
                period=2.0,
                epoch=0.0,
                radius_ratio=0.01,
                semi_major_axis_ratio=6.0,
                impact_parameter=0.0,
            ),
            0.0204,
            0.5,
        ),
        (
            Orbit(
                period=1.0,
                epoch=0.0,
                radius_ratio=0.6,
                semi_major_axis_ratio=4.0,
                impact_parameter=0.2,
                eccentricity=0.2,
                argument_of_periastron=1.0,
                surface_brightness_ratio=0.5,
            ),
            0.0204,
            200.0,
        ),
    ],
)
def test_exposures_agree_with_a_thousand_instants(orbit, exposure_days, tolerance_ppm):
    times = np.arange(-0.25, 1.3, exposure_days / 1.7)
    found = BatmanModel()(times, orbit, LIMB, exposure_days)
    expected = BatmanModel(1000, 1000)(times, orbit, LIMB, exposure_days)
    direct = np.mean(
        [
            INSTANT(times + exposure_days * ((j + 0.5) / 500 - 0.5), orbit, LIMB, 0.0)
            for j in range(500)
        ],
        axis=0,
    )
    assert np.abs(expected - direct).max() < 1e-6
    assert np.abs(found - expected).max() < 1e-6 * tolerance_ppm
    assert expected.min() < 1 - 5e-5
