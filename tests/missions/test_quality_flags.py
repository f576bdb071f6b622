import numpy as np
import pytest

from exoval.missions.quality_flags import ALL_BITS, quality_bits


@pytest.mark.parametrize(
    "kind", ["i2", "i4", "i8", ">i4", ">i8", "u2", "f4", "f8", ">f4", "U8", "S8", "O"]
)
def test_one_number_in_every_type(kind):
    assert quality_bits(np.array([0, 4, 4096]).astype(kind)).tolist() == [0, 4, 4096]


@pytest.mark.parametrize("kind", ["U4", "S4", "O"])
def test_letters(kind):
    flags = np.array(["G", "X", "g ", "", "C"]).astype(kind)
    assert quality_bits(flags).tolist() == [0, ALL_BITS, 0, 0, ALL_BITS]


def test_flags_of_true_are_bad():
    assert quality_bits(np.array([True, False])).tolist() == [1, 0]


def test_a_missing_flag_is_bad_unless_all_are_missing():
    assert quality_bits(np.array([np.nan, 0.0])).tolist() == [ALL_BITS, 0]
    assert quality_bits(np.array([np.nan, np.nan])).tolist() == [0, 0]


@pytest.mark.parametrize("wrong", [np.inf, -np.inf, 1e300, 2.0**63])
@pytest.mark.parametrize("kind", ["f8", "U25", "O"])
def test_a_flag_too_large_for_bits_is_bad(kind, wrong):
    assert quality_bits(np.array([wrong, 4.0]).astype(kind)).tolist() == [ALL_BITS, 4]
