"""Boxes away from the event where cadences have several exposures."""

import numpy as np
import pytest

from exoval.folded.single_events import box_pulls, without_repeats

LONG, SHORT = 1800 / 86400, 200 / 86400
TIME = np.concatenate([np.arange(0, 20, LONG), np.arange(20, 40, SHORT)])
EXPOSURE = np.where(TIME < 20, LONG, SHORT)
DURATION = 0.25


def pulls(time, exposure):
    rng = np.random.default_rng(0)
    weight = np.full(len(time), 1e6)
    dip = 1e-3 * rng.standard_normal(len(time))
    clear = np.ones(len(time), dtype=bool)
    return box_pulls(time, clear, dip, weight, duration=DURATION, exposure=exposure)


def test_boxes_of_both_exposures_count():
    # 160 boxes of six hours; counted by the short exposure alone, the long ones would seem empty
    assert len(pulls(TIME, EXPOSURE)) == 160
    assert len(pulls(TIME, SHORT)) == 80
    assert np.std(pulls(TIME, EXPOSURE)) == pytest.approx(1.0, abs=0.2)


def test_boxes_less_than_half_full_are_left_out():
    kept = np.ones(len(TIME), dtype=bool)
    # a third of one box of each exposure stays
    for start in (5.0, 30.0):
        kept[(TIME >= start + DURATION / 3) & (TIME < start + DURATION)] = False
    assert len(pulls(TIME[kept], EXPOSURE[kept])) == 158


def test_one_exposure_as_an_array_changes_nothing():
    time = np.arange(0, 40, LONG)
    np.testing.assert_array_equal(pulls(time, LONG), pulls(time, np.full(len(time), LONG)))


def test_periods_of_data_are_counted_by_time():
    # white noise keeps its size if the mean over its periods is subtracted
    period = 8.0
    noise = 1e-3 * np.random.default_rng(1).standard_normal(len(TIME))
    left = without_repeats(
        (TIME + 0.5 * period) % period - 0.5 * period,
        noise,
        np.ones(len(TIME)),
        period=period,
        duration=DURATION,
        exposure=EXPOSURE,
    )
    changed = left / np.where(left == 0, np.nan, noise)
    # five periods: sqrt(5 / 4)
    assert np.nanmedian(changed) == pytest.approx(np.sqrt(5 / 4), rel=0.05)
