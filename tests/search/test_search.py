"""The searches find what is there, and say nothing when there is nothing."""

import numpy as np
import pytest
from astropy.timeseries import BoxLeastSquares

from exoval.ephemeris import Ephemeris
from exoval.errors import BadParameter
from exoval.lightcurve import LightCurve, Segment
from exoval.search.astropy_bls import AstropyBoxSearch, signal_detection_efficiency
from exoval.search.known_ephemeris import KnownEphemeris
from exoval.search.period_grid import duration_scale, ofir_periods
from exoval.search.refine import box_event, refine
from exoval.star import Star

STAR = Star(target="KIC 1")


def box_light_curve(ephemeris, depth, noise=2e-4, days=90.0, seed=0):
    rng = np.random.default_rng(seed)
    time = np.arange(0, days, 0.0204)
    time = time[(time < 30) | (time > 31.5)]
    flux = 1 + noise * rng.standard_normal(len(time))
    if ephemeris is not None:
        flux -= depth * ephemeris.in_event(time)
    return LightCurve(
        target="KIC 1",
        mission="kepler",
        time=time,
        flux=flux,
        flux_error=np.full(len(time), noise),
        exposure=0.0204,
        segments=(Segment(number=1, start=0, stop=len(time)),),
    )


@pytest.mark.parametrize(
    ("period", "duration"), [(0.83, 0.07), (3.3, 0.12), (12.7, 0.2), (27.1, 0.35)]
)
def test_a_box_is_found_where_it_is(period, duration):
    truth = Ephemeris(period, 2.0, duration)
    event = AstropyBoxSearch()(box_light_curve(truth, 1e-3), STAR)
    drift = abs(event.ephemeris.period - period) * 90 / period
    assert drift < 0.25 * duration
    assert abs(truth.time_from_mid_event(event.ephemeris.epoch)) < 0.2 * duration
    assert event.depth == pytest.approx(1e-3, rel=0.15)


def test_white_noise_alone_gives_nothing():
    assert AstropyBoxSearch()(box_light_curve(None, 0), STAR) is None


def test_a_bump_is_never_reported_as_a_dip():
    bumps = Ephemeris(3.3, 2, 0.12)
    curve = box_light_curve(bumps, -1e-3)
    assert box_event(curve, bumps).signal_to_noise < -50
    event = AstropyBoxSearch()(curve, STAR)
    assert event is None or event.signal_to_noise < 15


def test_two_transits_are_not_enough():
    event = AstropyBoxSearch(maximum_period_days=60)(
        box_light_curve(Ephemeris(50, 20, 0.4), 3e-3), STAR
    )
    assert event is None or event.transit_count >= 3


def test_a_short_light_curve_gives_nothing():
    curve = box_light_curve(None, 0, days=0.3)
    assert AstropyBoxSearch()(curve, STAR) is None


def test_an_empty_range_is_refused():
    with pytest.raises(BadParameter, match=r"30-0\.5"):
        AstropyBoxSearch(minimum_period_days=30, maximum_period_days=0.5)


def test_the_grid_never_smears_a_transit():
    periods = ofir_periods(90, minimum_period=0.5, maximum_period=30, oversampling=2)
    shift = 90 * np.diff(periods) / periods[1:]
    central = duration_scale(1.0) * periods[1:] ** (1 / 3)
    assert (shift <= central / 2 * 1.01).all()
    # and it is not finer than it has to be
    assert np.median(shift / central) == pytest.approx(0.5, rel=0.02)
    assert periods[0] == pytest.approx(0.5)
    assert periods[-1] == pytest.approx(30)


def test_a_central_transit_of_the_earth_lasts_thirteen_hours():
    assert 24 * duration_scale(1.0) * 365.25 ** (1 / 3) == pytest.approx(13.0, rel=0.01)


def test_refine_agrees_with_a_fine_astropy_search():
    truth = Ephemeris(6.1, 3.0, 0.2)
    curve = box_light_curve(truth, 8e-4)
    rough = Ephemeris(6.103, 3.03, 0.15)
    event = refine(curve, rough)
    model = BoxLeastSquares(curve.time, curve.flux, curve.flux_error)
    fine = model.power(np.linspace(6.08, 6.12, 801), np.linspace(0.1, 0.3, 21), oversample=20)
    best = np.argmax(fine.power)
    assert event.ephemeris.period == pytest.approx(fine.period[best], abs=2e-3)
    assert event.ephemeris.duration == pytest.approx(fine.duration[best], rel=0.15)
    assert event.signal_to_noise > 0.97 * fine.depth_snr[best]


def test_refine_stays_with_its_own_planet():
    deep, shallow = Ephemeris(6.1, 3.0, 0.2), Ephemeris(4.0, 1.0, 0.15)
    curve = box_light_curve(deep, 5e-3)
    curve = curve.with_flux(curve.flux - 8e-4 * shallow.in_event(curve.time))
    event = refine(curve, shallow)
    assert event.ephemeris.period == pytest.approx(4.0, abs=0.005)


def test_box_event_counts_events_with_data():
    curve = box_light_curve(Ephemeris(10.0, 0.75, 0.2), 1e-3)
    event = box_event(curve, Ephemeris(10.0, 0.75, 0.2))
    assert event.transit_count == 8  # nine in ninety days, one in the gap
    assert event.depth == pytest.approx(1e-3, rel=0.1)


def test_known_ephemeris_is_off_by_about_its_expected_error():
    truth = Ephemeris(3.3, 2.0, 0.12)
    curve = box_light_curve(truth, 1e-3)
    search = KnownEphemeris(blind=AstropyBoxSearch())
    found = [search(curve, STAR, truth, np.random.default_rng(seed)) for seed in range(8)]
    offsets = [abs(truth.time_from_mid_event(event.ephemeris.epoch)) for event in found]
    assert max(offsets) < 0.5 * truth.duration
    assert search(box_light_curve(None, 0), STAR, truth, np.random.default_rng(0)) is None


def test_detection_efficiency_takes_the_local_median_away():
    rng = np.random.default_rng(5)
    power = np.linspace(2, 6, 5000) + 0.3 * rng.standard_normal(5000)
    power[1000] += 3
    efficiency = signal_detection_efficiency(power)
    assert np.argmax(efficiency) == 1000
    assert efficiency[1000] == pytest.approx(10, abs=2.5)
