from __future__ import annotations

import numpy as np
import pytest

from exoval.physics.system_flux import system_flux
from exoval.physics.transit_flux import BatmanModel
from exoval.system import Orbit, Source, System

MODEL = BatmanModel()
EXPOSURE = 0.0204
TIME = np.arange(0.0, 9.0, 0.01)
PLANET = Orbit(3.0, 0.5, 0.1, 10.0, 0.2)
PAIR = Orbit(3.0, 0.5, 0.6, 8.0, 0.3, 0.3, 1.0, 0.4, 0.7)


def light(*sources):
    return system_flux(TIME, System("planet", sources), EXPOSURE, MODEL)


def test_single_source_is_the_transit_model_itself():
    found = light(Source(1.0, orbit=PLANET))
    assert np.allclose(found.flux, MODEL(TIME, PLANET, (0.4, 0.3), EXPOSURE), rtol=0, atol=1e-15)


@pytest.mark.parametrize("orbit", [None, Orbit(3.0, 0.5, 0.0, 10.0, 0.2)])
def test_nothing_eclipsed_is_exactly_constant(orbit):
    third = 1 / 3
    found = light(
        Source(third, 1.1, -0.3, orbit=orbit), Source(third, 2.0, 0.7), Source(1 - 2 * third)
    )
    assert np.all(found.flux == 1.0)
    assert np.ptp(found.column) == 0 and np.ptp(found.row) == 0
    assert found.column[0] == pytest.approx((1.1 + 2.0) / 3)


def test_flux_and_photocentre_are_constant_out_of_eclipse():
    found = light(Source(0.9), Source(0.1, 6.0, -2.0, orbit=PLANET))
    out = np.abs((TIME - 0.5 + 1.5) % 3.0 - 1.5) > 0.5
    assert np.all(found.flux[out] == 1.0) and np.ptp(found.column[out]) == 0


@pytest.mark.parametrize("fraction", [1.0, 0.3, 1e-3])
def test_dilution_scales_the_depth_by_the_flux_fraction(fraction):
    alone = light(Source(1.0, orbit=PAIR)).flux
    diluted = light(Source(1 - fraction), Source(fraction, orbit=PAIR)).flux
    assert np.allclose(1 - diluted, fraction * (1 - alone), rtol=0, atol=1e-15)


def test_centroid_shift_of_a_dimmed_neighbour():
    # delta c = depth f (c_out - d) / (1 - depth f), here for a neighbour at d = (8, -4) arcsec
    fraction, offset = 0.15, np.array([8.0, -4.0])
    found = light(Source(1 - fraction), Source(fraction, *offset, orbit=PAIR))
    depth = 1 - light(Source(1.0, orbit=PAIR)).flux
    shift = np.array([found.column, found.row]) - (fraction * offset)[:, None]
    factor = depth * fraction / (1 - depth * fraction)
    expected = factor * (fraction * offset - offset)[:, None]
    assert np.allclose(shift, expected, rtol=0, atol=1e-12)
    assert np.abs(shift).max() > 0.1


def test_photocentre_is_the_flux_weighted_mean_of_all_sources():
    sources = (
        Source(0.5, 0.1, 0.2, orbit=PLANET),
        Source(0.3, 5.0, -1.0, orbit=PAIR),
        Source(0.2, -3.0, 4.0),
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
    hidden = Orbit(3.0, 0.0, 1.5, 10.0, 0.0)
    found = system_flux(np.array([0.0, 1.0]), System("x", (Source(1.0, orbit=hidden),)), 0.0, MODEL)
    assert found.flux[0] == 0 and np.isnan(found.column[0]) and found.column[1] == 0
