import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelled_sets import gaussian_table

from exoval.errors import BadParameter, BadTable
from train.data.splits import StarSplit, assign_stars


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(12, 120))
def test_every_row_is_in_one_part_and_no_star_in_two(seed, stars):
    table = gaussian_table(rows=300, columns=2, stars=stars, seed=seed)
    split = StarSplit()(table, seed=seed)
    parts = [split.fit, split.calibration, split.test]
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(300))
    on = [set(table.targets[rows]) for rows in parts]
    assert not (on[0] & on[1] or on[0] & on[2] or on[1] & on[2])


def test_every_scenario_is_shared_out_as_asked():
    table = gaussian_table(rows=2000, columns=2, stars=200)
    split = StarSplit(calibration_share=0.2, test_share=0.3)(table, seed=0)
    for name in set(table.labels):
        total = (table.labels == name).sum()
        assert abs((table.labels[split.calibration] == name).sum() / total - 0.2) < 0.03
        assert abs((table.labels[split.test] == name).sum() / total - 0.3) < 0.03


def test_one_label_a_star_is_stratified_too():
    labels = np.repeat(["planet", "no_transit"], [30, 300])
    part = assign_stars(
        np.arange(330).astype(str),
        labels,
        share=np.array([0.5, 0.25, 0.25]),
        random=np.random.default_rng(0),
    )
    for number, planets, others in ((0, 15, 150), (1, 7.5, 75), (2, 7.5, 75)):
        assert abs(np.sum(part[:30] == number) - planets) <= 1
        assert abs(np.sum(part[30:] == number) - others) <= 1


def test_the_seed_decides():
    table = gaussian_table(rows=300, columns=2)
    first, again, other = (StarSplit()(table, seed=seed).test for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_too_few_stars_are_refused_with_their_number():
    with pytest.raises(BadTable, match="only 2 stars"):
        StarSplit()(gaussian_table(rows=100, columns=2, stars=2), seed=0)


@pytest.mark.parametrize("shares", [(0.0, 0.2), (0.5, 0.5), (-0.1, 0.2)])
def test_shares_that_leave_nothing_are_refused(shares):
    with pytest.raises(BadParameter, match="calibration_share and test_share"):
        StarSplit(*shares)
