"""What a trend does where it is hidden: a line, or a cubic with the slopes of both sides."""

import numpy as np
import pytest

from exoval.detrend.across_events import curved, straight

TIME = np.arange(0.0, 10.0, 0.02)
HIDDEN = np.abs(TIME - 4.0) < 0.2


def spots(time):
    return 1 + 0.005 * np.sin(2 * np.pi * time / 2.6)


@pytest.mark.parametrize("across", [straight, curved])
def test_known_cadences_stay_and_lines_stay_lines(across):
    line = 1 + 0.01 * TIME
    given = np.where(HIDDEN, np.nan, line)
    np.testing.assert_allclose(across(TIME, given, ~HIDDEN), line, rtol=1e-12)
    known = spots(TIME)
    np.testing.assert_array_equal(across(TIME, known, ~HIDDEN)[~HIDDEN], known[~HIDDEN])
    np.testing.assert_array_equal(across(TIME, known, np.ones(len(TIME), bool)), known)


def test_a_curve_is_followed_five_times_closer_than_by_a_line():
    given = np.where(HIDDEN, np.nan, spots(TIME))
    errors = [
        np.abs(across(TIME, given, ~HIDDEN) - spots(TIME))[HIDDEN].max()
        for across in (straight, curved)
    ]
    # the chord of a sinusoid over 0.4 days about its phase at 4 d
    sagitta = 0.005 * abs(np.sin(2 * np.pi * 4 / 2.6)) * (1 - np.cos(np.pi * 0.4 / 2.6))
    assert errors[0] == pytest.approx(sagitta, rel=0.15)
    assert errors[1] < 0.2 * errors[0]


@pytest.mark.parametrize("missing", [TIME < 4.2, TIME > 3.8])
def test_beyond_the_data_the_level_stays(missing):
    given = np.where(missing, np.nan, spots(TIME))
    found = curved(TIME, given, ~missing)
    np.testing.assert_array_equal(found, straight(TIME, given, ~missing))
    assert np.unique(found[missing]).size == 1


def test_a_gap_beside_the_event_leaves_a_line():
    kept = ~((TIME > 3.4) & (TIME < 3.85))
    time, hidden = TIME[kept], HIDDEN[kept]
    given = np.where(hidden, np.nan, spots(time))
    np.testing.assert_array_equal(curved(time, given, ~hidden), straight(time, given, ~hidden))
