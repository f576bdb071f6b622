"""The compiled box search finds boxes wherever they are, and the same however it is cut up."""

import numpy as np
import pytest
from noisy_boxes import NOISE, drift, light_curve, sampling

from exoval.ephemeris import Ephemeris
from exoval.errors import BadParameter
from exoval.search import box_search
from exoval.search.box_search import BoxSearch, cheapest_radix
from exoval.search.folding import search_periods
from exoval.search.period_grid import duration_scale, ofir_periods
from exoval.search.weighted_flux import weighted_flux
from exoval.star import Star

STAR = Star(target="KIC 1")
QUARTER = sampling(90)
YEAR = sampling(400)


@pytest.mark.parametrize(
    ("period", "duration", "strength"),
    [(0.53, 0.05, 12), (1.7, 0.04, 12), (6.1, 0.12, 12), (18.3, 0.3, 15), (28.9, 0.15, 15)],
)
def test_a_box_is_found_in_a_quarter(period, duration, strength):
    truth = Ephemeris(period, 131.0, duration)
    event = BoxSearch()(light_curve(QUARTER, (truth, strength)), STAR)
    assert drift(event.ephemeris, truth, QUARTER) < 0.5
    assert event.signal_to_noise == pytest.approx(strength, abs=3.5)
    assert event.source == "box_search"


@pytest.mark.parametrize(("period", "duration"), [(2.3, 0.1), (41.3, 0.25), (130.7, 0.5)])
def test_a_weak_box_is_found_in_a_long_light_curve(period, duration):
    truth = Ephemeris(period, 150.0, duration)
    event = BoxSearch(maximum_period_days=200)(light_curve(YEAR, (truth, 11)), STAR)
    assert drift(event.ephemeris, truth, YEAR) < 0.5
    assert event.ephemeris.duration == pytest.approx(duration, rel=0.5)
    assert event.transit_count == len(np.unique(truth.event_number(YEAR[truth.in_event(YEAR)])))


def test_unequal_errors_weigh():
    truth = Ephemeris(3.7, 131.0, 0.12)
    rng = np.random.default_rng(4)
    error = NOISE * np.where(rng.random(len(QUARTER)) < 0.5, 1.0, 20.0)
    event = BoxSearch()(light_curve(QUARTER, (truth, 15), error=error), STAR)
    assert drift(event.ephemeris, truth, QUARTER) < 0.3
    assert event.signal_to_noise > 12


def test_noise_and_bumps_give_nothing():
    for seed in range(3):
        assert BoxSearch()(light_curve(QUARTER, seed=seed), STAR) is None
    bumps = light_curve(QUARTER, (Ephemeris(3.3, 131.0, 0.12), -20.0))
    event = BoxSearch()(bumps, STAR)
    # the level between bumps is a dip of nearly the whole phase, which no trial box is
    assert event is None or event.signal_to_noise < 10


def test_one_bad_event_neither_wins_nor_hides_a_planet():
    planet = Ephemeris(7.9, 133.0, 0.15)
    curve = light_curve(QUARTER, (planet, 12))
    flux = curve.flux.copy()
    flux[2000:2004] -= 60 * NOISE
    event = BoxSearch()(curve.with_flux(flux), STAR)
    assert drift(event.ephemeris, planet, QUARTER) < 0.5
    alone = light_curve(QUARTER)
    assert BoxSearch()(alone.with_flux(alone.flux + flux - curve.flux), STAR) is None


def test_two_events_are_not_enough_unless_two_are_asked_for():
    curve = light_curve(QUARTER, (Ephemeris(40.0, 140.0, 0.4), 25))
    three = BoxSearch(maximum_period_days=60)(curve, STAR)
    assert three is None or three.transit_count >= 3
    two = BoxSearch(maximum_period_days=60, minimum_transits=2)(curve, STAR)
    assert two.ephemeris.period == pytest.approx(40, abs=0.2)


def test_the_event_is_the_same_in_any_number_of_chunks(monkeypatch):
    truth = Ephemeris(4.7, 131.0, 0.13)
    curve = light_curve(QUARTER, (truth, 12))
    events = []
    for radix in (1, 2, 4, 8, 16):
        monkeypatch.setattr(box_search, "cheapest_radix", lambda *_, radix=radix: radix)
        events.append(BoxSearch()(curve, STAR))
    for event in events:
        assert drift(event.ephemeris, events[0].ephemeris, QUARTER) < 0.1
        assert event.signal_to_noise == pytest.approx(events[0].signal_to_noise, rel=0.01)


@pytest.mark.parametrize("radix", [2, 4, 8, 16])
def test_chunks_lose_little_of_the_power(radix):
    truth = Ephemeris(4.7, 131.0, 0.12)
    data = weighted_flux(light_curve(YEAR, (truth, 60)))
    time = data.time - data.time.mean()
    periods = ofir_periods(data.baseline, minimum_period=4.3, maximum_period=5.1)
    durations = duration_scale(1.0) * np.cbrt(periods)[:, None] * np.geomspace(0.3, 2, 8)
    arrays = [values.astype(np.float32) for values in (data.weight, data.signal)]
    every = np.ones(len(periods), dtype=bool)
    exact = search_periods(time, *arrays, periods, durations, 4.0, 1, 0.0, every)[0]
    fast = search_periods(time, *arrays, periods, durations, 4.0, radix, 0.0, every)[0]
    assert fast.max() > 0.93 * exact.max()
    assert abs(np.argmax(fast) - np.argmax(exact)) <= 2
    # far from the peak both see the same noise
    far = np.abs(np.arange(len(periods)) - np.argmax(exact)) > 200
    assert np.median(fast[far] / exact[far]) == pytest.approx(1, abs=0.02)


def test_more_chunks_where_there_are_more_cadences():
    assert cheapest_radix(65000, 200) == 16
    assert cheapest_radix(400, 2000) <= 4


def test_the_periodogram_on_request():
    truth = Ephemeris(5.3, 132.0, 0.14)
    curve = light_curve(QUARTER, (truth, 20))
    periodogram = BoxSearch().periodogram(curve)
    assert np.all(np.diff(periodogram.period) > 0)
    peaks = periodogram.peaks(3)
    assert periodogram.period[peaks[0]] == pytest.approx(5.3, rel=2e-3)
    assert abs(truth.time_from_mid_event(periodogram.epoch[peaks[0]])) < 0.1
    assert np.all(np.diff(periodogram.efficiency[peaks]) <= 0)
    event = BoxSearch()(curve, STAR)
    assert event.signal_detection_efficiency in periodogram.efficiency[periodogram.peaks(5)]
    assert event.signal_detection_efficiency > 8


def test_the_stars_density_sets_durations_on_request():
    giant = Star(target="KIC 2", radius=5.0, mass=1.2)
    curve = light_curve(YEAR, (Ephemeris(6.3, 131.0, 0.65), 15))
    own = BoxSearch(use_star_density=True).periodogram(curve, giant)
    solar = BoxSearch(use_star_density=True).periodogram(curve, Star(target="KIC 3"))
    assert len(own.period) < 0.3 * len(solar.period)
    assert own.duration.max() > 2 * solar.duration.max()
    event = BoxSearch(use_star_density=True)(curve, giant)
    assert event.ephemeris.period == pytest.approx(6.3, rel=1e-3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"minimum_period_days": 30, "maximum_period_days": 0.5},
        {"minimum_transits": 1},
        {"shortest_duration": 3.0},
        {"candidates": 0},
        {"retries": -1},
    ],
)
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(BadParameter):
        BoxSearch(**wrong)
