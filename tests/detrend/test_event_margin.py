"""A trend that knows of the event leaves it whole; one that does not takes part of it."""

import numpy as np
import pytest

from exoval.detrend.adaptive_spline import AdaptiveSpline
from exoval.detrend.biweight import Biweight
from exoval.ephemeris import Ephemeris
from exoval.errors import BadParameter
from exoval.lightcurve import LightCurve, Segment

#: two errors a cadence deep: no outlier, which the spline would not follow
EVENT = Ephemeris(3.0, 1.0, 1.0)


def dips():
    time = np.arange(0, 27, 0.02)
    flux = (
        1 - 4e-4 * EVENT.in_event(time) + 2e-4 * np.random.default_rng(0).standard_normal(len(time))
    )
    return LightCurve(
        target="KIC 1",
        mission="kepler",
        time=time,
        flux=flux,
        flux_error=np.full(len(time), 2e-4),
        exposure=0.02,
        segments=(Segment(number=1, start=0, stop=len(time)),),
    )


def depth(flat):
    inside = EVENT.in_event(flat.time, 0.8)
    return np.median(flat.flux[~EVENT.in_event(flat.time, 2.0)]) - np.mean(flat.flux[inside])


def test_a_margin_of_zero_hides_nothing():
    curve = dips()
    whole = AdaptiveSpline()(curve, EVENT)
    blind = AdaptiveSpline(event_margin=0.0)(curve, EVENT)
    assert depth(whole) == pytest.approx(4e-4, rel=0.15)
    assert depth(blind) < 0.7 * depth(whole)
    np.testing.assert_array_equal(blind.flux, AdaptiveSpline(event_margin=0.0)(curve).flux)


@pytest.mark.parametrize("detrend", [AdaptiveSpline, Biweight])
def test_only_the_margin_may_be_zero(detrend):
    detrend(event_margin=0.0)
    with pytest.raises(BadParameter, match="event_margin"):
        detrend(event_margin=-1.0)
    with pytest.raises(BadParameter, match="gap_days"):
        detrend(gap_days=0.0)
