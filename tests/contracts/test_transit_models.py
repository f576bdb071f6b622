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
    "planet": Orbit(4.0, 1.3, 0.1, 12.0, 0.3),
    "eccentric pair": Orbit(4.0, 1.3, 0.6, 9.0, 0.4, 0.4, 1.1, 0.35, 0.7, (0.5, 0.2)),
    "moving transits": Orbit(4.0, 1.3, 0.1, 12.0, 0.3, transit_times=(1.3, 5.4, 9.2)),
    "phase curve": Orbit(
        3.0,
        1.0,
        0.6,
        8.0,
        0.3,
        0.0,
        1.5,
        0.4,
        0.7,
        phase_curve=PhaseCurve(1.0, reflection=(0.3, 0.3)),
    ),
}


def built(path):
    settings = yaml.safe_load(path.read_text())
    module, name = settings.pop("_target_").rsplit(".", 1)
    return getattr(importlib.import_module(module), name)(**settings)


def light(model, orbit):
    system = System("x", (Source(0.7), Source(0.3, 4.0, -2.0, orbit=orbit)))
    return system_flux(np.arange(0.0, 20.0, EXPOSURE), system, EXPOSURE, model)


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
