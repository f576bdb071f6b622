from __future__ import annotations

import numpy as np
import pytest
from disc import hidden_by_rings

from exoval.errors import BadParameter
from exoval.physics.system_flux import orbit_alone, system_flux
from exoval.physics.transit_flux import BatmanModel
from exoval.system import Orbit, PhaseCurve, Source, System

MODEL = BatmanModel()
EXPOSURE = 0.0204
TIME = np.arange(0.0, 9.0, 0.01)
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
)


def light(*sources):
    return system_flux(
        TIME, System(scenario="planet", sources=sources), exposure=EXPOSURE, transit_model=MODEL
    )


def test_single_source_is_the_transit_model_itself():
    found = light(Source(flux_fraction=1.0, orbit=PLANET))
    assert np.allclose(found.flux, MODEL(TIME, PLANET, (0.4, 0.3), EXPOSURE), rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    "orbit",
    [
        None,
        Orbit(
            period=3.0,
            epoch=0.5,
            radius_ratio=0.0,
            semi_major_axis_ratio=10.0,
            impact_parameter=0.2,
        ),
    ],
)
def test_nothing_eclipsed_is_exactly_constant(orbit):
    third = 1 / 3
    found = light(
        Source(flux_fraction=third, offset_column=1.1, offset_row=-0.3, orbit=orbit),
        Source(flux_fraction=third, offset_column=2.0, offset_row=0.7),
        Source(flux_fraction=1 - 2 * third),
    )
    assert np.all(found.flux == 1.0)
    assert np.ptp(found.column) == 0 and np.ptp(found.row) == 0
    assert found.column[0] == pytest.approx((1.1 + 2.0) / 3)


def test_flux_and_photocentre_are_constant_out_of_eclipse():
    found = light(
        Source(flux_fraction=0.9),
        Source(flux_fraction=0.1, offset_column=6.0, offset_row=-2.0, orbit=PLANET),
    )
    out = np.abs((TIME - 0.5 + 1.5) % 3.0 - 1.5) > 0.5
    assert np.all(found.flux[out] == 1.0) and np.ptp(found.column[out]) == 0


@pytest.mark.parametrize("fraction", [1.0, 0.3, 1e-3])
def test_dilution_scales_the_depth_by_the_flux_fraction(fraction):
    alone = light(Source(flux_fraction=1.0, orbit=PAIR)).flux
    diluted = light(
        Source(flux_fraction=1 - fraction), Source(flux_fraction=fraction, orbit=PAIR)
    ).flux
    assert np.allclose(1 - diluted, fraction * (1 - alone), rtol=0, atol=1e-15)


def test_centroid_shift_of_a_dimmed_neighbour():
    # delta c = depth f (c_out - d) / (1 - depth f), here for a neighbour at d = (8, -4) arcsec
    fraction, offset = 0.15, np.array([8.0, -4.0])
    found = light(
        Source(flux_fraction=1 - fraction),
        Source(flux_fraction=fraction, offset_column=offset[0], offset_row=offset[1], orbit=PAIR),
    )
    depth = 1 - light(Source(flux_fraction=1.0, orbit=PAIR)).flux
    shift = np.array([found.column, found.row]) - (fraction * offset)[:, None]
    factor = depth * fraction / (1 - depth * fraction)
    expected = factor * (fraction * offset - offset)[:, None]
    assert np.allclose(shift, expected, rtol=0, atol=1e-12)
    assert np.abs(shift).max() > 0.1


def test_photocentre_is_the_flux_weighted_mean_of_all_sources():
    sources = (
        Source(flux_fraction=0.5, offset_column=0.1, offset_row=0.2, orbit=PLANET),
        Source(flux_fraction=0.3, offset_column=5.0, offset_row=-1.0, orbit=PAIR),
        Source(flux_fraction=0.2, offset_column=-3.0, offset_row=4.0),
    )
    found = light(*sources)
    weights = np.array(
        [
            s.flux_fraction
            * (MODEL(TIME, s.orbit, s.limb_darkening, EXPOSURE) if s.orbit else np.ones_like(TIME))
            for s in sources
        ]
    )
    columns = np.array([s.offset_column for s in sources])
    assert np.allclose(found.flux, weights.sum(axis=0), atol=1e-14)
    assert np.allclose(found.column, columns @ weights / weights.sum(axis=0), atol=1e-13)


def test_photocentre_of_no_light_is_missing():
    hidden = Orbit(
        period=3.0, epoch=0.0, radius_ratio=1.5, semi_major_axis_ratio=10.0, impact_parameter=0.0
    )
    found = system_flux(
        np.array([0.0, 1.0]),
        System(scenario="x", sources=(Source(flux_fraction=1.0, orbit=hidden),)),
        exposure=0.0,
        transit_model=MODEL,
    )
    assert found.flux[0] == 0 and np.isnan(found.column[0]) and found.column[1] == 0


def planet(radius_ratio, impact_parameter, **changes):
    values = {
        "period": 3.0,
        "epoch": 0.5,
        "radius_ratio": radius_ratio,
        "semi_major_axis_ratio": 10.0,
        "impact_parameter": impact_parameter,
    }
    return Orbit(**values | changes)


REST = Source(flux_fraction=0.3)


def test_dips_of_two_planets_add_up_where_they_are_apart_in_time():
    other = planet(0.07, 0.5, period=1.5, epoch=1.2)
    both = light(Source(flux_fraction=0.7, orbit=PLANET, further_orbits=(other,)), REST).flux
    alone = [light(Source(flux_fraction=0.7, orbit=orbit), REST).flux for orbit in (PLANET, other)]
    assert not ((alone[0] < 1) & (alone[1] < 1)).any() and (alone[1] < 1).any()
    np.testing.assert_allclose(both, alone[0] + alone[1] - 1, rtol=0, atol=1e-15)
    assert np.all(both[(alone[0] == 1) & (alone[1] == 1)] == 1.0)


def test_discs_that_overlap_hide_less_than_the_sum_and_not_less_than_the_larger():
    """Pixels of a limb-darkened star under two discs, on all sides of each other."""
    u1, u2 = 0.4, 0.3
    axis = (np.arange(1500) + 0.5) / 750 - 1
    x, y = np.meshgrid(axis, axis)
    mu = np.sqrt(np.clip(1 - x**2 - y**2, 0, None))
    disc = np.where(x**2 + y**2 < 1, 1 - u1 * (1 - mu) - u2 * (1 - mu) ** 2, 0)
    disc /= disc.sum()
    large, small = planet(0.2, 0.45), planet(0.1, 0.3)
    source = Source(flux_fraction=1.0, orbit=large, further_orbits=(small,))
    (mid,) = (
        1
        - system_flux(
            np.array([0.5]),
            System(scenario="x", sources=(source,)),
            exposure=0.0,
            transit_model=MODEL,
        ).flux
    )
    first = np.hypot(x - 0.45, y) < 0.2
    alone = [disc[first].sum(), disc[np.hypot(x - 0.3, y) < 0.1].sum()]
    assert mid == pytest.approx(sum(alone), rel=2e-3)
    overstated = []
    for side in np.linspace(0, np.pi, 7):
        second = np.hypot(x - 0.3 * np.cos(side), y - 0.3 * np.sin(side)) < 0.1
        union = disc[first | second].sum()
        assert max(alone) <= union <= mid * 1.002
        overstated.append(mid - union)
    assert max(overstated) > 0.5 * min(alone), "they overlap"
    assert max(overstated) <= min(alone) * 1.01
    assert abs(overstated[-1]) < 2e-3 * mid, "apart on the disc the sum is exact"


def test_a_source_never_gives_less_than_no_light():
    covers = planet(0.9, 0.0)
    found = light(Source(flux_fraction=1.0, orbit=covers, further_orbits=(covers, PLANET)))
    assert found.flux.min() == 0


def test_a_planet_about_a_binary_hides_its_share_of_the_light_of_both_stars():
    """Rings of body 1's disc, diluted by the light of the companion."""
    about = planet(0.1, 0.2, period=7.0, epoch=2.0)
    source = Source(
        flux_fraction=1.0, orbit=PAIR, further_orbits=(about,), limb_darkening=(0.4, 0.3)
    )
    system = System(scenario="x", sources=(source,))
    flux = system_flux(np.array([2.0]), system, exposure=0.0, transit_model=MODEL).flux
    hidden = hidden_by_rings(0.2, 0.1, 0.4, 0.3)
    assert 1 - flux[0] == pytest.approx(hidden / (1 + 0.4 * 0.6**2), rel=1e-6)
    # a dark planet takes nothing from the eclipses of the two stars
    apart = np.abs((TIME - 2.0 + 3.5) % 7.0 - 3.5) > 0.5
    pair = light(Source(flux_fraction=1.0, orbit=PAIR)).flux
    np.testing.assert_allclose(light(source).flux[apart], pair[apart], rtol=0, atol=1e-15)


def test_single_orbits_of_a_system_lose_together_what_the_system_loses():
    third = planet(0.05, 0.1, period=4.1, epoch=2.7, surface_brightness_ratio=0.2)
    system = System(
        scenario="x",
        sources=(
            Source(flux_fraction=0.6, offset_column=1.0, orbit=PAIR, further_orbits=(third,)),
            Source(flux_fraction=0.4, orbit=PLANET),
        ),
        truth={"a": 1.0},
        further_truth=({"a": 2.0}, {"a": 3.0}),
    )
    assert system.orbits == (PAIR, third, PLANET) and system.signal == PAIR
    whole = 1 - light(*system.sources).flux
    parts = [orbit_alone(system, number) for number in range(3)]
    assert [part.orbits for part in parts] == [(PAIR,), (third,), (PLANET,)]
    lost = [1 - light(*part.sources).flux for part in parts]
    np.testing.assert_allclose(sum(lost), whole, rtol=0, atol=1e-14)
    assert orbit_alone(parts[0], 0) is parts[0]


def test_one_orbit_among_several_may_vary_between_its_eclipses():
    """Light between the eclipses of one orbit adds to the dips of the other."""
    curve = PhaseCurve(1.0, reflection=(0.0, 0.3))
    shining = planet(0.1, 0.0, period=1.5, mass_ratio=1e-3, phase_curve=curve)
    both = light(Source(flux_fraction=1.0, orbit=PLANET, further_orbits=(shining,))).flux
    alone = [light(Source(flux_fraction=1.0, orbit=orbit)).flux for orbit in (PLANET, shining)]
    np.testing.assert_allclose(both, alone[0] + alone[1] - 1, rtol=0, atol=1e-14)
    assert both.max() > 1


def test_further_orbits_need_a_first_one_and_as_many_truths():
    with pytest.raises(BadParameter, match="give one of them as orbit"):
        Source(flux_fraction=1.0, further_orbits=(PLANET,))
    source = Source(flux_fraction=1.0, orbit=PLANET, further_orbits=(PAIR,))
    with pytest.raises(BadParameter, match="2 further truths for 2 orbits"):
        System(scenario="x", sources=(source,), further_truth=({}, {}))
    assert source.with_orbits(()).orbits == ()
