from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exoval.errors import BadParameter
from exoval.physics.eclipse_flux import companion_share
from exoval.physics.orbit import contact_interval, durations, secondary_delay
from exoval.physics.transit_flux import BatmanModel
from exoval.system import Orbit

MODEL = BatmanModel()
LIMB = (0.4, 0.3)
EXPOSURE = 0.0204
PLANET = Orbit(
    period=3.0, epoch=0.5, radius_ratio=0.1, semi_major_axis_ratio=10.0, impact_parameter=0.2
)
PAIR = Orbit(
    period=3.0,
    epoch=0.5,
    radius_ratio=0.6,
    semi_major_axis_ratio=8.0,
    impact_parameter=0.3,
    eccentricity=0.3,
    argument_of_periastron=1.0,
    surface_brightness_ratio=0.4,
    mass_ratio=0.7,
    companion_limb_darkening=(0.5, 0.2),
)
TIME = np.arange(0.0, 9.0, 0.01)


def test_flux_is_exactly_one_away_from_the_eclipses():
    delay = secondary_delay(
        PAIR.period,
        eccentricity=PAIR.eccentricity,
        argument_of_periastron=PAIR.argument_of_periastron,
    )
    from_primary = (TIME - PAIR.epoch + 1.5) % 3.0 - 1.5
    from_secondary = (TIME - PAIR.epoch - delay + 1.5) % 3.0 - 1.5
    longest = 0.5 + EXPOSURE
    away = (np.abs(from_primary) > longest) & (np.abs(from_secondary) > longest)
    flux = MODEL(TIME, PAIR, LIMB, EXPOSURE)
    assert away.any() and np.all(flux[away] == 1.0)
    assert flux[~away].min() < 0.9


@pytest.mark.parametrize(
    "orbit",
    [
        replace(PLANET, radius_ratio=0.0),
        replace(PLANET, impact_parameter=1.2),
    ],
)
def test_no_transit_leaves_ones(orbit):
    assert np.all(MODEL(TIME, orbit, LIMB, EXPOSURE) == 1.0)


def test_dark_companion_has_no_secondary():
    flux = MODEL(TIME, PLANET, LIMB, EXPOSURE)
    far = np.abs((TIME - PLANET.epoch + 1.5) % 3.0 - 1.5) > 0.5
    assert np.all(flux[far] == 1.0)


def test_equal_twins_have_equal_eclipses():
    twins = Orbit(
        period=4.0,
        epoch=0.0,
        radius_ratio=1.0,
        semi_major_axis_ratio=7.0,
        impact_parameter=0.3,
        eccentricity=0.0,
        argument_of_periastron=np.pi / 2,
        surface_brightness_ratio=1.0,
        mass_ratio=1.0,
        companion_limb_darkening=LIMB,
    )
    near = np.linspace(-0.4, 0.4, 200)
    primary, secondary = (MODEL(near + shift, twins, LIMB, EXPOSURE) for shift in (0.0, 2.0))
    assert np.abs(primary - secondary).max() < 1e-9
    assert primary.min() < 0.75 and primary.max() == 1.0


def test_companion_light_dilutes_the_primary_exactly():
    near = np.linspace(-0.3, 0.3, 100)
    bright = replace(PLANET, epoch=0.0, surface_brightness_ratio=0.8)
    dark = replace(bright, surface_brightness_ratio=0.0)
    share = 0.8 * 0.01 / (1 + 0.8 * 0.01)
    assert companion_share(bright) == pytest.approx(share)
    depth, undiluted = (1 - MODEL(near, o, LIMB, EXPOSURE) for o in (bright, dark))
    assert np.allclose(depth, (1 - share) * undiluted, rtol=0, atol=1e-15)


def test_total_secondary_removes_the_companion_share():
    total = replace(PLANET, epoch=0.0, surface_brightness_ratio=0.5)
    depth = 1 - MODEL(np.array([1.5]), total, LIMB, EXPOSURE)[0]
    assert depth == pytest.approx(companion_share(total), rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(
    ratio=st.floats(0.02, 1.4),
    impact=st.floats(0.0, 0.9),
    eccentricity=st.floats(0.0, 0.5),
    argument=st.floats(0.0, 6.28),
    brightness=st.floats(0.0, 1.5),
)
def test_flux_stays_between_zero_and_one_and_reaches_down(
    ratio, impact, eccentricity, argument, brightness
):
    orbit = Orbit(
        period=3.0,
        epoch=0.0,
        radius_ratio=ratio,
        semi_major_axis_ratio=10.0,
        impact_parameter=impact,
        eccentricity=eccentricity,
        argument_of_periastron=argument,
        surface_brightness_ratio=brightness,
    )
    flux = MODEL(np.linspace(0, 3, 600), orbit, LIMB, EXPOSURE)
    assert np.all((flux >= 0) & (flux <= 1)) and flux.min() < 1


def test_light_is_lost_between_first_and_fourth_contact_only():
    first, last = contact_interval(PAIR, separation=1 + PAIR.radius_ratio)
    assert last - first == pytest.approx(durations(PAIR)[0])
    margin = 0.02 * (last - first)
    times = PAIR.epoch + np.array([first - 1e-6, first + margin, last - margin, last + 1e-6])
    flux = MODEL(times, PAIR, LIMB, 0.0)
    assert flux[0] == flux[3] == 1.0
    assert max(flux[1:3]) < 0.9999


def test_times_may_be_missing_or_two_dimensional():
    times = np.array([[np.nan, 0.5], [2.0, 3.5]])
    flux = MODEL(times, PLANET, LIMB, EXPOSURE)
    assert flux.shape == (2, 2) and flux[0, 0] == 1.0 and flux[1, 0] == 1.0
    assert flux[0, 1] == pytest.approx(flux[1, 1], abs=1e-9) and flux[0, 1] < 0.99


def test_node_counts_are_checked():
    with pytest.raises(BadParameter, match="nodes=0"):
        BatmanModel(nodes=0)
