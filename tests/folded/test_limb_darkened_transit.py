"""The limb-darkened fit of light curves whose segments have other exposures."""

from dataclasses import replace

import numpy as np
import pytest

from exoval.ephemeris import Ephemeris
from exoval.event import TransitEvent
from exoval.folded.folded_event import FoldedEvent
from exoval.lightcurve import LightCurve, Segment, stitch
from exoval.physics.limb_darkening import quadratic_limb_darkening
from exoval.physics.orbit import durations
from exoval.physics.transit_flux import BatmanModel
from exoval.star import SOLAR_LOGG, SOLAR_TEFF, Star
from exoval.system import Orbit

ORBIT = Orbit(
    period=1.8, epoch=11.9, radius_ratio=0.1, semi_major_axis_ratio=9.0, impact_parameter=0.2
)
LIMB = quadratic_limb_darkening(SOLAR_TEFF, SOLAR_LOGG, band="tess")
NOISE = 3e-4


def sector(start, seconds, seed, number):
    """Means of 25 instants of each exposure, by another engine than the fit's."""
    exposure = seconds / 86400
    time = np.arange(start, start + 25, exposure)
    instants = exposure * ((np.arange(25) + 0.5) / 25 - 0.5)
    model = BatmanModel(nodes=1)
    flux = model((time[:, None] + instants).ravel(), ORBIT, LIMB, 0.0).reshape(-1, 25).mean(1)
    noise = NOISE * np.sqrt(1800 / seconds)
    flux = flux + noise * np.random.default_rng(seed).standard_normal(len(time))
    return LightCurve(
        target="TIC 1",
        mission="tess",
        time=time,
        flux=flux,
        flux_error=np.full(len(time), noise),
        exposure=exposure,
        segments=(Segment(number=number, start=0, stop=len(time)),),
    )


def folded(curve):
    event = TransitEvent(ephemeris=Ephemeris(ORBIT.period, ORBIT.epoch, durations(ORBIT)[0]))
    return FoldedEvent(curve, event, Star(target="TIC 1"))


def test_each_exposure_is_compared_with_what_it_shows():
    parts = [sector(10, 1800, 1, 4), sector(1800, 200, 2, 70)]
    fit = folded(stitch(parts)).transit
    depth = 1 - BatmanModel()(np.array([ORBIT.epoch]), ORBIT, LIMB, 0.0)[0]
    # half a per cent; one exposure for all is 3 % off, see below
    assert fit.mean["depth"] == pytest.approx(depth, rel=0.005)
    assert abs(fit.mean["radius_ratio"] - 0.1) < 3 * fit.error["radius_ratio"]
    assert fit.mean["duration"] == pytest.approx(durations(ORBIT)[0], rel=0.01)
    assert fit.chi2 / fit.bins < 1.3


def test_one_exposure_for_all_would_be_wrong():
    whole = stitch([sector(10, 1800, 1, 4), sector(1800, 200, 2, 70)])
    segments = tuple(replace(one, exposure=np.nan) for one in whole.segments)
    fit = folded(replace(whole, exposure=1800 / 86400, segments=segments)).transit
    depth = 1 - BatmanModel()(np.array([ORBIT.epoch]), ORBIT, LIMB, 0.0)[0]
    assert fit.mean["depth"] > 1.015 * depth


def test_the_order_of_exposures_does_not_matter():
    short, long = sector(10, 200, 2, 4), sector(1800, 1800, 1, 70)
    one = folded(stitch([short, long])).transit
    other = folded(
        stitch([replace(long, time=long.time - 1800), replace(short, time=short.time + 1800)])
    )
    assert one.mean["radius_ratio"] == pytest.approx(other.transit.mean["radius_ratio"], rel=1e-3)


def test_depths_of_events_do_not_depend_on_the_exposure():
    parts = [sector(10, 1800, 1, 4), sector(1800, 200, 2, 70)]
    event = folded(stitch(parts))
    early = event.matched.number * ORBIT.period < 100
    depths = [
        np.average(event.matched.depth[own], weights=event.matched.error[own] ** -2.0)
        for own in (early, ~early)
    ]
    assert depths[0] == pytest.approx(depths[1], rel=0.01)
