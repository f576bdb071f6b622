"""Every transit model of conf/transit_model is the same light behind the same door."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest
import yaml

from exoval.physics.system_flux import system_flux
from exoval.physics.transit_flux import BatmanModel
from exoval.system import Orbit, PhaseCurve, Source, System

FILES = sorted((Path(__file__).parents[2] / "conf/transit_model").glob("*.yaml"))
EXPOSURE = 29.4244 / 1440
SYSTEMS = {
    "planet": Orbit(
        period=4.0, epoch=1.3, radius_ratio=0.1, semi_major_axis_ratio=12.0, impact_parameter=0.3
    ),
    "eccentric pair": Orbit(
        period=4.0,
        epoch=1.3,
        radius_ratio=0.6,
        semi_major_axis_ratio=9.0,
        impact_parameter=0.4,
        eccentricity=0.4,
        argument_of_periastron=1.1,
        surface_brightness_ratio=0.35,
        mass_ratio=0.7,
        companion_limb_darkening=(0.5, 0.2),
    ),
    "moving transits": Orbit(
        period=4.0,
        epoch=1.3,
        radius_ratio=0.1,
        semi_major_axis_ratio=12.0,
        impact_parameter=0.3,
        transit_times=(1.3, 5.4, 9.2),
    ),
    "phase curve": Orbit(
        period=3.0,
        epoch=1.0,
        radius_ratio=0.6,
        semi_major_axis_ratio=8.0,
        impact_parameter=0.3,
        eccentricity=0.0,
        argument_of_periastron=1.5,
        surface_brightness_ratio=0.4,
        mass_ratio=0.7,
        phase_curve=PhaseCurve(1.0, reflection=(0.3, 0.3)),
    ),
}


def built(path):
    settings = yaml.safe_load(path.read_text())
    module, name = settings.pop("_target_").rsplit(".", 1)
    return getattr(importlib.import_module(module), name)(**settings)


def light(model, orbit):
    system = System(
        scenario="x",
        sources=(
            Source(flux_fraction=0.7),
            Source(flux_fraction=0.3, offset_column=4.0, offset_row=-2.0, orbit=orbit),
        ),
    )
    return system_flux(
        np.arange(0.0, 20.0, EXPOSURE), system, exposure=EXPOSURE, transit_model=model
    )


@pytest.mark.parametrize("orbit", SYSTEMS.values(), ids=SYSTEMS.keys())
@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_light_is_that_of_fine_sampling(path, orbit):
    found = light(built(path), orbit)
    # the sampling reference
    expected = light(BatmanModel(301, 301), orbit)
    assert expected.flux.min() < 0.998
    # batman's few default nodes are the coarsest
    assert np.abs(found.flux - expected.flux).max() < (6e-5 if path.stem == "batman" else 5e-7)
    assert np.abs(found.column - expected.column).max() < 3e-4
    apart = expected.flux == 1.0
    assert np.all(found.flux[apart] == 1.0)


def test_there_are_at_least_the_three_engines():
    assert {"batman", "exact", "torch"} <= {path.stem for path in FILES}
