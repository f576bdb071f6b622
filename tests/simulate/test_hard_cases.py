"""Truth columns name the hard cases of orbits built to be them."""

import math
from dataclasses import replace

import numpy as np
import pytest

from exoval.lightcurve import LightCurve, Segment, stitch
from exoval.physics.exact_flux import ExactModel
from exoval.physics.orbit import durations
from exoval.system import Orbit, Source
from simulate.hard_cases import hard_cases, transits_in_data

ORBIT = Orbit(
    period=4.0, epoch=101.0, radius_ratio=0.1, semi_major_axis_ratio=12.0, impact_parameter=0.2
)
TWIN = Orbit(
    period=4.0,
    epoch=101.0,
    radius_ratio=1.0,
    semi_major_axis_ratio=6.0,
    impact_parameter=0.1,
    surface_brightness_ratio=1.0,
    mass_ratio=1.0,
)
MODEL = ExactModel()


def curve(start=100.0, stop=120.0, gap=None, exposure=0.0204):
    time = np.arange(start, stop, 0.0204)
    if gap is not None:
        time = time[(time < gap[0]) | (time > gap[1])]
    size = len(time)
    return LightCurve(
        target="KIC 1",
        mission="kepler",
        time=time,
        flux=np.ones(size),
        flux_error=np.full(size, 1e-4),
        exposure=exposure,
        segments=(Segment(number=1, start=0, stop=size),),
    )


def cases(orbit, **gap):
    return hard_cases(Source(flux_fraction=1.0, orbit=orbit), curve(**gap), transit_model=MODEL)


@pytest.mark.parametrize(("impact", "grazing"), [(0.2, 0), (0.89, 0), (0.91, 1), (1.05, 1)])
def test_grazing_is_never_fully_in_front(impact, grazing):
    assert cases(replace(ORBIT, impact_parameter=impact))["is_grazing"] == grazing


def test_a_planet_has_no_secondary_and_twins_have_equal_eclipses():
    planet, twin = cases(ORBIT), cases(TWIN)
    assert (planet["has_secondary"], planet["is_equal_eclipses"]) == (0, 0)
    assert (twin["has_secondary"], twin["is_equal_eclipses"]) == (1, 1)


@pytest.mark.parametrize(
    "change",
    [{"surface_brightness_ratio": 0.3}, {"eccentricity": 0.4, "argument_of_periastron": 0.0}],
)
def test_unequal_or_unevenly_spaced_eclipses_are_not_equal(change):
    assert cases(replace(TWIN, **change))["is_equal_eclipses"] == 0


def test_an_eccentric_pair_can_lose_its_secondary():
    lost = replace(
        TWIN,
        radius_ratio=0.3,
        semi_major_axis_ratio=12.0,
        eccentricity=0.5,
        impact_parameter=0.9,
        argument_of_periastron=0.5 * math.pi,
    )
    found = cases(lost)
    # three times farther away behind than before: 0.9 becomes 2.7 radii
    assert (found["has_secondary"], found["is_eccentric"]) == (0, 1)


def test_transits_are_counted_where_there_are_cadences():
    # mid-transits at 101, 105, 109, 113, 117
    assert transits_in_data(ORBIT, curve()) == 5
    assert transits_in_data(ORBIT, curve(gap=(108.5, 109.5))) == 4
    assert transits_in_data(replace(ORBIT, period=15.0), curve()) == 2
    assert transits_in_data(replace(ORBIT, period=30.0), curve()) == 1
    assert transits_in_data(replace(ORBIT, transit_times=(101.0, 105.2, 140.0)), curve()) == 2


@pytest.mark.parametrize("transit_times", [(), (101.0, 105.0, 109.0)])
def test_a_long_exposure_reaches_into_a_transit_that_a_short_one_misses(transit_times):
    # data end 0.01 d before the first transit and begin 0.01 d after it
    orbit = replace(ORBIT, transit_times=transit_times)
    half = 0.5 * durations(orbit)[0]
    gap = (101.0 - half - 0.01, 101.0 + half + 0.01)
    counts = [
        transits_in_data(orbit, curve(stop=104.0, gap=gap, exposure=exposure))
        for exposure in (0.015, 0.1)
    ]
    assert counts == [0, 1]
    short, long = (
        curve(start, start + 4, gap=np.add(gap, start - 100), exposure=exposure)
        for start, exposure in ((100.0, 0.015), (104.0, 0.1))
    )
    assert transits_in_data(orbit, stitch([short, long])) == 1
