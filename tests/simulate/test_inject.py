"""Injection puts the signal where it should be and nothing else."""

import numpy as np
import pytest

from exoval.lightcurve import LightCurve, Segment
from exoval.physics.system_flux import system_flux
from exoval.physics.transit_flux import BatmanModel
from exoval.system import Orbit, Source, System
from simulate.inject import inject
from simulate.transform import invert, scramble

MODEL = BatmanModel()


def host(crowding=1.0, decrowded=True):
    rng = np.random.default_rng(0)
    time = np.sort(rng.uniform(100, 190, 3000))
    flux = (2e4 * (1 + 1e-3 * rng.standard_normal(3000))).astype(np.float32).astype(float)
    column, row = 30 + 1e-4 * rng.standard_normal((2, 3000))
    segments = (Segment(3, 0, 1400, crowding), Segment(4, 1400, 3000, crowding))
    return LightCurve("KIC 1", "kepler", time, flux, np.full(3000, 20.0), 0.0204, segments,
                      column, row, flux_is_decrowded=decrowded)


def planet(radius_ratio=0.1, share=1.0, offset=0.0):
    orbit = Orbit(period=5.0, epoch=101.0, radius_ratio=radius_ratio,
                  semi_major_axis_ratio=12.0, impact_parameter=0.2)
    sources = [Source(share, offset_column=offset, orbit=orbit)]
    if share < 1:
        sources.append(Source(1 - share))
    return System("planet", tuple(sources))


@pytest.mark.parametrize("crowding", [1.0, 0.6])
@pytest.mark.parametrize("decrowded", [True, False])
def test_zero_depth_returns_the_host_bit_for_bit(crowding, decrowded):
    curve = host(crowding, decrowded)
    for system in (planet(radius_ratio=0.0), System("no_transit", (Source(1.0),)),
                   planet(radius_ratio=0.0, share=0.3, offset=1.7)):
        same = inject(curve, system, MODEL, 3.98, neighbours_arcsec=(2.3, -4.1))
        for name in ("time", "flux", "flux_error", "centroid_column", "centroid_row"):
            np.testing.assert_array_equal(getattr(same, name), getattr(curve, name))


def test_flux_is_the_hosts_times_the_systems():
    curve, system = host(), planet()
    light = system_flux(curve.time, system, curve.exposure, MODEL)
    np.testing.assert_allclose(inject(curve, system, MODEL, 3.98).flux, curve.flux * light.flux,
                               rtol=1e-14)


def test_light_of_neighbours_in_the_aperture_dilutes_raw_flux_only():
    clean = 1 - inject(host(), planet(), MODEL, 3.98).flux / host().flux
    raw = host(crowding=0.6, decrowded=False)
    diluted = 1 - inject(raw, planet(), MODEL, 3.98).flux / raw.flux
    np.testing.assert_allclose(diluted, 0.6 * clean, atol=1e-12)
    corrected = host(crowding=0.6, decrowded=True)
    np.testing.assert_allclose(1 - inject(corrected, planet(), MODEL, 3.98).flux / corrected.flux,
                               clean, atol=1e-12)


def test_the_centroid_moves_away_from_the_dimmed_source():
    """Two sources by hand: x = sum f x / sum f, in pixels of four arcsec."""
    curve, system = host(), planet(share=0.3, offset=2.0)
    light = system_flux(curve.time, system, curve.exposure, MODEL).flux
    dimmed = 0.3 - (1 - light)
    expected = 2.0 * dimmed / (dimmed + 0.7) - 2.0 * 0.3
    moved = inject(curve, system, MODEL, 4.0).centroid_column - curve.centroid_column
    np.testing.assert_allclose(moved, expected / 4.0, atol=1e-10)
    assert moved.min() < -1e-5


def test_a_known_neighbour_counts_as_a_third_source():
    curve, system = host(crowding=0.5), planet(share=0.3, offset=2.0)
    light = system_flux(curve.time, system, curve.exposure, MODEL).flux
    dimmed = 0.5 * (0.3 - (1 - light))
    expected = ((2.0 * dimmed - 3.0 * 0.5) / (dimmed + 0.5 * 0.7 + 0.5)
                - (2.0 * 0.5 * 0.3 - 3.0 * 0.5))
    moved = inject(curve, system, MODEL, 4.0, (-3.0, 0.0)).centroid_column - curve.centroid_column
    np.testing.assert_allclose(moved, expected / 4.0, atol=1e-10)


def test_inverting_twice_is_the_identity_and_dips_become_bumps():
    curve = host()
    np.testing.assert_allclose(invert(invert(curve)).flux, curve.flux, rtol=1e-6)
    dipped = inject(curve, planet(), MODEL, 3.98)
    deepest = np.argmin(dipped.flux)
    assert invert(dipped).flux[deepest] == invert(dipped).flux.max()


def test_scrambling_moves_fluxes_between_segments_and_keeps_times():
    curve = host()
    mixed = scramble(curve, np.random.default_rng(1))
    assert np.isin(mixed.time, curve.time).all()
    first = mixed.flux[mixed.segments[0].cadences] / np.median(mixed.flux[:1400])
    second = curve.flux[1400:2800] / np.median(curve.flux[1400:])
    np.testing.assert_allclose(first, second[:1400], rtol=1e-3)


def test_scrambling_one_segment_changes_nothing():
    curve = host().keep(np.arange(3000) < 1400)
    assert scramble(curve, np.random.default_rng(0)) is curve
