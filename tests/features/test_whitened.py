from dataclasses import replace

import numpy as np
import pytest
from light_curves import folded
from scipy.stats import norm

from exoval.ephemeris import Ephemeris
from exoval.features.strength import StrengthFeatures
from exoval.features.whitened import WhitenedFeatures

EPHEMERIS = Ephemeris(3.3, 2.0, 0.2)


def row(event):
    return WhitenedFeatures()(event)


def test_in_white_noise_it_is_mes():
    event = folded(EPHEMERIS, 5e-4, ingress_share=0.01)
    assert row(event)["whitened_mes"] == pytest.approx(StrengthFeatures()(event)["mes"], rel=0.08)
    assert row(event)["whitened_over_white"] == pytest.approx(1.0, abs=0.08)
    assert row(event)["whitened_scatter"] == pytest.approx(1.0, abs=0.15)


def test_slow_noise_makes_a_long_event_weaker():
    event = folded(EPHEMERIS, 5e-4)
    time = event.light_curve.time
    rng = np.random.default_rng(1)
    waves = sum(
        np.sin(2 * np.pi * time / period + 6 * rng.random())
        for period in np.geomspace(0.3, 0.9, 30)
    )
    noisy = event.light_curve.with_flux(event.light_curve.flux + 1e-4 * waves)
    loud = replace(event, light_curve=noisy)
    assert row(loud)["whitened_over_white"] < 0.8 * row(event)["whitened_over_white"]


def test_the_largest_single_event_is_that_of_the_deepest():
    event = folded(EPHEMERIS, 5e-4, odd_depth=2e-3)
    even = folded(EPHEMERIS, 5e-4)
    found, lower = row(event), row(even)
    assert found["whitened_ses_max"] > 2.5 * lower["whitened_ses_max"]
    assert found["whitened_ses_max"] < found["whitened_mes"]


def test_the_false_alarm_of_gaussian_noise_is_the_normal_tail():
    event = folded(EPHEMERIS, 5e-5, days=300.0)
    found = row(event)
    expected = norm.logsf(found["whitened_mes"]) / np.log(10)
    assert 4 < found["whitened_mes"] < 9
    assert found["whitened_false_alarm"] == pytest.approx(expected, rel=0.2)


def test_dips_elsewhere_make_a_false_alarm_more_probable():
    event = folded(EPHEMERIS, 2e-4)
    time = event.light_curve.time
    rng = np.random.default_rng(4)
    dips = np.any(
        np.abs(time[:, None] - rng.uniform(0, 90, 25)) < 0.1, axis=1
    ) & ~EPHEMERIS.in_event(time, 3.0)
    spoiled = replace(
        event, light_curve=event.light_curve.with_flux(event.light_curve.flux - 6e-4 * dips)
    )
    assert row(spoiled)["whitened_false_alarm"] > row(event)["whitened_false_alarm"] + 2


def test_a_secondary_eclipse_is_no_noise():
    alone = folded(EPHEMERIS, 5e-3, days=300.0)
    binary = folded(EPHEMERIS, 5e-3, days=300.0, secondary=(0.5, 4e-3))
    assert row(binary)["whitened_mes"] == pytest.approx(row(alone)["whitened_mes"], rel=0.1)
    # but it belongs to what the star shows without the event
    assert row(binary)["whitened_false_alarm"] > row(alone)["whitened_false_alarm"]


def test_eclipses_that_take_a_third_of_the_time_are_measured():
    long = Ephemeris(2.7, 2.0, 0.9)
    found = row(folded(long, 1e-2, ingress_share=0.4))
    # their level is known no better than the noise of slow bands
    assert found["whitened_over_white"] > 0.5


def test_flanks_belong_to_the_event():
    # noise that is red on the scale of the event compares its floor with what lies beside it
    event = folded(EPHEMERIS, 0.1, ingress_share=0.45, days=60.0)
    rng = np.random.default_rng(3)
    noise = np.convolve(rng.standard_normal(len(event.light_curve)), np.ones(8), mode="same")
    curve = event.light_curve
    red = replace(event, light_curve=curve.with_flux(curve.flux + 1e-3 * noise))
    narrow = replace(EPHEMERIS, duration=0.6 * EPHEMERIS.duration)
    inside = replace(red, event=replace(red.event, ephemeris=narrow))
    assert row(inside)["whitened_mes"] == pytest.approx(row(red)["whitened_mes"], rel=0.25)
