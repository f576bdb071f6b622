"""Lists of neighbours: needed depths, and how they are read."""

import numpy as np
import pytest

from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.posterior.neighbours import Neighbours, read_neighbours


def test_a_star_of_a_hundredth_needs_a_dip_a_hundred_times_as_deep():
    star = Neighbours(np.array([9.0, 9.0, 9.0]), np.array([5.0, 0.0, -2.5]))
    assert star.needed_depth(0.001) == pytest.approx([0.1, 0.001, 1e-4])


def test_a_target_without_neighbours_has_an_empty_list(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(
        "target,separation_arcsec,magnitude_difference,name\n"
        "KIC 1,9.5,2.5,a\nKIC 2,,,\nKIC 1,12,-1,b\n"
    )
    read = read_neighbours(path)
    assert read["KIC 1"].separation.tolist() == [9.5, 12.0]
    assert read["KIC 2"].separation.size == 0 and "KIC 3" not in read


def test_a_name_with_a_space_behind_it_is_the_same_target(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(
        "target,separation_arcsec,magnitude_difference\nKIC 1,3,1\nKIC 1 ,4,2\n KIC 1,5,3\n"
    )
    assert read_neighbours(path)["KIC 1"].separation.tolist() == [3.0, 4.0, 5.0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("target,ra\nKIC 1,2\n", "lacks separation_arcsec, magnitude_difference"),
        ("target,separation_arcsec,magnitude_difference\nKIC 1,-4,2\n", "negative"),
        ("target,separation_arcsec,magnitude_difference\nKIC 1,4,\n", "without magnitudes"),
        ("target,separation_arcsec,magnitude_difference\nKIC 1,near,2\n", "near"),
        ("target,separation_arcsec,magnitude_difference\nKIC 1,,3\n", "KIC 1: 1 neighbours"),
        ("target,separation_arcsec,magnitude_difference\n,4,2\nKIC 1,,\n", "no target"),
        ("target,separation_arcsec,magnitude_difference\nKIC 1,4,2,9\n", "more values"),
    ],
)
def test_a_file_that_is_no_list_is_one_sentence(tmp_path, text, said):
    path = tmp_path / "list.csv"
    path.write_text(text)
    with pytest.raises(BadTable, match=said):
        read_neighbours(path)


def test_a_missing_file_and_wrong_stars_are_named(tmp_path):
    with pytest.raises(DataNotFound, match=r"none\.csv"):
        read_neighbours(tmp_path / "none.csv")
    with pytest.raises(BadParameter, match="1 neighbours"):
        Neighbours(np.array([np.nan]), np.array([1.0]))
