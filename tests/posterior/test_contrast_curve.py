"""Contrast curves: what they show, how they are read, and which are none."""

import numpy as np
import pytest

from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.posterior.contrast_curve import ContrastCurve, read_contrast_curve

CURVE = ContrastCurve(np.array([0.1, 0.5, 2.0]), np.array([3.0, 5.0, 7.0]))


def test_a_star_is_shown_if_it_is_brighter_than_the_curve_and_inside_its_range():
    separation = np.array([0.3, 0.3, 0.05, 2.5, np.nan, 2.0])
    difference = np.array([3.9, 4.1, 0.0, 0.0, 0.0, 6.9])
    assert CURVE.shows(separation, difference).tolist() == [True, False, False, False, False, True]


@pytest.mark.parametrize(
    "names", ["separation_arcsec,magnitude_difference", "Sep , dmag", "arcsec,dm"]
)
def test_columns_of_other_people_and_any_order_of_rows(tmp_path, names):
    path = tmp_path / "curve.csv"
    path.write_text(f"# from an archive\n{names}\n2,7\n0.1,3\n0.5,5\n")
    read = read_contrast_curve(path)
    assert np.array_equal(read.separation, CURVE.separation)
    assert np.array_equal(read.difference, CURVE.difference)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "a, b"),
        ("separation_arcsec,magnitude_difference\n0.1,-3\n", "negative"),
        ("separation_arcsec,magnitude_difference\n0.1,3\n0.1,4\n", "ascend"),
        ("separation_arcsec,magnitude_difference\n", "curve"),
        ("separation_arcsec,magnitude_difference\n0.1,faint\n", "faint"),
        ("sep,dmag,Dmag\n0.1,3,4\n", "twice: sep, dmag, dmag"),
        ("sep,dmag\n0.1,3,9\n0.5,4,9\n", "more values"),
        ("", "cannot read"),
    ],
)
def test_a_file_that_is_no_curve_is_one_sentence(tmp_path, text, said):
    path = tmp_path / "curve.csv"
    path.write_text(text)
    with pytest.raises(BadTable, match=said):
        read_contrast_curve(path)


def test_a_missing_file_and_wrong_points_are_named(tmp_path):
    with pytest.raises(DataNotFound, match=r"none\.csv"):
        read_contrast_curve(tmp_path / "none.csv")
    with pytest.raises(BadParameter, match="ascend"):
        ContrastCurve(np.array([2.0, 1.0]), np.array([3.0, 3.0]))
