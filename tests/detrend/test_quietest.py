"""The trend is chosen by what it leaves of transits: a spline on spotted stars."""

from dataclasses import replace

import numpy as np
import pytest

from exoval.detrend.biweight import Biweight
from exoval.detrend.quietest import Quietest, dip_strength, red_noise
from exoval.detrend.spline import Spline
from exoval.ephemeris import Ephemeris
from exoval.errors import BadParameter
from exoval.lightcurve import LightCurve, Segment, stitch
from exoval.search.box_search import BoxSearch
from exoval.star import Star

PLANET = Ephemeris(4.3, 101.3, 0.14)
DEPTH = 600e-6


def star(spots=0.0, *, noise=1.5e-4, days=80.0, step=0.02043, rotation=2.6, seed=0, start=100.0):
    """White noise and spots of a share of the light, with their first overtone."""
    rng = np.random.default_rng(seed)
    time = np.arange(start, start + days, step)
    angle = 2 * np.pi * time / rotation
    flux = 1 + 0.5 * spots * np.sin(angle) + 0.25 * spots * np.sin(2 * angle + 1)
    flux += noise * rng.standard_normal(len(time))
    return LightCurve(
        target="KIC 1",
        mission="kepler",
        time=time,
        flux=1e4 * flux,
        flux_error=np.ones(len(time)),
        exposure=step,
        segments=(Segment(number=1, start=0, stop=len(time)),),
    )


def with_planet(curve):
    return curve.with_flux(curve.flux * (1 - DEPTH * PLANET.in_event(curve.time)))


def depth(flat):
    away = np.abs(PLANET.time_from_mid_event(flat.time)) / PLANET.duration
    return flat.flux[(away > 0.6) & (away < 2)].mean() - flat.flux[away < 0.45].mean()


@pytest.mark.parametrize("event", [None, PLANET])
def test_a_quiet_star_is_detrended_as_ever(event):
    curve = with_planet(star(0.0))
    one, other = Quietest()(curve, event), Biweight()(curve, event)
    for name in ("time", "flux", "flux_error"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert one.segments == other.segments


def test_slow_spots_are_left_to_the_usual_trend():
    curve = star(0.01, rotation=25.0)
    np.testing.assert_array_equal(Quietest()(curve).flux, Biweight()(curve).flux)


def test_spots_of_days_no_longer_hide_a_planet():
    curve = with_planet(star(0.01))
    usual, chosen = Biweight()(curve), Quietest()(curve)
    assert red_noise(usual) > 5
    assert red_noise(chosen) < 1.3
    search = BoxSearch(maximum_period_days=20)
    assert search(usual, Star(target="KIC 1")).ephemeris.period == pytest.approx(2.6, rel=0.01)
    found = search(chosen, Star(target="KIC 1"))
    assert found.ephemeris.period == pytest.approx(PLANET.period, rel=1e-3)
    # the event is unknown to the trend, then hidden from it
    assert depth(chosen) == pytest.approx(DEPTH, rel=0.15)
    assert depth(Quietest()(curve, PLANET)) == pytest.approx(DEPTH, rel=0.1)


def test_each_segment_has_its_own_trend():
    quiet, spotted = star(0.0), star(0.01, seed=1, start=200.0)
    whole = Quietest()(stitch([quiet, spotted]))
    np.testing.assert_array_equal(whole.flux[whole.time < 190], Biweight()(quiet).flux)
    np.testing.assert_array_equal(whole.flux[whole.time > 190], Quietest()(spotted).flux)
    assert isinstance(Quietest().best(quiet), Biweight)
    assert isinstance(Quietest().best(spotted), Spline)


def test_short_cadences_are_judged_by_their_means():
    curve = star(0.01, days=20.0, step=120 / 86400, noise=6e-4)
    flat = Quietest()(curve)
    assert len(flat) > 0.999 * len(curve)
    assert red_noise(flat) < 1.3 < red_noise(Biweight()(curve))


def test_notes_and_counts_are_those_of_the_light_curve():
    curve = replace(
        stitch([star(0.01, days=30), star(0.01, days=30, start=140.0)]),
        notes=("a note",),
        left_out={"flagged": 7},
    )
    flat = Quietest()(curve)
    assert flat.notes == ("a note",) and flat.left_out == {"flagged": 7}


def test_dips_are_weaker_after_a_trend_that_follows_them():
    curve = star(0.0)
    soft, stiff = (dip_strength(curve, Spline(knot_days=days)) for days in (0.15, 1.5))
    # the noise that the soft spline removes too does not make up for the dips
    assert soft < 0.8 * stiff


def test_strength_of_dips_is_their_depth_over_the_scatter():
    # dips of 4 sigma in white noise; scatter and depth are those of means over 3 and 6 hours
    assert dip_strength(star(0.0, days=300.0), Biweight()) == pytest.approx(4.0, rel=0.15)
    assert np.isnan(dip_strength(star(0.0, days=1.0), Biweight()))


def test_red_noise_is_one_for_white_noise_and_unknown():
    assert red_noise(Biweight()(star(0.0))) == pytest.approx(1.0, abs=0.15)
    assert red_noise(Biweight()(star(0.0, days=1.0))) == 1.0


@pytest.mark.parametrize("settings", [{"knot_days": 0.5}, {"least_gain": 0.0}])
def test_impossible_settings_are_refused(settings):
    with pytest.raises(BadParameter, match=next(iter(settings))):
        Quietest(**settings)
