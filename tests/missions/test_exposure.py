import math

import numpy as np
import pytest

from exoval.missions.exposure import cadence_step, exposure_of

MINUTES_30 = 1800 / 86400
TIME = 5 + np.arange(100) * MINUTES_30


@pytest.mark.parametrize("stated", [math.nan, 0.0, -1.0])
def test_without_a_stated_exposure_it_is_the_step(stated):
    exposure, notes = exposure_of(TIME, stated=stated, otherwise=1.0)
    assert exposure == pytest.approx(MINUTES_30) and notes == ()


def test_pauses_gaps_order_and_missing_times_do_not_change_the_step():
    time = np.delete(TIME, [3, 4, 50])
    time[60:] += 3
    time = np.r_[time[30:], np.nan, time[:30], time[0]]
    assert cadence_step(time) == pytest.approx(MINUTES_30)


def test_a_stated_exposure_is_kept_where_cadences_were_thinned():
    exposure, notes = exposure_of(TIME[::3], stated=MINUTES_30, otherwise=1.0)
    assert exposure == MINUTES_30 and notes == ()


def test_exposures_cannot_overlap():
    # the header gives seconds instead of days
    exposure, notes = exposure_of(TIME, stated=1800.0, otherwise=1.0)
    assert exposure == pytest.approx(MINUTES_30)
    assert "cadences are 1800 s apart" in notes[0]


def test_one_cadence_has_the_missions_exposure():
    assert exposure_of(TIME[:1], stated=math.nan, otherwise=0.02) == (0.02, ())
    assert exposure_of(np.empty(0), stated=0.01, otherwise=0.02) == (0.01, ())


@pytest.mark.parametrize("stated", [1e-320, 1e-9, math.inf])
def test_an_impossible_exposure_is_none(stated):
    assert exposure_of(TIME, stated=stated, otherwise=1.0)[0] == pytest.approx(MINUTES_30)
    assert exposure_of(TIME[:1], stated=stated, otherwise=1.0) == (1.0, ())
