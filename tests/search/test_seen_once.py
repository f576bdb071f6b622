"""Events of which only the time is known: which periods do the data allow?"""

import numpy as np
import pytest

from exoval.errors import BadParameter, NoDip
from exoval.lightcurve import LightCurve, Segment, stitch
from exoval.search.seen_once import event_seen_once

DURATION, DEPTH, NOISE = 0.25, 0.004, 4e-4


def curve(dips, *pieces, step=0.02):
    """Noise with boxes at some times, in pieces (first day, last day)."""
    time = np.concatenate([np.arange(first, last, step) for first, last in pieces])
    inside = np.any([np.abs(time - dip) < 0.5 * DURATION for dip in dips], axis=0)
    flux = 1 - DEPTH * inside + np.random.default_rng(3).normal(0, NOISE, len(time))
    return LightCurve(
        target="TIC 1",
        mission="tess",
        time=time,
        flux=flux,
        flux_error=np.full(len(time), NOISE),
        exposure=step,
        segments=(Segment(number=1, start=0, stop=len(time)),),
    )


def is_allowed(light_curve, dips, period):
    """Brute force: no cadence of another event of that period lies clearly outside a dip."""
    time, flux = light_curve.time, light_curve.flux
    for number in range(-2000, 2000):
        middle = dips[0] + number * period
        inside = np.abs(time - middle) < 0.5 * DURATION
        if number and inside.sum() > 0.6 * DURATION / 0.02 and flux[inside].mean() > 1 - DEPTH / 2:
            return False
    return True


def test_one_transit_in_one_sector_has_a_period_beyond_the_data():
    light_curve = curve([10.0], (0, 26))
    event = event_seen_once(light_curve, epoch=10.0, duration=DURATION)
    assert not event.period_is_known
    assert event.possible_periods.all_above == pytest.approx(16 + DURATION, abs=0.05)
    assert event.possible_periods.shortest == pytest.approx(16, abs=DURATION)
    # a box as long as the event takes in a cadence beside it
    assert event.depth == pytest.approx(DEPTH, rel=0.1)


def test_gaps_allow_shorter_periods_as_brute_force_says():
    light_curve = curve([10.0], (0, 26), (300, 326))
    found = event_seen_once(light_curve, epoch=10.0, duration=DURATION).possible_periods
    assert found.all_above == pytest.approx(316 + DURATION, abs=0.05)
    assert 16 < found.shortest < 30
    assert is_allowed(light_curve, [10.0], found.shortest)
    for period in np.arange(4 * DURATION, found.shortest - DURATION, 0.05):
        assert not is_allowed(light_curve, [10.0], period), period


def test_two_transits_have_the_fractions_of_their_separation_that_fall_into_gaps():
    dips = [10.0, 310.0]
    light_curve = curve(dips, (0, 26), (300, 326))
    event = event_seen_once(light_curve, epoch=310.0, duration=DURATION)
    found = event.possible_periods.between_two
    assert found[0] == pytest.approx(300.0, abs=0.1)
    for count in range(1, 40):
        fits = is_allowed(light_curve, dips, 300.0 / count)
        assert bool(np.isclose(found, 300.0 / count, rtol=1e-3).any()) is fits, count


def mixed(dips):
    """A hundred days of half-hour cadences, and four times as many of two minutes in a sector."""
    parts = [curve(dips, (0, 100), step=1 / 48), curve(dips, (200, 226), step=1 / 720)]
    return stitch(parts)


def test_a_transit_among_few_long_cadences_is_a_partner():
    event = event_seen_once(mixed([10.0, 210.0]), epoch=210.0, duration=DURATION)
    assert event.possible_periods.between_two[0] == pytest.approx(200.0, abs=0.1)


def test_long_cadences_show_where_no_transit_is():
    """Below 105 d an event lies in the hundred days; there one is in the gap, one before them."""
    found = event_seen_once(mixed([210.0]), epoch=210.0, duration=DURATION).possible_periods
    assert found.shortest == pytest.approx(105.0, abs=DURATION)
    assert found.all_above == pytest.approx(210.0 + DURATION, abs=0.05)


def test_a_dip_of_another_depth_is_no_partner():
    light_curve = curve([10.0], (0, 26))
    other = np.abs(light_curve.time - 20.0) < 0.5 * DURATION
    light_curve = light_curve.with_flux(np.where(other, light_curve.flux - 0.03, light_curve.flux))
    event = event_seen_once(light_curve, epoch=10.0, duration=DURATION)
    assert event.possible_periods.between_two == ()


def test_an_event_outside_the_data_and_a_duration_of_zero_are_refused():
    light_curve = curve([10.0], (0, 26))
    with pytest.raises(NoDip, match="no cadence within 6 h about 40 d; the data run from 0 to"):
        event_seen_once(light_curve, epoch=40.0, duration=DURATION)
    with pytest.raises(BadParameter, match="duration above 0"):
        event_seen_once(light_curve, epoch=10.0, duration=0.0)
