"""Values with masks and units become plain numbers."""

import numpy as np
import pandas as pd
import pytest
from astropy import units
from astropy.utils.masked import Masked

from exoval.plain_numbers import in_days, in_unit_of, is_logarithmic, missing, plain_numbers

VALUES = np.array([1.0, 2.0, 3.0])
MASK = np.array([False, True, False])


@pytest.mark.parametrize(
    "masked",
    [
        np.ma.array(VALUES, mask=MASK),
        np.ma.array([1, 7, 3], mask=MASK),
        Masked(VALUES, mask=MASK),
        Masked(VALUES * units.ct, mask=MASK),
    ],
)
def test_masked_values_are_missing(masked):
    np.testing.assert_array_equal(missing(masked), MASK)
    np.testing.assert_array_equal(plain_numbers(masked), [1.0, np.nan, 3.0])


def test_nothing_is_missing_without_a_mask():
    for values in (VALUES, list(VALUES), pd.Series(VALUES), np.ma.array(VALUES)):
        assert not missing(values).any()


def test_empty_entries_are_nan():
    for values in ([1.0, None, 3.0], pd.Series([1, None, 3], dtype="Int64")):
        np.testing.assert_array_equal(plain_numbers(values), [1.0, np.nan, 3.0])


@pytest.mark.parametrize(
    "values", [["a", "b"], np.ones((2, 2)), 3.0 + np.zeros(()), np.array([1j, 2.0])]
)
def test_what_is_no_flat_array_of_numbers_is_refused(values):
    with pytest.raises((TypeError, ValueError)):
        plain_numbers(values)


def test_units_of_time_become_days_and_others_stay():
    assert in_days(48 * units.hour).value == pytest.approx(2.0)
    assert in_days(3.5) == 3.5
    kept = 3 * units.m
    assert in_days(kept) is kept


def test_values_take_the_unit_of_others_where_both_have_one():
    assert in_unit_of(1e3 * units.mJy, 2 * units.Jy).value == pytest.approx(1.0)
    assert in_unit_of(5.0, 2 * units.Jy) == 5.0
    assert in_unit_of(3 * units.mJy, 7.0).value == 3.0


def test_magnitudes_and_decibels_are_logarithmic():
    assert is_logarithmic(VALUES * units.mag)
    assert is_logarithmic(VALUES * units.ABmag)
    assert not is_logarithmic(VALUES * units.ct) and not is_logarithmic(VALUES)
