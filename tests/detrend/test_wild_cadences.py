"""Zeros, fill values and single wild cadences, and what must stay: transits, eclipses, noise."""

import numpy as np
import pytest
from scipy.signal.windows import triang

from exoval.detrend.biweight import Biweight
from exoval.detrend.spline import Spline
from exoval.detrend.wild_cadences import (
    IMPOSSIBLE,
    ISOLATED,
    against_the_fold,
    impossible_flux,
    isolated,
    repeating,
)
from exoval.ephemeris import Ephemeris
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve, Segment
from exoval.measure import fold
from exoval.search.box_search import BoxSearch
from exoval.star import Star

STEP, NOISE = 1800 / 86400, 5e-4
TRUTH = Ephemeris(3.1, 101.3, 0.11)
DEPTH = 0.005
STAR = Star(target="KIC 1")


def boxes(time, depth=DEPTH):
    return np.where(TRUTH.in_event(time), 1 - depth, 1.0)


def light_curve(flux, time, exposure=STEP):
    return LightCurve(
        target="KIC 1",
        mission="kepler",
        time=time,
        flux=flux,
        flux_error=np.full(len(time), NOISE),
        exposure=exposure,
        segments=(Segment(number=1, start=0, stop=len(time)),),
    )


@pytest.fixture
def noisy():
    time = np.arange(100.0, 127.0, STEP)
    flux = boxes(time) + np.random.default_rng(5).normal(0, NOISE, len(time))
    return time, flux


@pytest.mark.parametrize("fill", [0.0, -99.0, 1e5, 0.6])
@pytest.mark.parametrize("level", [1.0, 1e4])
def test_fills_are_marked_and_nothing_else(noisy, fill, level):
    time, flux = noisy
    flux = level * flux
    flux[200:206] = fill * (level if 0 < fill < 1 else 1)
    expected = np.zeros(len(time), dtype=bool)
    expected[200:206] = True
    assert np.array_equal(impossible_flux(light_curve(flux, time)), expected)


def test_nothing_is_impossible_around_zero_or_in_a_faint_star(noisy):
    """Flux around zero, and a star fainter than its noise: negative values are noise there."""
    time, flux = noisy
    random = np.random.default_rng(1)
    for values in (flux - 1, random.normal(0.3, 1.0, len(time))):
        assert not impossible_flux(light_curve(values, time)).any()


def test_a_total_eclipse_by_a_dark_body_is_light():
    """A white dwarf behind a brown dwarf: noise about zero, of both signs, in every eclipse."""
    time = np.arange(100.0, 127.0, STEP)
    flux = boxes(time, depth=1.0) + np.random.default_rng(2).normal(0, 0.01, len(time))
    assert (flux < 0).sum() > 10
    assert not impossible_flux(light_curve(flux, time)).any()


def test_counts_of_photons_repeat_and_are_no_fills():
    time = np.arange(100.0, 127.0, STEP)
    random = np.random.default_rng(3)
    flux = random.poisson(400 * boxes(time, depth=0.7)).astype(float)
    assert not impossible_flux(light_curve(flux, time)).any()


@pytest.mark.parametrize(("minutes", "longest"), [(30.0, 1), (2.0, 5), (0.5, 20)])
def test_runs_shorter_than_any_transit_are_isolated(minutes, longest):
    time = 100 + np.arange(400) * minutes / 1440
    for length in (1, longest, longest + 1):
        deviation = np.random.default_rng(length).normal(0, 1, 400)
        deviation[150 : 150 + length] += 100
        expected = np.zeros(400, dtype=bool)
        expected[150 : 150 + length] = length <= longest
        assert np.array_equal(isolated(time, deviation), expected)


@pytest.mark.parametrize(
    ("shape", "duration"),
    [("box", 1.5), ("box", 2.0), ("box", 6.0), ("triangle", 2.0), ("triangle", 6.0)],
)
def test_transits_of_any_phase_are_not_isolated(shape, duration):
    """Exposures average over the transit: brute force over its phase in the cadences."""
    fine = 60
    width = round(duration * fine)
    dip = np.ones(width) if shape == "box" else triang(width)
    for phase in range(0, fine, 3):
        light = np.zeros(40 * fine)
        light[15 * fine + phase : 15 * fine + phase + width] = dip
        deviation = 100 * light.reshape(40, fine).mean(axis=1)
        assert not isolated(np.arange(40) * STEP, deviation).any(), (phase, deviation)


@pytest.mark.parametrize(
    ("minutes", "lasting", "period"), [(30.0, 0.4, 2.37), (2.0, 8.0, 1.408), (1 / 3, 8.0, 1.408)]
)
@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_short_dips_that_repeat_are_events(minutes, lasting, period, missing):
    """A white dwarf's transits of eight minutes; two wild cadences beside them stay isolated."""
    random = np.random.default_rng(11)
    time = 100 + np.arange(0, 26, minutes / 1440)
    time = time[(np.abs(time - 113) > 0.8) & ((time // 1) % 7 > 7 * missing)]
    from_event = np.abs((time - 101.3 + period / 2) % period - period / 2)
    inside = from_event < max(lasting, minutes) / 2 / 1440
    deviation = random.normal(0, 1, len(time)) + 100 * inside
    wild = np.searchsorted(time, [104.37, 118.11])
    deviation[wild] = 300.0
    alone = isolated(time, deviation)
    assert alone[wild].all() and alone[inside].any()
    kept = repeating(time, deviation, alone)
    assert not kept[wild].any()
    assert np.array_equal(kept[inside], alone[inside])


@pytest.mark.parametrize("minutes", [30.0, 2.0])
@pytest.mark.parametrize("number", [3, 5, 12, 60])
def test_wild_cadences_at_random_times_do_not_repeat(minutes, number):
    time = 100 + np.arange(0, 26, minutes / 1440)
    for seed in range(40):
        random = np.random.default_rng(seed)
        deviation = random.normal(0, 1, len(time))
        deviation[random.choice(len(time), number, replace=False)] = 100.0
        assert not repeating(time, deviation, isolated(time, deviation)).any()


def test_whole_numbers_with_fills_below_zero():
    time = np.arange(100.0, 127.0, STEP)
    flux = np.round(np.random.default_rng(8).normal(5000 * boxes(time, depth=0.02), 15))
    flux[300:312] = -1
    expected = np.zeros(len(time), dtype=bool)
    expected[300:312] = True
    assert np.array_equal(impossible_flux(light_curve(flux, time)), expected)


def test_at_a_gap_nothing_is_isolated():
    time = np.concatenate([np.arange(50), 60 + np.arange(50)]) * STEP
    deviation = np.zeros(100)
    deviation[[0, 49, 50, 99]] = 100.0
    assert not isolated(time, deviation).any()


@pytest.mark.parametrize("value", [0.5, 0.97, 1.3])
def test_a_wild_cadence_in_a_transit_is_known_by_the_other_transits(noisy, value):
    time, flux = noisy
    inside = np.flatnonzero(TRUTH.in_event(time, 0.7))
    wild = inside[len(inside) // 2]
    flux[wild] = value
    expected = np.zeros(len(time), dtype=bool)
    expected[wild] = True
    assert np.array_equal(against_the_fold(light_curve(flux, time), TRUTH), expected)


def test_unequal_eclipses_and_moving_transits_are_not_wild(noisy):
    time, flux = noisy
    number = TRUTH.event_number(time)
    odd = np.where((number % 2 == 1) & TRUTH.in_event(time), flux - 0.1, flux)
    late = np.random.default_rng(4).normal(0, 0.02, 20)[number]
    moved = flux - boxes(time) + boxes(time + late, depth=0.05)
    for values in (flux, odd, moved):
        assert not against_the_fold(light_curve(values, time), TRUTH).any()


@pytest.mark.parametrize("spoil", ["zeros", "half light", "levels", "in a transit", "block"])
@pytest.mark.parametrize("detrend", [Biweight(), Spline()], ids=["biweight", "spline"])
def test_a_spoiled_light_curve_gives_the_event_of_the_clean_one(noisy, spoil, detrend):
    time, flux = noisy
    random = np.random.default_rng(6)
    hit = random.random(len(time)) < 0.01
    if spoil == "block":
        hit = np.arange(len(time)) < 36
    if spoil == "in a transit":
        hit = np.arange(len(time)) == np.flatnonzero(TRUTH.in_event(time, 0.5))[3]
    value = {"half light": 0.5 * flux, "levels": random.uniform(0.1, 1.9, len(time))}
    spoiled = np.where(hit, value.get(spoil, 0.4 if spoil == "in a transit" else 0.0), flux)
    clean = light_curve(flux[~hit], time[~hit])
    events = []
    for curve in (clean, light_curve(spoiled, time)):
        event = BoxSearch(maximum_period_days=9.0)(detrend(curve), STAR)
        folded = fold(curve, event, STAR, detrend=detrend)
        events.append((folded.event, folded.light_curve.left_out))
    (expected, nothing), (found, left_out) = events
    assert nothing == {}
    dips = hit & (spoiled < 1)  # what lies above the trend is a cosmic ray, and not counted
    assert abs(sum(left_out.values()) - dips.sum()) <= 2
    assert set(left_out) <= {IMPOSSIBLE, ISOLATED}
    assert found.ephemeris.period == pytest.approx(expected.ephemeris.period, rel=1e-3)
    assert found.depth == pytest.approx(expected.depth, rel=0.02)
    assert found.signal_to_noise == pytest.approx(expected.signal_to_noise, rel=0.05)


def test_the_ephemeris_protects_events_of_one_cadence():
    """A white dwarf's transit of eight minutes, every one in a single exposure of half an hour."""
    time = np.arange(100.0, 127.0, STEP)
    short = Ephemeris(1.0 * 48 * STEP, 100.0 + 10 * STEP, 8 / 1440)
    flux = np.where(short.in_event(time, 1.0), 0.8, 1.0)
    flux = flux + np.random.default_rng(7).normal(0, NOISE, len(time))
    curve = light_curve(flux, time)
    folded = fold(curve, TransitEvent(ephemeris=short), STAR, detrend=Biweight())
    assert folded.event.depth == pytest.approx(0.2, rel=0.02)
    assert folded.light_curve.left_out == {}
