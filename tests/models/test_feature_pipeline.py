import warnings

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from exoval.models.feature_pipeline import CLIP, feature_pipeline


def heavy_tailed(rows=300, seed=0):
    random = np.random.default_rng(seed)
    y = random.integers(0, 2, rows)
    X = random.normal(size=(rows, 3))
    X[:, 0] = 10 ** (3 * (X[:, 0] + y))
    return X, y


def fitted(X, y):
    pipeline = feature_pipeline(LogisticRegression(), len(X))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return pipeline.fit(X, y)


def scaled(pipeline, X):
    return pipeline[:-1].transform(X)


def test_a_monotone_change_of_a_feature_changes_little():
    X, y = heavy_tailed()
    logarithm = X.copy()
    logarithm[:, 0] = np.log(X[:, 0])
    one, other = (fitted(rows, y).predict_proba(rows) for rows in (X, logarithm))
    assert np.abs(one - other).max() < 0.05


def test_values_beyond_training_become_its_extremes():
    X, y = heavy_tailed()
    pipeline = fitted(X, y)
    outside = scaled(pipeline, np.array([[1e30, 1e9, -1e9]]))
    np.testing.assert_allclose(outside, [[CLIP, CLIP, -CLIP]])


def test_missing_values_become_the_median_and_are_marked():
    X, y = heavy_tailed()
    gappy = X.copy()
    gappy[::5, 1] = np.nan
    pipeline = fitted(gappy, y)
    row = scaled(pipeline, np.array([[1.0, np.nan, 0.0], [1.0, 0.3, 0.0]]))
    assert row.shape == (2, 4)
    assert row[0, 1] == 0.0
    np.testing.assert_array_equal(row[:, 3], [1.0, 0.0])


def test_a_gap_never_seen_in_training_is_the_median():
    X, y = heavy_tailed()
    row = scaled(fitted(X, y), np.full((1, 3), np.nan))
    np.testing.assert_array_equal(row, np.zeros((1, 3)))


@pytest.mark.parametrize("value", [7.0, np.nan])
def test_a_feature_that_is_constant_or_empty_is_left_out(value):
    X, y = heavy_tailed()
    useless = np.column_stack([X, np.full(len(X), value)])
    pipeline = feature_pipeline(LogisticRegression(), len(X)).fit(useless, y)
    expected = fitted(X, y).predict_proba(X)
    np.testing.assert_allclose(pipeline.predict_proba(useless), expected, atol=1e-9)


def test_scaling_is_learned_from_training_rows_only():
    X, y = heavy_tailed()
    pipeline = fitted(X, y)
    alone = scaled(pipeline, X[:1])
    beside_others = scaled(pipeline, np.concatenate([X[:1], X * 1000]))[:1]
    np.testing.assert_array_equal(alone, beside_others)
