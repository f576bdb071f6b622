"""Refinement sharpens period, epoch and duration over the whole baseline."""

import numpy as np
import pytest
from noisy_boxes import drift, light_curve, sampling

from exoval.ephemeris import Ephemeris
from exoval.search.event_strengths import strongest_event
from exoval.search.refine import refine

FOUR_YEARS = sampling(1460)


def rough(truth, rng):
    """An ephemeris as a periodogram's peak gives it."""
    events = (FOUR_YEARS[-1] - FOUR_YEARS[0]) / truth.period
    middle = np.round((FOUR_YEARS.mean() - truth.epoch) / truth.period)
    epoch = truth.epoch + middle * truth.period + rng.uniform(-0.3, 0.3) * truth.duration
    return Ephemeris(
        truth.period + rng.uniform(-0.4, 0.4) * truth.duration / events,
        epoch,
        truth.duration * rng.uniform(0.65, 1.5),
    )


@pytest.mark.parametrize(
    ("period", "duration"), [(0.8, 0.06), (6.1, 0.15), (50.3, 0.3), (170.7, 0.5)]
)
def test_events_drift_by_less_than_a_tenth_of_the_duration_over_four_years(period, duration):
    drifts, errors = [], []
    for seed in range(7):
        rng = np.random.default_rng(seed)
        truth = Ephemeris(period, 130 + rng.uniform(0, period), duration)
        event = refine(light_curve(FOUR_YEARS, (truth, 15), seed=seed), rough(truth, rng))
        drifts.append(drift(event.ephemeris, truth, FOUR_YEARS))
        errors.append(event.ephemeris.duration / duration - 1)
    assert np.median(drifts) < 0.1
    assert max(drifts) < 0.3
    assert np.median(np.abs(errors)) < 0.1


def test_a_strong_event_is_refined_to_a_hundredth():
    truth = Ephemeris(6.1, 131.0, 0.2)
    event = refine(light_curve(FOUR_YEARS, (truth, 400)), rough(truth, np.random.default_rng(1)))
    assert drift(event.ephemeris, truth, FOUR_YEARS) < 0.02
    assert event.ephemeris.duration == pytest.approx(0.2, rel=0.03)


def test_a_box_of_nearly_half_the_phase_goes_round_the_circle():
    truth = Ephemeris(0.6, 130.02, 0.22)
    event = refine(light_curve(sampling(30), (truth, 100)), Ephemeris(0.6003, 130.1, 0.2))
    assert drift(event.ephemeris, truth, sampling(30)) < 0.1


def test_periods_stay_below_the_longest():
    truth = Ephemeris(10.0, 131.0, 0.2)
    curve = light_curve(sampling(60), (truth, 30))
    event = refine(curve, Ephemeris(9.98, 131.0, 0.2), longest_period=9.99)
    assert event.ephemeris.period <= 9.99


@pytest.mark.parametrize(("period", "epoch"), [(118.4, 163.0), (41.0, 163.0), (200.0, -37.0)])
def test_one_event_does_not_change_the_period(period, epoch):
    # the next event would come just after the data end, long after, or long before
    time = sampling(93)[sampling(93) < 203.7]
    truth = Ephemeris(period, epoch, 0.4)
    event = refine(light_curve(time, (truth, 60)), Ephemeris(period, epoch + 0.1, 0.35))
    assert event.transit_count == 1
    assert event.ephemeris.period == period
    assert abs(truth.time_from_mid_event(event.ephemeris.epoch)) < 0.04
    assert event.ephemeris.duration == pytest.approx(0.4, rel=0.1)


def test_two_events_do():
    time = sampling(58)
    truth = Ephemeris(31.0, 135.0, 0.4)
    event = refine(light_curve(time, (truth, 60)), Ephemeris(30.85, 135.0, 0.4))
    assert event.transit_count == 2
    assert event.ephemeris.period == pytest.approx(31.0, abs=0.04)


def test_nothing_near_and_no_dip_give_none():
    curve = light_curve(sampling(30))
    assert refine(curve.keep(curve.time < 131), Ephemeris(50.0, 170.0, 0.1)) is None
    assert refine(curve.with_flux(np.ones(len(curve))), Ephemeris(5.0, 131.0, 0.1)) is None


def test_the_strongest_event_is_the_deep_one():
    truth = Ephemeris(5.0, 132.0, 0.2)
    curve = light_curve(sampling(60), (truth, 20))
    number = truth.event_number(curve.time)
    deep = truth.in_event(curve.time) & (number == 3)
    strength, cadences = strongest_event(curve.with_flux(curve.flux - 0.01 * deep), truth)
    np.testing.assert_array_equal(cadences, deep)
    assert strength > 30
