import numpy as np
import pytest
from astropy.time import Time

from exoval.errors import BadParameter
from exoval.missions.clock import MissionClock, on_clock, stated_clock, without_fill_times
from exoval.missions.k2 import k2
from exoval.missions.kepler import kepler
from exoval.missions.tess import tess

#: a mission and a day on which it observed, as BJD
DAYS = {"kepler": (kepler(), 2455500.25), "k2": (k2(), 2457500.25), "tess": (tess(), 2459000.25)}


@pytest.fixture(params=DAYS)
def day(request):
    mission, bjd = DAYS[request.param]
    return mission.clock, bjd


@pytest.mark.parametrize("zero", [0.0, 2450000.0, 2454833.0, 2457000.0])
def test_unstated_days_are_found_by_their_range(day, zero):
    clock, bjd = day
    if zero == 2454833.0 and clock.time_zero == 2457000.0:
        pytest.skip("a day of TESS on Kepler's clock is a later one on TESS's")
    found = clock.on(np.array([bjd, bjd + 20]) - zero)
    assert found == pytest.approx(np.array([0.0, 20.0]) + bjd - clock.time_zero, abs=1e-8)


def test_a_guess_is_said_and_the_missions_own_clock_is_none(day):
    clock, bjd = day
    assert clock.of(bjd - clock.time_zero).notes == ()
    assert clock.of(bjd).notes == ()
    (note,) = clock.of(bjd - 2450000.0).notes
    assert "BJD - 2450000" in note


def test_half_a_day_is_not_guessed(day):
    clock, bjd = day
    for days in (bjd - 2400000.0, bjd - 2400000.5):
        with pytest.raises(BadParameter, match=r"MJD or BJD - 2400000.*half a day; state"):
            clock.on(days)


@pytest.mark.parametrize(
    ("text", "zero"),
    [
        ("BJD - 2457000, days", 2457000.0),
        ("BJD-2454833", 2454833.0),
        ("BJD - 2400000 (day)", 2400000.0),
        ("HJD-2450000", 2450000.0),
        ("mjd", 2400000.5),
        ("BTJD", 2457000.0),
        ("bkjd", 2454833.0),
        ("BJD-TDB", 0.0),
        ("jd", 0.0),
        ("# time (BJD_TDB - 2457000.0)", 2457000.0),
    ],
)
def test_what_a_text_states_is_believed(day, text, zero):
    clock, bjd = day
    found = clock.on(bjd - zero, stated_clock(text))
    assert found == pytest.approx(bjd - clock.time_zero, abs=1e-8)


@pytest.mark.parametrize("text", ["d", "days", "", "BJDCORR", "adjd 3", "e-/s"])
def test_what_states_no_clock(text):
    assert stated_clock(text).kind == ""


def test_a_stated_kind_without_zero_leaves_the_zero_to_the_range(day):
    clock, bjd = day
    for zero in (2400000.0, 2450000.0):
        found = clock.on(bjd - zero, stated_clock("bjd_tdb"))
        assert found == pytest.approx(bjd - clock.time_zero, abs=1e-8)


def test_astropy_agrees_on_mjd(day):
    clock, bjd = day
    mjd = float(Time(bjd, format="jd").mjd)
    assert clock.on(mjd, stated_clock("MJD")) == pytest.approx(bjd - clock.time_zero, abs=1e-8)


@pytest.mark.parametrize(
    ("kind", "caveat"), [("hjd", "4 s"), ("jd", "8.3 minutes"), ("mjd", "8.3 minutes"), ("bjd", "")]
)
def test_clocks_that_are_not_barycentric_have_a_caveat(kind, caveat):
    notes = (
        tess().clock.of(2459000.25 - (2400000.5 if kind == "mjd" else 0), stated_clock(kind)).notes
    )
    assert (caveat in notes[0]) if caveat else notes == ()


def test_days_outside_the_years_of_a_mission_stay_and_are_said():
    found = tess().clock.of(np.array([0.0, 27.0]))
    assert found.zero == 2457000.0
    assert "0.0 to 27.0" in found.notes[0] and "outside the years" in found.notes[0]


def test_days_far_from_any_clock_of_an_unknown_mission_stay():
    assert MissionClock(2457000.0).of(np.array([5.0, 9.0])).notes == ()
    assert on_clock(-300.0, 2457000.0) == -300.0


def test_times_without_a_number_have_the_missions_clock():
    assert tess().clock.of(np.array([np.nan])).zero == 2457000.0


@pytest.mark.parametrize(
    ("mission", "given", "expected"),
    [
        (tess(), 1520.4, 1520.4),
        (tess(), 2458520.4, 1520.4),
        (tess(), 8520.4, 1520.4),
        # an epoch from before the mission, on its clock
        (tess(), 700.0, 700.0),
        (tess(), -900.0, -900.0),
        (k2(), 300.0, 300.0),
        (k2(), 7520.4, 2687.4),
        (kepler(), 121.3585, 121.3585),
        (kepler(), 4954.3585, 121.3585),
        (kepler(), 2454954.3585, 121.3585),
        # after the mission
        (kepler(), 1700.0, 1700.0),
    ],
)
def test_epochs(mission, given, expected):
    clock = mission.clock
    found = clock.of_epoch(given)
    assert clock.convert(given, found) == pytest.approx(expected, abs=1e-6)
    assert len(found.notes) == (4000 < given < 10000)


def test_an_epoch_half_a_day_unsure_is_refused():
    with pytest.raises(BadParameter, match="half a day"):
        tess().clock.of_epoch(58520.4)


@pytest.mark.parametrize("wrong", [1e15, -1e15, 1e300, np.inf])
def test_a_time_beyond_any_date_is_a_fill_also_beside_small_times(wrong):
    days = np.append(np.arange(27.0), wrong)
    cleaned, notes = without_fill_times(days)
    assert cleaned[:-1].tolist() == days[:-1].tolist() and np.isnan(cleaned[-1])
    assert notes == ("1 cadence left out: the time is a fill value",)


def test_zero_is_a_time_beside_small_times_and_a_fill_beside_large_ones():
    assert without_fill_times(np.arange(5.0))[0].tolist() == [0, 1, 2, 3, 4]
    assert np.isnan(without_fill_times(np.array([1500.0, 1501.0, 0.0]))[0]).tolist() == [0, 0, 1]
