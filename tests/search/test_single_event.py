"""Single and double transits are found where they are, and noise of any colour is not."""

import numpy as np
import pytest

from exoval.ephemeris import Ephemeris
from exoval.errors import BadParameter
from exoval.lightcurve import LightCurve, Segment
from exoval.search.single_event import SingleEvent, allowed_periods, box_statistic
from exoval.star import Star

STAR = Star(
    target="KIC 1", radius=1.0, mass=1.0, teff=5772.0, logg=4.44, metallicity=0.0, magnitude=12.0
)
NOISE = 1e-4
TIME = np.arange(0.0, 90.0, 0.02)


def light_curve(middles=(), depth=6e-4, duration=0.4, time=TIME, seed=0, red=0.0):
    rng = np.random.default_rng(seed)
    flux = 1 + NOISE * rng.standard_normal(len(time))
    if red:
        kicks = rng.standard_normal(len(time))
        wander = np.convolve(kicks, np.ones(20) / np.sqrt(20), "same")
        flux += red * NOISE * wander
    for middle in middles:
        flux -= depth * (np.abs(time - middle) < 0.5 * duration)
    return LightCurve(
        target="KIC 1",
        mission="kepler",
        time=time,
        flux=flux,
        flux_error=np.full(len(time), NOISE),
        exposure=0.02,
        segments=(Segment(number=1, start=0, stop=len(time)),),
    )


@pytest.mark.parametrize("zero", [200_000.0, 2454833.0])
def test_days_of_any_clock_can_be_searched(zero):
    # a double holds a Julian date to 4e-5 s, far below a cadence
    event = SingleEvent()(light_curve([zero + 33.3], time=TIME + zero), STAR)
    assert event.ephemeris.epoch - zero == pytest.approx(33.3, abs=0.05)


def test_a_single_transit_has_its_epoch_and_a_period_outside_the_data():
    event = SingleEvent()(light_curve([33.3]), STAR)
    assert event.transit_count == 1
    assert event.ephemeris.epoch == pytest.approx(33.3, abs=0.08)
    assert event.ephemeris.duration == pytest.approx(0.4, rel=0.3)
    assert event.depth == pytest.approx(6e-4, rel=0.2)
    # exactly one event of that ephemeris lies in the data, and a shorter one would add another
    assert len(np.unique(event.ephemeris.event_number(TIME[event.ephemeris.in_event(TIME)]))) == 1
    assert event.ephemeris.period < (90 - 33.3) + 1


def test_its_strength_is_that_of_the_matched_filter():
    event = SingleEvent()(light_curve([33.3]), STAR)
    inside, beside = 20, 60
    expected = 6e-4 / (NOISE * np.sqrt(1 / inside + 1 / beside))
    assert event.signal_to_noise == pytest.approx(expected, rel=0.15)


def test_two_transits_give_their_separation():
    event = SingleEvent()(light_curve([20.1, 71.5]), STAR)
    assert event.transit_count == 2
    assert event.ephemeris.period == pytest.approx(51.4, abs=0.15)
    assert abs(Ephemeris(51.4, 20.1, 0.4).time_from_mid_event(event.ephemeris.epoch)) < 0.1


def test_three_transits_give_the_period_and_not_twice_it():
    event = SingleEvent()(light_curve([10.0, 40.0, 70.0]), STAR)
    assert event.ephemeris.period == pytest.approx(30.0, abs=0.15)


def test_two_unlike_dips_are_not_a_pair():
    one, other = light_curve([20.1], depth=3e-3), light_curve([71.5], depth=5e-4)
    both = one.with_flux(one.flux + other.flux - light_curve().flux)
    event = SingleEvent()(both, STAR)
    assert event.transit_count == 1
    assert event.ephemeris.epoch == pytest.approx(20.1, abs=0.1)


def test_aliases_are_those_whose_other_events_fall_into_gaps():
    # brute force: separation 48 over n predicts events at multiples of 48/n from the first
    missing = np.abs(TIME - 36.0) < 1.0
    curve = light_curve([12.0, 60.0], time=TIME[~missing])
    dips = SingleEvent().strongest_dips(curve, 2)
    periods = allowed_periods(curve, *dips)
    # 24 predicts 36 (in the gap) and 84, which is seen to be flat; 48 predicts nothing else
    assert periods == pytest.approx([48.0], abs=0.1)
    shorter = light_curve([12.0, 60.0], time=TIME[~missing & (TIME < 83)])
    assert allowed_periods(shorter, *dips) == pytest.approx([48.0, 24.0], abs=0.1)


def test_a_separation_that_predicts_a_missing_dip_is_refused():
    curve = light_curve([40.0, 55.0])
    event = SingleEvent()(curve, STAR)
    assert event.transit_count == 1


@pytest.mark.parametrize("red", [0.0, 1.0])
def test_noise_gives_nothing(red):
    found = [SingleEvent()(light_curve(seed=seed, red=red), STAR) for seed in range(8)]
    assert found == [None] * 8


def test_red_noise_lowers_the_significance_to_a_unit_scatter():
    curve = light_curve(seed=3, red=1.5)
    statistic = box_statistic(curve, duration=0.4, noise_days=20.0)
    white = box_statistic(light_curve(seed=3), duration=0.4, noise_days=20.0)
    for each in (statistic, white):
        below = each.signal_to_noise[each.signal_to_noise < 0]
        # bumps are judged by scatter alone
        assert np.sqrt(np.mean(below**2)) == pytest.approx(1.0, abs=0.25)


def test_a_step_at_a_gap_is_no_dip():
    curve = light_curve()
    kept = (TIME < 30) | (TIME > 33)
    stepped = curve.with_flux(curve.flux - 5e-4 * ((TIME > 29.6) & (TIME < 30))).keep(kept)
    assert SingleEvent()(stepped, STAR) is None


def test_a_bump_is_no_dip():
    assert SingleEvent()(light_curve([33.3], depth=-2e-3), STAR) is None


def test_statistic_equals_brute_force():
    kept = np.random.default_rng(1).random(len(TIME)) < 0.9
    curve = light_curve([33.3]).keep(kept)
    statistic = box_statistic(curve, duration=0.3, noise_days=20.0)
    for place in (400, 1500, 3000):
        apart = np.round(np.abs(curve.time - curve.time[place]), 9)
        before = curve.time < curve.time[place]
        # times on the cadence grid make the ends of a box ambiguous by one cadence
        inside = curve.flux[apart < 0.15]
        sides = [curve.flux[(apart > 0.15) & (apart < 0.6) & side] for side in (before, ~before)]
        depth = np.mean([part.mean() for part in sides]) - inside.mean()
        assert statistic.depth[place] == pytest.approx(depth, abs=NOISE / 3)


@pytest.mark.parametrize(
    "wrong",
    [{"shortest_duration_days": 2.0}, {"threshold": 3.0}, {"durations": 1}, {"noise_days": 0.0}],
)
def test_wrong_parameters_are_refused(wrong):
    with pytest.raises(BadParameter):
        SingleEvent(**wrong)
