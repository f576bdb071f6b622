import numpy as np
import pytest
from noisy_boxes import NOISE, light_curve, sampling

from exoval.ephemeris import Ephemeris
from exoval.search.box_search import BoxSearch
from exoval.search.refine import box_event
from exoval.search.search_again import search_again
from exoval.search.whitened_strength import (
    WhitenedStrength,
    whitened_for_search,
    whitened_strength,
)
from exoval.star import Star

STAR = Star(target="KIC 1", radius=1.0, mass=1.0)
TRUTH = Ephemeris(4.7, 132.0, 0.15)
SEARCH = BoxSearch(maximum_period_days=20.0)
WHITENED = BoxSearch(maximum_period_days=20.0, whitened=True)


def red(curve, *, size=3.0, days=0.3, seed=1):
    """The light curve with an Ornstein-Uhlenbeck process of ``size`` white errors."""
    rng = np.random.default_rng(seed)
    step = np.exp(-np.diff(curve.time) / days)
    noise = np.empty(len(curve))
    noise[0] = rng.standard_normal()
    for i, kept in enumerate(step):
        noise[i + 1] = kept * noise[i] + np.sqrt(1 - kept**2) * rng.standard_normal()
    return curve.with_flux(curve.flux + size * NOISE * noise)


def test_in_white_noise_it_is_that_of_the_box():
    curve = light_curve(sampling(90), (TRUTH, 15.0))
    found = whitened_strength(whitened_for_search(curve), curve.time, TRUTH)
    assert found.total == pytest.approx(box_event(curve, TRUTH).signal_to_noise, rel=0.12)
    assert found.is_periodic
    assert found.single < 0.5 * found.total


def test_one_bad_event_is_not_periodic():
    curve = light_curve(sampling(90))
    flux = curve.flux - 20 * NOISE * (np.abs(curve.time - TRUTH.epoch) < 0.05)
    curve = curve.with_flux(flux)
    found = whitened_strength(whitened_for_search(curve), curve.time, TRUTH)
    assert not found.is_periodic
    assert found.number == 0


def test_without_data_in_an_event_there_is_no_strength():
    curve = light_curve(sampling(90))
    curve = curve.keep(~TRUTH.in_event(curve.time, 1.5))
    found = whitened_strength(whitened_for_search(curve), curve.time, TRUTH)
    assert found == WhitenedStrength()
    assert found.total < WHITENED.threshold


def test_red_noise_alone_is_no_event():
    curves = [red(light_curve(sampling(90), seed=seed), seed=seed) for seed in range(4)]
    # what is red is above any white threshold
    assert sum(SEARCH(curve, STAR) is not None for curve in curves) == 4
    assert sum(WHITENED(curve, STAR) is not None for curve in curves) == 0


def test_a_planet_in_red_noise_is_found_with_its_whitened_strength():
    curve = red(light_curve(sampling(90), (TRUTH, 75.0)))
    event = WHITENED(curve, STAR)
    assert event.ephemeris.period == pytest.approx(TRUTH.period, rel=1e-3)
    whitened = whitened_for_search(curve)
    expected = whitened_strength(whitened, curve.time, event.ephemeris).total
    assert event.signal_to_noise == pytest.approx(expected)
    assert event.signal_to_noise < 0.8 * box_event(curve, event.ephemeris).signal_to_noise


def test_in_white_noise_both_find_the_same_planets():
    for seed in range(3):
        curve = light_curve(sampling(90), (TRUTH, 12.0), seed=seed)
        white, whitened = SEARCH(curve, STAR), WHITENED(curve, STAR)
        assert whitened.ephemeris == white.ephemeris


def test_a_planet_is_found_behind_a_wave():
    curve = light_curve(sampling(90), (TRUTH, 25.0))
    wave = 20 * NOISE * np.sin(2 * np.pi * curve.time / 0.73)
    event = WHITENED(curve.with_flux(curve.flux + wave), STAR)
    assert event.ephemeris.period == pytest.approx(TRUTH.period, rel=1e-3)


def test_a_bad_event_is_hidden_and_the_planet_behind_it_found():
    curve = light_curve(sampling(90), (TRUTH, 14.0))
    flux = curve.flux - 60 * NOISE * (np.abs(curve.time - 160.3) < 0.05)
    event = WHITENED(curve.with_flux(flux), STAR)
    assert event.ephemeris.period == pytest.approx(TRUTH.period, rel=1e-3)


def test_it_can_search_again_for_a_second_planet():
    other = Ephemeris(7.9, 134.5, 0.2)
    curve = light_curve(sampling(90), (TRUTH, 30.0), (other, 18.0))
    found = search_again(WHITENED, curve, STAR, count=4)
    assert [event.ephemeris.period for event in found] == pytest.approx([4.7, 7.9], rel=1e-3)
