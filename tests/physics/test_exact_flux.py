from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exoval.errors import BadParameter
from exoval.physics.exact_flux import ExactModel
from exoval.physics.orbit import contact_interval, secondary_delay
from exoval.system import Orbit

MODEL = ExactModel()
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


@st.composite
def domain(draw, eccentric=True):
    """Orbits over the declared domain, its edges included."""
    ratio = draw(st.one_of(st.floats(0.0, 1.5), st.sampled_from([0.0, 0.01, 0.5, 1.0, 1.5])))
    eccentricity = draw(st.one_of(st.just(0.0), st.floats(0.0, 0.9))) if eccentric else 0.0
    argument = draw(st.floats(0.0, 2 * np.pi))
    edge = (1 + ratio) * (1 + eccentricity * np.sin(argument)) / (1 - eccentricity**2)
    axis = max(1.5, edge) * draw(st.floats(1.0001, 30.0))
    impact = (1 + ratio) * draw(st.one_of(st.floats(0.0, 1.0), st.sampled_from([0.0, 1.0])))
    return Orbit(
        period=draw(st.floats(0.3, 40.0)),
        epoch=draw(st.floats(-50.0, 50.0)),
        radius_ratio=ratio,
        semi_major_axis_ratio=axis,
        impact_parameter=impact,
        eccentricity=eccentricity,
        argument_of_periastron=argument,
        surface_brightness_ratio=draw(st.floats(0.0, 1.5)),
        mass_ratio=0.5,
        companion_limb_darkening=(0.5, 0.2),
    )


def near_eclipse(orbit, count=60):
    contacts = contact_interval(orbit, separation=1 + orbit.radius_ratio) or (-0.1, 0.1)
    return orbit.epoch + np.linspace(1.2 * contacts[0] - 0.02, 1.2 * contacts[1] + 0.02, count)


@settings(max_examples=150, deadline=None)
@given(domain(), st.sampled_from([0.0, 2e-4, 0.0204, 2 / 24]))
def test_flux_is_finite_and_between_zero_and_one(orbit, exposure):
    delay = secondary_delay(
        orbit.period,
        eccentricity=orbit.eccentricity,
        argument_of_periastron=orbit.argument_of_periastron,
    )
    near = near_eclipse(orbit)
    flux = MODEL(np.concatenate([near, near + delay]), orbit, LIMB, exposure)
    assert np.all(np.isfinite(flux))
    assert flux.max() <= 1 + 1e-6 and flux.min() >= -1e-6


@settings(max_examples=60, deadline=None)
@given(domain(eccentric=False), st.sampled_from([0.0, 0.0204]))
def test_circular_eclipses_are_symmetric(orbit, exposure):
    orbit = replace(orbit, epoch=0.0)
    times = np.linspace(0.0, 0.5, 50) * orbit.period
    for centre in (0.0, 0.5 * orbit.period):
        after, before = (MODEL(centre + side * times, orbit, LIMB, exposure) for side in (1, -1))
        assert np.abs(after - before).max() < 1e-9


@settings(max_examples=100, deadline=None)
@given(
    domain(),
    st.sampled_from(
        [
            "radius_ratio",
            "semi_major_axis_ratio",
            "impact_parameter",
            "eccentricity",
            "argument_of_periastron",
            "epoch",
            "surface_brightness_ratio",
        ]
    ),
    st.booleans(),
)
def test_flux_is_continuous_in_every_parameter_at_the_contacts(orbit, name, inner):
    orbit = replace(
        orbit,
        radius_ratio=min(max(orbit.radius_ratio, 0.01), 1.4),
        eccentricity=min(orbit.eccentricity, 0.85),
    )
    orbit = replace(
        orbit,
        impact_parameter=min(orbit.impact_parameter, orbit.radius_ratio),
        semi_major_axis_ratio=max(orbit.semi_major_axis_ratio, 3 / (1 - orbit.eccentricity)),
    )
    separation = abs(1 - orbit.radius_ratio) if inner else 1 + orbit.radius_ratio
    contacts = contact_interval(orbit, separation=separation)
    if contacts is None:
        contacts = contact_interval(orbit, separation=1 + orbit.radius_ratio)
    times = orbit.epoch + np.array(contacts)
    step = 1e-9 * max(abs(getattr(orbit, name)), 0.1)
    moved = replace(orbit, **{name: getattr(orbit, name) + step})
    for exposure in (0.0, 0.0204):
        change = MODEL(times, moved, LIMB, exposure) - MODEL(times, orbit, LIMB, exposure)
        # half a turn of the fastest orbit in 1e-9 of a parameter, on a slope that is finite
        assert np.abs(change).max() < 3e-5


def test_flux_is_exactly_one_away_from_the_eclipses():
    delay = secondary_delay(
        PAIR.period,
        eccentricity=PAIR.eccentricity,
        argument_of_periastron=PAIR.argument_of_periastron,
    )
    from_primary = (TIME - PAIR.epoch + 1.5) % 3.0 - 1.5
    from_secondary = (TIME - PAIR.epoch - delay + 1.5) % 3.0 - 1.5
    away = (np.abs(from_primary) > 0.52) & (np.abs(from_secondary) > 0.52)
    flux = MODEL(TIME, PAIR, LIMB, EXPOSURE)
    assert away.any() and np.all(flux[away] == 1.0)
    assert flux[~away].min() < 0.9


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
    assert np.abs(primary - secondary).max() < 1e-12
    assert primary.min() < 0.75 and primary.max() == 1.0


def test_companion_light_dilutes_the_primary_exactly():
    near = np.linspace(-0.3, 0.3, 100)
    bright = replace(PLANET, epoch=0.0, surface_brightness_ratio=0.8)
    share = 0.8 * 0.01 / (1 + 0.8 * 0.01)
    depth, undiluted = (
        1 - MODEL(near, orbit, LIMB, EXPOSURE)
        for orbit in (bright, replace(bright, surface_brightness_ratio=0.0))
    )
    assert np.allclose(depth, (1 - share) * undiluted, rtol=0, atol=1e-14)
    total = 1 - MODEL(np.array([1.5]), bright, LIMB, EXPOSURE)[0]
    assert total == pytest.approx(share, rel=1e-9)


def test_times_may_be_missing_unsorted_and_two_dimensional():
    times = np.array([[3.5, np.nan, 0.5], [2.0, 0.51, 1e9]])
    flux = MODEL(times, PLANET, LIMB, EXPOSURE)
    assert flux.shape == (2, 3) and flux[0, 1] == 1.0 and flux[1, 0] == 1.0
    for i, j in ((0, 0), (0, 2), (1, 1)):
        alone = MODEL(times[i, j : j + 1], PLANET, LIMB, EXPOSURE)[0]
        assert flux[i, j] == alone < 0.99
    assert MODEL(np.array([]), PLANET, LIMB, EXPOSURE).shape == (0,)


def test_gaps_and_repeated_times_change_nothing():
    rng = np.random.default_rng(0)
    whole = MODEL(TIME, PAIR, LIMB, EXPOSURE)
    kept = np.sort(rng.choice(TIME.size, 300))
    assert np.array_equal(MODEL(TIME[kept], PAIR, LIMB, EXPOSURE), whole[kept])
    window = slice(430, 560)
    assert np.array_equal(MODEL(TIME[window], PAIR, LIMB, EXPOSURE), whole[window])


def test_no_companion_leaves_ones():
    assert np.all(MODEL(TIME, replace(PLANET, radius_ratio=0.0), LIMB, EXPOSURE) == 1.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"radius_ratio": 1.6}, "radius_ratio 1.6"),
        ({"radius_ratio": -0.1}, "radius_ratio -0.1"),
        ({"impact_parameter": 1.11}, "impact_parameter 1.11"),
        ({"semi_major_axis_ratio": 1.4}, "semi_major_axis_ratio 1.4"),
        ({"eccentricity": 0.91}, "eccentricity 0.91"),
        ({"period": 0.0}, "period 0"),
        ({"radius_ratio": float("nan")}, "radius_ratio nan"),
        ({"surface_brightness_ratio": -1.0}, "surface_brightness_ratio -1"),
    ],
)
def test_values_outside_the_domain_are_refused(change, message):
    with pytest.raises(BadParameter, match=message):
        MODEL(TIME, replace(PLANET, **change), LIMB, EXPOSURE)


def test_long_exposures_are_refused():
    with pytest.raises(ValueError, match="exposure in days 0\\.1"):
        MODEL(TIME, PLANET, LIMB, 0.1)
    assert MODEL(TIME, PLANET, LIMB, 2 / 24).min() < 0.995
