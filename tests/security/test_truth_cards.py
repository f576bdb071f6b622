"""A stranger's truth card runs nothing."""

import copy
import json

import numpy as np
import pytest
from payloads import mark, ways

import exoval
from exoval.errors import BadParameter
from exoval.lightcurve import LightCurve, Segment
from exoval.system import Orbit, Source, System

__all__ = ["mark"]


@pytest.fixture(scope="module")
def injected():
    """A short light curve with a planet."""
    time = np.arange(0.0, 10.0, 0.02)
    light_curve = LightCurve(
        target="KIC 1",
        mission="kepler",
        time=time,
        flux=np.ones(len(time)),
        flux_error=np.full(len(time), 1e-4),
        exposure=0.02,
        segments=(Segment(number=1, start=0, stop=len(time)),),
    )
    orbit = Orbit(
        period=3.0,
        epoch=1.0,
        radius_ratio=0.1,
        semi_major_axis_ratio=8.0,
        impact_parameter=0.2,
    )
    system = System(scenario="planet", sources=(Source(flux_fraction=1.0, orbit=orbit),))
    return exoval.inject(light_curve, system)


def read(injected, **engine):
    card = copy.deepcopy(json.loads(json.dumps(injected.card)))
    card["transit_model"] |= engine
    return exoval.rebuild(injected.host, card)


def test_the_card_is_read(injected):
    np.testing.assert_array_equal(read(injected).light_curve.flux, injected.light_curve.flux)


@pytest.mark.parametrize("make", ways())
def test_its_transit_model_names_no_code(make, mark, injected):
    settings = make(str(mark))
    name = settings.pop("_target_")
    with pytest.raises(BadParameter, match="transit_model"):
        read(injected, name=name, settings=settings)
    # nor inside the settings of an engine
    with pytest.raises(BadParameter, match="transit_model"):
        read(injected, settings={"nodes": make(str(mark))})
    assert not mark.exists()


def test_a_second_target_among_the_settings_does_not_replace_the_name(mark, injected):
    with pytest.raises(BadParameter, match=r"os\.mkdir"):
        read(injected, settings={"_target_": "os.mkdir", "path": str(mark)})
    assert not mark.exists()
