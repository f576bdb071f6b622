"""Whatever a light curve holds, a search ends soon with an event, None or a clear error."""

import time as clock

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exoval.ephemeris import Ephemeris
from exoval.errors import BadLightCurve, ExovalError
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve, Segment
from exoval.search.box_search import BoxSearch
from exoval.search.refine import refine
from exoval.search.search_again import search_again
from exoval.star import Star

STAR = Star(target="KIC 1")
SECONDS = 5.0


def made(time, flux=None, error=None):
    time = np.asarray(time, dtype=float)
    flux = np.ones(len(time)) if flux is None else np.asarray(flux, dtype=float)
    error = np.full(len(time), 1e-4) if error is None else np.asarray(error, dtype=float)
    return LightCurve(
        target="KIC 1",
        mission="kepler",
        time=time,
        flux=flux,
        flux_error=error,
        exposure=0.02,
        segments=(Segment(number=1, start=0, stop=len(time)),),
    )


def quarter(count=2000):
    rng = np.random.default_rng(count)
    time = np.linspace(0, 60, count)
    return time, 1 + 1e-4 * rng.standard_normal(count)


@pytest.fixture(scope="module", autouse=True)
def compiled():
    time, flux = quarter()
    BoxSearch()(made(time, flux - 1e-3 * (time % 3 < 0.1)), STAR)


odd = st.sampled_from([np.nan, np.inf, -np.inf, 0.0, -1.0, 1e300, -1e300, 1e-300, 1.0, 5.0])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(1, 1500),
    st.integers(0, 2**32 - 1),
    st.floats(1e-3, 2000),
    st.lists(st.tuples(st.integers(0, 2), st.floats(0, 1), odd), max_size=30),
    st.booleans(),
    st.booleans(),
)
def test_no_light_curve_crashes_or_hangs(count, seed, days, changes, ascending, duplicates):
    rng = np.random.default_rng(seed)
    arrays = [
        rng.uniform(0, days, count),
        1 + 1e-3 * rng.standard_normal(count),
        1e-3 * rng.uniform(0.1, 10, count),
    ]
    if ascending:
        arrays[0].sort()
    if duplicates:
        arrays[0] = np.round(arrays[0])
    for array, place, value in changes:
        arrays[array][int(place * (count - 1))] = value
    begin = clock.process_time()
    try:
        event = BoxSearch()(made(*arrays), STAR)
        assert event is None or isinstance(event, TransitEvent)
        event = refine(made(*arrays), Ephemeris(3.3, 1.0, 0.2))
        assert event is None or np.isfinite(event.ephemeris.period)
    except ExovalError as error:
        assert len(str(error)) > 20
    assert clock.process_time() - begin < SECONDS


def test_one_point_and_no_usable_error_give_nothing():
    assert BoxSearch()(made([3.0]), STAR) is None
    time, flux = quarter()
    for error in (0.0, np.nan, -1.0, np.inf):
        assert BoxSearch()(made(time, flux, np.full(len(time), error)), STAR) is None
        assert refine(made(time, flux, np.full(len(time), error)), Ephemeris(3.0, 1.0, 0.1)) is None


def test_nothing_finite_is_an_error_of_the_light_curve():
    with pytest.raises(BadLightCurve, match="finite"):
        made([1.0, 2.0], [np.nan, np.nan])


def test_descending_times_are_named():
    time, flux = quarter()
    with pytest.raises(BadLightCurve, match="sort"):
        BoxSearch()(made(time[::-1], flux), STAR)


def test_all_cadences_at_one_time_give_nothing():
    assert BoxSearch()(made(np.full(500, 7.0)), STAR) is None


def test_duplicates_change_nothing_but_the_weight():
    time, flux = quarter()
    flux = flux - 1e-3 * (time % 3.1 < 0.12)
    once = BoxSearch()(made(time, flux), STAR)
    twice = BoxSearch()(made(np.repeat(time, 2), np.repeat(flux, 2)), STAR)
    assert twice.ephemeris.period == pytest.approx(once.ephemeris.period, rel=1e-3)
    assert twice.signal_to_noise == pytest.approx(np.sqrt(2) * once.signal_to_noise, rel=0.02)


def test_a_few_bad_errors_are_left_out():
    time, flux = quarter()
    flux = flux - 1e-3 * (time % 3.1 < 0.12)
    error = np.full(len(time), 1e-4)
    error[::50] = [0.0, np.nan, np.inf, -1.0] * 10
    flux[::50] = 0.0
    event = BoxSearch()(made(time, flux, error), STAR)
    assert event.ephemeris.period == pytest.approx(3.1, rel=1e-3)


def test_islands_of_data_in_a_desert():
    time, _ = quarter(20000)
    time = time[(time % 20) < 1.0]  # 95 % missing
    rng = np.random.default_rng(0)
    flux = 1 + 1e-4 * rng.standard_normal(len(time)) - 1e-3 * ((time - 0.1) % 0.8 < 0.06)
    event = BoxSearch()(made(time, flux), STAR)
    assert event.ephemeris.period == pytest.approx(0.8, rel=1e-3)
    assert BoxSearch()(made(time, np.ones(len(time))), STAR) is None


def test_a_baseline_of_millennia_is_refused_and_not_searched():
    time, flux = quarter()
    time[-1] = 3e6
    with pytest.raises(BadLightCurve, match="span more than 40000 days"):
        BoxSearch()(made(time, flux), STAR)


def test_searching_again_ends_on_a_light_curve_that_always_dips():
    time, flux = quarter()
    flux = flux - 1e-2 * (np.random.default_rng(1).random(len(time)) < 0.02)
    begin = clock.process_time()
    search_again(BoxSearch(), made(time, flux), STAR, count=4)
    assert clock.process_time() - begin < SECONDS
