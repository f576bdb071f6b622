"""Companions shine as much as their albedo says, and pairs too close do not pretend to."""

from dataclasses import replace

import numpy as np
import pytest

from exoval.errors import BadParameter
from exoval.physics.exact_flux import ExactModel
from exoval.physics.system_flux import system_flux
from exoval.populations.phase_curves import PhaseCurves, without_phase_curves
from exoval.system import Orbit, Source, System

HOT_JUPITER = Orbit(
    period=2.2,
    epoch=0.0,
    radius_ratio=0.077,
    semi_major_axis_ratio=4.1,
    impact_parameter=0.1,
    mass_ratio=1.2e-3,
)
PAIR = Orbit(
    period=1.5,
    epoch=0.0,
    radius_ratio=0.9,
    semi_major_axis_ratio=4.5,
    impact_parameter=0.2,
    surface_brightness_ratio=0.7,
    mass_ratio=0.9,
)


def system(orbit, **truth):
    return System(
        scenario="planet",
        sources=(Source(flux_fraction=1.0, orbit=orbit),),
        truth={"primary_mass_solar": 1.3} | truth,
    )


def shine(orbit, law=None, seed=0):
    return (law or PhaseCurves()).dress(np.random.default_rng(seed), system(orbit))


@pytest.mark.parametrize("albedo", [0.1, 0.4])
def test_a_planets_secondary_eclipse_is_albedo_times_solid_angle(albedo):
    shining = shine(HOT_JUPITER, PhaseCurves(albedo=(albedo, albedo)))
    time = 1.1 + np.array([0.0, 0.1])  # in the middle of the eclipse, and just beside it
    hidden, beside = system_flux(time, shining, exposure=0.0, transit_model=ExactModel()).flux
    assert beside - hidden == pytest.approx(albedo * (0.077 / 4.1) ** 2, rel=0.2)
    assert hidden < beside


@pytest.mark.parametrize("is_dark", [True, False])
def test_the_density_integrates_to_one_and_samples_lie_inside(is_dark):
    law = PhaseCurves(albedo=(0.1, 0.5), star_reflection=(0.2, 0.4))
    grid = np.linspace(0, 0.6, 601)
    density = np.exp(law.log_prob(grid[:, None], grid[None, :], is_dark))
    assert density.sum() * 1e-6 == pytest.approx(1, rel=0.02)
    drawn = law.sample(np.random.default_rng(3), 500, is_dark)
    assert np.isfinite(law.log_prob(*drawn, is_dark)).all()


def test_a_close_pair_varies_twice_an_orbit_and_a_touching_one_is_left_alone():
    time = 0.19 + 1.5 * np.arange(0, 1, 0.01)
    flux = system_flux(time, shine(PAIR), exposure=0.0, transit_model=ExactModel()).flux
    eclipses = system_flux(
        time, without_phase_curves(shine(PAIR)), exposure=0.0, transit_model=ExactModel()
    ).flux
    between = eclipses == 1
    turns = 2 * np.pi * time[between] / 1.5
    design = np.stack([np.ones_like(turns), np.cos(turns), np.sin(turns), np.cos(2 * turns)], 1)
    amplitude = np.linalg.lstsq(design, flux[between], rcond=None)[0][3]
    assert -0.05 < amplitude < -0.01  # dimmest end-on, by a few per cent
    touching = Orbit(
        period=0.6,
        epoch=0.0,
        radius_ratio=0.9,
        semi_major_axis_ratio=2.2,
        impact_parameter=0.2,
        surface_brightness_ratio=0.7,
        mass_ratio=0.9,
    )
    assert shine(touching) == system(touching)


def test_nothing_to_see_means_no_phase_curve():
    small = Orbit(
        period=25.0,
        epoch=0.0,
        radius_ratio=0.01,
        semi_major_axis_ratio=40.0,
        impact_parameter=0.1,
        mass_ratio=3e-6,
    )
    assert shine(small) == system(small)
    assert without_phase_curves(shine(HOT_JUPITER)) == system(HOT_JUPITER)


@pytest.mark.parametrize("albedo", [(-0.1, 0.2), (0.3, 0.2)])
def test_an_impossible_range_is_refused(albedo):
    with pytest.raises(BadParameter, match="albedo"):
        PhaseCurves(albedo=albedo)


def test_every_companion_of_a_star_shines_for_itself():
    bright, far = HOT_JUPITER, replace(HOT_JUPITER, period=900.0, semi_major_axis_ratio=230.0)
    several = replace(
        system(bright),
        sources=(Source(flux_fraction=1.0, orbit=bright, further_orbits=(bright, far)),),
    )
    first, second, third = PhaseCurves().dress(np.random.default_rng(0), several).orbits
    assert first == shine(bright).signal
    assert second.phase_curve is not None and second.phase_curve != first.phase_curve
    assert third == far, "too faint"
    assert without_phase_curves(PhaseCurves().dress(np.random.default_rng(0), several)) == several
