import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exoval.whitening.fill_gaps import fill_gaps


def test_what_is_known_stays_and_a_constant_goes_on():
    known = np.array([True, False, False, True, True, False])
    assert np.array_equal(fill_gaps(np.where(known, 3.0, np.nan), known), np.full(6, 3.0))


def test_one_missing_value_is_the_mean_of_its_neighbours():
    known = np.ones(6, dtype=bool)
    known[2] = False
    assert fill_gaps(np.arange(6.0) ** 2, known)[2] == pytest.approx(5.0)


def test_both_sides_are_mirrored_and_cross_faded():
    values = np.array([4.0, 7.0, 0.0, 0.0, 0.0, 1.0, 2.0, 5.0])
    known = np.ones(8, dtype=bool)
    known[2:5] = False
    expected = [0.75 * 7 + 0.25 * 5, 0.5 * 4 + 0.5 * 2, 0.25 * 5 + 0.75 * 1]
    # the circle: before the first value comes the last
    assert fill_gaps(values, known)[2:5] == pytest.approx(expected)


def test_the_end_joins_the_beginning():
    known = np.ones(40, dtype=bool)
    known[30:] = False
    filled = fill_gaps(np.where(known, 10.0 + np.arange(40), 0.0), known)
    assert filled[30] == pytest.approx(39.0, abs=3.0)
    assert filled[39] == pytest.approx(10.0, abs=3.0)


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(0, 5))
def test_filled_values_lie_between_the_known_ones(known, seed):
    known = np.array(known)
    values = np.random.default_rng(seed).standard_normal(len(known))
    filled = fill_gaps(np.where(known, values, np.nan), known)
    if known.any():
        assert filled.min() >= values[known].min() - 1e-12
        assert filled.max() <= values[known].max() + 1e-12
    else:
        assert not filled.any()
