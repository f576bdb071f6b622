"""Multiples of a period that the data cannot tell from it."""

import numpy as np
import pytest

from exoval.ephemeris import Ephemeris
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve, Segment
from exoval.search.period_multiples import fitting_multiples

OWN = Ephemeris(4.0, 101.0, 0.15)


def curve(dip: Ephemeris, missing=None):
    time = np.arange(100.0, 127.0, 0.02)
    if missing is not None:
        time = time[~missing.in_event(time, 3.0)]
    flux = 1 - 0.003 * dip.in_event(time) + np.random.default_rng(0).normal(0, 3e-4, len(time))
    return LightCurve(
        target="KIC 1",
        mission="kepler",
        time=time,
        flux=flux,
        flux_error=np.full(len(time), 3e-4),
        exposure=0.02,
        segments=(Segment(number=1, start=0, stop=len(time)),),
    )


def periods(light_curve, ephemeris=OWN):
    found = fitting_multiples(light_curve, TransitEvent(ephemeris=ephemeris, transit_count=6))
    return [period for period, _ in found]


def test_with_data_everywhere_only_the_true_period_fits():
    assert periods(curve(OWN)) == []


@pytest.mark.parametrize("count", [2, 3])
def test_a_fraction_fits_where_its_other_events_fall_into_gaps(count):
    hidden = [Ephemeris(4.0, 101.0 + 4.0 * number / count, 0.15) for number in range(1, count)]
    light_curve = curve(OWN, hidden[0])
    for one in hidden[1:]:
        light_curve = light_curve.keep(~one.in_event(light_curve.time, 3.0))
    assert periods(light_curve) == [pytest.approx(4.0 / count)]


@pytest.mark.parametrize("count", [2, 3])
def test_a_multiple_fits_where_only_every_so_many_events_dip(count):
    true = Ephemeris(4.0 * count, 101.0 + 4.0, 0.15)
    assert pytest.approx(4.0 * count) in periods(curve(true))


def test_one_strong_event_makes_no_period():
    light_curve = curve(OWN)
    block = np.abs(light_curve.time - 103.0) < 0.1
    spoiled = light_curve.with_flux(np.where(block, 0.9, light_curve.flux))
    assert periods(spoiled) == []
