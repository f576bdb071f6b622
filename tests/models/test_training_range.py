"""Features beyond those of training are named, and those within are not."""

import numpy as np
import pytest
from labelled_sets import changed, gaussian_table

from exoval.models.training_range import missing_share, outside_training, training_range

TABLE = gaussian_table(rows=800, stars=200)
LIMITS = training_range(TABLE)
ROW = dict(zip(TABLE.feature_names, TABLE.features[np.isfinite(TABLE.features).all(axis=1)][0]))


def test_training_rows_are_within_their_own_range():
    for values in TABLE.features:
        row = dict(zip(TABLE.feature_names, values, strict=True))
        assert not [line for line in outside_training(row, LIMITS) if "outside" in line]


def test_most_rows_of_other_stars_are_within():
    other = gaussian_table(rows=400, stars=100, seed=1)
    outside = [
        bool(outside_training(dict(zip(other.feature_names, values, strict=True)), LIMITS))
        for values in np.where(np.isfinite(other.features), other.features, TABLE.features[:400])
        if np.isfinite(values).all()
    ]
    assert len(outside) > 300 and np.mean(outside) < 0.05


@pytest.mark.parametrize("value", [1e30, -1e30, 1e6])
def test_a_value_far_outside_is_named_with_the_range(value):
    (line,) = outside_training(ROW | {"feature_3": value}, LIMITS)
    low, high, _ = LIMITS["feature_3"]
    assert line == f"outside what was simulated: feature_3 {value:.4g} ({low:.4g} to {high:.4g})"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_missing_or_infinite_value_is_named(value):
    assert outside_training(ROW | {"feature_2": value}, LIMITS) == [
        "missing, though measured in training: feature_2"
    ]


def test_a_feature_that_training_often_lacks_may_be_missing():
    often = changed(TABLE, feature_2=np.where(np.arange(len(TABLE)) % 3, np.nan, 1.0))
    row = ROW | {"feature_2": np.nan}
    assert outside_training(row, training_range(often)) == []
    assert missing_share(row, training_range(often)) == (0, 7)
    assert missing_share(row, LIMITS) == (1, 8)


def test_a_constant_feature_may_not_change():
    constant = training_range(changed(TABLE, feature_1=0.0))
    assert outside_training(ROW | {"feature_1": 0.0}, constant) == []
    assert "feature_1 1 (0 to 0)" in outside_training(ROW | {"feature_1": 1.0}, constant)[0]


def test_many_names_are_counted():
    (line,) = outside_training(dict.fromkeys(TABLE.feature_names, np.nan), LIMITS)
    assert line.endswith("feature_0, feature_1, feature_2, feature_3 and 4 more")


def test_bins_of_the_shape_have_no_range():
    renamed = gaussian_table().frame.rename(columns={"feature_1": "shape_bin_01"})
    table = type(TABLE)(
        renamed,
        tuple(
            type(one)("shape_bin_01" if one.name == "feature_1" else one.name, one.unit, "")
            for one in TABLE.columns
        ),
    )
    assert "shape_bin_01" not in training_range(table)
