from __future__ import annotations

import numpy as np
import pytest

from exoval.physics.system_flux import system_flux
from exoval.physics.transit_flux import BatmanModel
from exoval.system import Orbit, Source, System

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
