import numpy as np
from scipy.stats import kstest

from exoval.models.quantile_alignment import QuantileAlignment, quantiles


def test_another_scale_is_undone():
    random = np.random.default_rng(0)
    home, away = random.normal(size=(4000, 2)), random.normal(size=(4000, 2))
    measured = np.column_stack([3 * away[:, 0] + 1, np.exp(away[:, 1])])
    alignment = QuantileAlignment(quantiles(measured), quantiles(home))
    aligned = alignment.transform(measured)
    assert kstest(aligned[:, 0], home[:, 0]).pvalue > 0.01
    inner = np.abs(away).max(axis=1) < 2
    np.testing.assert_allclose(aligned[inner], away[inner], atol=0.2)


def test_missing_values_stay_missing_and_empty_columns_are_left_alone():
    features = np.array([[1.0, np.nan, 5.0], [np.nan, np.nan, 6.0], [3.0, np.nan, 7.0]])
    home = np.array([[1.0, 2.0, np.nan], [2.0, 3.0, np.nan]])
    aligned = QuantileAlignment(quantiles(features), quantiles(home)).transform(features)
    assert np.isnan(aligned[1, 0]) and np.all(np.isnan(aligned[:, 1]))
    np.testing.assert_array_equal(aligned[:, 2], features[:, 2])


def test_counts_keep_their_order_and_values_beyond_move_with_the_last():
    random = np.random.default_rng(1)
    away, home = random.integers(0, 4, (1000, 1)), random.integers(0, 4, (1000, 1)) * 10.0
    alignment = QuantileAlignment(quantiles(away.astype(float)), quantiles(home))
    values = np.array([[0.0], [1.0], [2.0], [3.0], [5.0]])
    np.testing.assert_allclose(alignment.transform(values)[:, 0], [0, 10, 20, 30, 32])


def test_weights_choose_the_population_of_home():
    values = np.arange(1000.0)[:, None]
    weight = np.where(values[:, 0] < 500, 1.0, 0.0)
    assert quantiles(values, weight=weight).max() == 499.0
