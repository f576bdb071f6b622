"""Injection puts the signal where it should be and nothing else."""

import json
from dataclasses import replace

import numpy as np
import pytest

import exoval
from exoval.errors import BadLightCurve, BadParameter
from exoval.injection.inject import inject, rebuild
from exoval.lightcurve import LightCurve, Segment
from exoval.physics.system_flux import system_flux
from exoval.physics.transit_flux import BatmanModel
from exoval.system import Orbit, PhaseCurve, Source, System
from simulate.transform import invert, scramble

MODEL = BatmanModel()


def put(curve, system, **settings):
    return inject(curve, system, **settings).light_curve


def host(crowding=1.0, decrowded=True):
    rng = np.random.default_rng(0)
    time = np.sort(rng.uniform(100, 190, 3000))
    flux = (2e4 * (1 + 1e-3 * rng.standard_normal(3000))).astype(np.float32).astype(float)
    column, row = 30 + 1e-4 * rng.standard_normal((2, 3000))
    segments = (
        Segment(number=3, start=0, stop=1400, crowding=crowding),
        Segment(number=4, start=1400, stop=3000, crowding=crowding),
    )
    return LightCurve(
        target="KIC 1",
        mission="kepler",
        time=time,
        flux=flux,
        flux_error=np.full(3000, 20.0),
        exposure=0.0204,
        segments=segments,
        centroid_column=column,
        centroid_row=row,
        flux_is_decrowded=decrowded,
    )


def planet(radius_ratio=0.1, share=1.0, offset=0.0):
    orbit = Orbit(
        period=5.0,
        epoch=101.0,
        radius_ratio=radius_ratio,
        semi_major_axis_ratio=12.0,
        impact_parameter=0.2,
    )
    sources = [Source(flux_fraction=share, offset_column=offset, orbit=orbit)]
    if share < 1:
        sources.append(Source(flux_fraction=1 - share))
    return System(scenario="planet", sources=tuple(sources))


@pytest.mark.parametrize("crowding", [1.0, 0.6])
@pytest.mark.parametrize("decrowded", [True, False])
def test_zero_depth_returns_the_host_bit_for_bit(crowding, decrowded):
    curve = host(crowding, decrowded)
    for system in (
        planet(radius_ratio=0.0),
        System(scenario="no_transit", sources=(Source(flux_fraction=1.0),)),
        planet(radius_ratio=0.0, share=0.3, offset=1.7),
    ):
        same = put(
            curve,
            system,
            transit_model=MODEL,
            pixel_scale_arcsec=3.98,
            neighbours_arcsec=(2.3, -4.1),
        )
        for name in ("time", "flux", "flux_error", "centroid_column", "centroid_row"):
            np.testing.assert_array_equal(getattr(same, name), getattr(curve, name))


def test_flux_is_the_hosts_times_the_systems():
    curve, system = host(), planet()
    light = system_flux(curve.time, system, exposure=curve.exposure, transit_model=MODEL)
    np.testing.assert_allclose(
        put(curve, system, transit_model=MODEL, pixel_scale_arcsec=3.98).flux,
        curve.flux * light.flux,
        rtol=1e-14,
    )


def test_light_of_neighbours_in_the_aperture_dilutes_raw_flux_only():
    clean = (
        1 - put(host(), planet(), transit_model=MODEL, pixel_scale_arcsec=3.98).flux / host().flux
    )
    raw = host(crowding=0.6, decrowded=False)
    diluted = 1 - put(raw, planet(), transit_model=MODEL, pixel_scale_arcsec=3.98).flux / raw.flux
    np.testing.assert_allclose(diluted, 0.6 * clean, atol=1e-12)
    corrected = host(crowding=0.6, decrowded=True)
    np.testing.assert_allclose(
        1
        - put(corrected, planet(), transit_model=MODEL, pixel_scale_arcsec=3.98).flux
        / corrected.flux,
        clean,
        atol=1e-12,
    )


def test_the_centroid_moves_away_from_the_dimmed_source():
    """Two sources by hand: x = sum f x / sum f, in pixels of four arcsec."""
    curve, system = host(), planet(share=0.3, offset=2.0)
    light = system_flux(curve.time, system, exposure=curve.exposure, transit_model=MODEL).flux
    dimmed = 0.3 - (1 - light)
    expected = 2.0 * dimmed / (dimmed + 0.7) - 2.0 * 0.3
    moved = (
        put(curve, system, transit_model=MODEL, pixel_scale_arcsec=4.0).centroid_column
        - curve.centroid_column
    )
    np.testing.assert_allclose(moved, expected / 4.0, atol=1e-10)
    assert moved.min() < -1e-5


def test_a_known_neighbour_counts_as_a_third_source():
    curve, system = host(crowding=0.5), planet(share=0.3, offset=2.0)
    light = system_flux(curve.time, system, exposure=curve.exposure, transit_model=MODEL).flux
    dimmed = 0.5 * (0.3 - (1 - light))
    expected = (2.0 * dimmed - 3.0 * 0.5) / (dimmed + 0.5 * 0.7 + 0.5) - (
        2.0 * 0.5 * 0.3 - 3.0 * 0.5
    )
    moved = (
        put(
            curve,
            system,
            transit_model=MODEL,
            pixel_scale_arcsec=4.0,
            neighbours_arcsec=(-3.0, 0.0),
        ).centroid_column
        - curve.centroid_column
    )
    np.testing.assert_allclose(moved, expected / 4.0, atol=1e-10)


def test_inverting_twice_is_the_identity_and_dips_become_bumps():
    curve = host()
    np.testing.assert_allclose(invert(invert(curve)).flux, curve.flux, rtol=1e-6)
    dipped = put(curve, planet(), transit_model=MODEL, pixel_scale_arcsec=3.98)
    deepest = np.argmin(dipped.flux)
    assert invert(dipped).flux[deepest] == invert(dipped).flux.max()


def test_scrambling_moves_fluxes_between_segments_and_keeps_times():
    curve = host()
    # each segment has a level of its own, as each quarter has an aperture
    curve = curve.with_flux(curve.flux * np.where(np.arange(3000) < 1400, 1.0, 0.7))
    mixed = scramble(curve, np.random.default_rng(1))
    assert np.isin(mixed.time, curve.time).all()
    first = mixed.flux[mixed.segments[0].cadences] / np.median(curve.flux[:1400])
    second = curve.flux[1400:2800] / np.median(curve.flux[1400:])
    np.testing.assert_allclose(first, second[:1400], rtol=1e-12)


def test_scrambling_one_segment_changes_nothing():
    curve = host().keep(np.arange(3000) < 1400)
    assert scramble(curve, np.random.default_rng(0)) is curve


def pair():
    """Two sources with every kind of number a card has to keep."""
    orbit = Orbit(
        period=7.3,
        epoch=102.1,
        radius_ratio=0.6,
        semi_major_axis_ratio=9.0,
        impact_parameter=0.3,
        eccentricity=0.2,
        argument_of_periastron=1.1,
        surface_brightness_ratio=0.35,
        mass_ratio=0.5,
        companion_limb_darkening=(0.31, 0.22),
        phase_curve=PhaseCurve(0.9, reflection=(0.1, 0.2)),
    )
    wandering = Orbit(
        period=11.0,
        epoch=104.0,
        radius_ratio=0.1,
        semi_major_axis_ratio=20.0,
        impact_parameter=0.1,
        transit_times=(104.0, 115.1, 125.9),
    )
    return System(
        scenario="nearby_binary",
        sources=(
            Source(flux_fraction=0.2, offset_column=4.1, offset_row=-2.2, orbit=orbit),
            Source(flux_fraction=1 / 3, orbit=wandering),
            Source(flux_fraction=0.8 - 1 / 3),
        ),
        truth={"offset_arcsec": 4.7, "transform": ""},
        log_prior=-3.25,
        log_proposal=float("-inf"),
    )


@pytest.mark.parametrize("model", [None, BatmanModel(nodes=5)])
def test_a_card_through_json_rebuilds_the_light_curve_bit_for_bit(model):
    done = exoval.inject(
        host(crowding=0.7), pair(), transit_model=model, neighbours_arcsec=(1.3, 0.2)
    )
    card = json.loads(json.dumps(done.card))
    again = exoval.rebuild(host(crowding=0.7), card)
    assert again.system == done.system and again.transit_model == done.transit_model
    assert json.dumps(again.card) == json.dumps(card)
    for name in ("flux", "centroid_column", "centroid_row"):
        np.testing.assert_array_equal(
            getattr(again.light_curve, name), getattr(done.light_curve, name)
        )
    assert (done.light_curve.flux != host().flux).any()


def test_a_card_refuses_another_light_curve_and_other_things_refuse_to_be_cards():
    card = inject(host(), pair()).card
    other = host()
    other.flux[17] *= 1 + 1e-6
    with pytest.raises(BadLightCurve, match="sha256 differ"):
        rebuild(other, card)
    with pytest.raises(BadParameter, match="not a truth card"):
        rebuild(host(), {"format": "else"})
    with pytest.raises(BadParameter, match=r"may not name .missing\.Missing\.Model"):
        rebuild(host(), card | {"transit_model": {"name": "missing.Missing.Model", "settings": {}}})


def test_a_light_curve_of_an_unknown_mission_needs_a_pixel_scale():
    curve = replace(host(), mission="mine")
    with pytest.raises(BadParameter, match="no mission named 'mine'"):
        inject(curve, planet())
    assert inject(curve, planet(), pixel_scale_arcsec=4.0).light_curve.flux.min() < 1.99e4


def two_exposures():
    """The host's first segment exposes for 1800 s, its second for 200 s."""
    whole = host()
    seconds = (1800, 200)
    return replace(
        whole,
        segments=tuple(
            replace(one, exposure=own / 86400) for one, own in zip(whole.segments, seconds)
        ),
    )


def test_every_cadence_is_dimmed_over_its_own_exposure():
    curve = two_exposures()
    done = put(curve, planet(offset=0.5, share=0.6))
    for number, seconds in enumerate((1800, 200)):
        part = curve.segments[number].cadences
        alone = replace(host(), exposure=seconds / 86400)
        expected = put(alone, planet(offset=0.5, share=0.6))
        np.testing.assert_array_equal(done.flux[part], expected.flux[part])
        np.testing.assert_array_equal(done.centroid_column[part], expected.centroid_column[part])
    # the exposures matter: transits begin and end in them
    assert (put(host(), planet()).flux != put(curve, planet()).flux).sum() > 20


def test_a_card_holds_the_exposures_of_segments():
    curve = two_exposures()
    injection = inject(curve, planet())
    card = json.loads(json.dumps(injection.card))
    np.testing.assert_array_equal(rebuild(curve, card).light_curve.flux, injection.light_curve.flux)
    swapped = tuple(
        replace(one, exposure=other.exposure)
        for one, other in zip(curve.segments, curve.segments[::-1])
    )
    assert "exposures" not in inject(host(), planet()).card["host"]
    with pytest.raises(BadLightCurve, match="exposures"):
        rebuild(replace(curve, exposure=0.5, segments=swapped), card)


def several_planets():
    first = planet().signal
    second = replace(first, period=3.3, epoch=102.2, radius_ratio=0.06)
    third = replace(
        first, period=14.0, epoch=108.0, radius_ratio=0.08, transit_times=(108.1, 121.9)
    )
    source = Source(flux_fraction=1.0, orbit=first, further_orbits=(second, third))
    truths = ({"planet_radius_earth": 6.5}, {"planet_radius_earth": 8.7})
    return System(scenario="planet_system", sources=(source,), further_truth=truths)


def test_a_card_repeats_a_system_of_several_planets():
    done = inject(host(), several_planets())
    card = json.loads(json.dumps(done.card))
    again = rebuild(host(), card)
    assert again.system == done.system
    np.testing.assert_array_equal(again.light_curve.flux, done.light_curve.flux)
    assert card["format"] == "exoval truth card 2"


def test_a_card_of_one_orbit_is_what_it_was_before_there_were_several():
    card = inject(host(), planet()).card
    assert card["format"] == "exoval truth card 1"
    assert set(card["system"]) == {
        "scenario",
        "sources",
        "truth",
        "log_prior",
        "log_proposal",
    }
    assert "further_orbits" not in card["system"]["sources"][0]
