"""The caveat of variable stars compares the trend's change with the event."""

import numpy as np
import pytest

from exoval.detrend.quietest import Quietest
from exoval.detrend.variability import trend_change, variability_caveat
from exoval.ephemeris import Ephemeris
from exoval.lightcurve import LightCurve, Segment

EVENT = Ephemeris(4.0, 2.0, 0.125)


def curve(amplitude, period=2.6, days=27.0):
    time = np.arange(0, days, 0.02)
    flux = 1e4 * (1 + amplitude * np.sin(2 * np.pi * time / period))
    flux *= 1 + 1e-4 * np.random.default_rng(0).standard_normal(len(time))
    return LightCurve(
        target="TIC 1",
        mission="tess",
        time=time,
        flux=flux,
        flux_error=np.ones(len(time)),
        exposure=0.02,
        segments=(Segment(number=1, start=0, stop=len(time)),),
    )


def test_the_change_of_a_sinusoid_within_hours_is_known():
    star = curve(0.005)
    flat = Quietest()(star)
    # 2 A sin(pi T / P) |cos|, of which nine tenths are below the 90th percentile, cos = 0.988
    expected = 2 * 0.005 * np.sin(np.pi * 0.125 / 2.6) * np.sin(0.45 * np.pi)
    assert trend_change(star, flat, days=0.125) == pytest.approx(expected, rel=0.05)


def test_a_star_that_outruns_the_event_is_told():
    star = curve(0.005)
    told = variability_caveat(star, Quietest()(star), EVENT, depth=6e-4)
    assert "ppm within the event's 3.0 hours, and the event is 600 ppm deep" in told


@pytest.mark.parametrize(
    ("amplitude", "depth"), [(0.005, 0.01), (1e-5, 6e-4), (0.005, 0.0), (0.005, np.nan)]
)
def test_deep_events_and_quiet_stars_have_no_caveat(amplitude, depth):
    star = curve(amplitude)
    assert variability_caveat(star, Quietest()(star), EVENT, depth=depth) == ""


def test_without_a_long_enough_stretch_nothing_is_known():
    star = curve(0.005)
    assert trend_change(star, Quietest()(star), days=30.0) == 0.0
