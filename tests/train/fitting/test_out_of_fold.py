"""No row is judged or calibrated by anything that learned from its star."""

import numpy as np
import pytest
from labelled_sets import changed, gaussian_table
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from exoval.errors import BadTable
from exoval.labels import PLANET, UNKNOWN
from exoval.models.calibrate import PlattCalibration
from train.fitting.out_of_fold import (
    averaged,
    cross_fitted,
    jackknife_error,
    out_of_fold,
    stacked,
    star_folds,
)

FITS: list[int] = []


class Memory(ClassifierMixin, BaseEstimator):
    """Says 1 for rows that it has seen and 0 for others: a leak would show as 1."""

    def fit(self, X, y, sample_weight=None):
        FITS.append(len(X))
        self.classes_ = np.unique(y)
        self.weight_ = None if sample_weight is None else sample_weight
        self.seen_ = {row.tobytes() for row in X}
        return self

    def predict_proba(self, X):
        planet = np.array([float(row.tobytes() in self.seen_) for row in X])
        rest = (1 - planet) / (len(self.classes_) - 1)
        return np.column_stack([planet if name == PLANET else rest for name in self.classes_])


@pytest.fixture
def table():
    return gaussian_table(rows=240, stars=60, columns=4)


def test_no_star_is_in_two_folds(table):
    fold = star_folds(table, folds=5, seed=0)
    assert set(fold) == set(range(5))
    for star in set(table.targets):
        assert len(set(fold[table.targets == star])) == 1


def test_more_folds_than_stars_are_refused(table):
    with pytest.raises(BadTable, match="folds=300"):
        star_folds(table, folds=300, seed=0)


def test_no_row_is_judged_by_a_copy_that_saw_it(table, tmp_path):
    found = out_of_fold(
        {"memory": Memory()}, table, star_folds(table, folds=4, seed=0), seed=0, cache=tmp_path
    )
    assert np.all(found["memory"].score == 0)


def test_rows_of_unknown_disposition_are_scored_by_all_and_fitted_by_none(table, tmp_path):
    unknown = np.arange(240) % 8 == 0
    table = changed(table, disposition=table.frame["disposition"].mask(unknown, UNKNOWN))
    found = out_of_fold(
        {"memory": Memory()}, table, star_folds(table, folds=4, seed=0), seed=0, cache=tmp_path
    )
    assert np.isfinite(found["memory"].score).all()
    assert np.all(found["memory"].by_fold[:, unknown] == 0)
    assert np.isnan(found["memory"].by_fold[:, ~unknown]).all()


def test_fits_are_kept_until_something_changes(table, tmp_path):
    fold = star_folds(table, folds=3, seed=0)
    FITS.clear()
    first = out_of_fold({"memory": Memory()}, table, fold, seed=0, cache=tmp_path)
    again = out_of_fold({"memory": Memory()}, table, fold, seed=0, cache=tmp_path)
    assert len(FITS) == 3
    np.testing.assert_array_equal(first["memory"].score, again["memory"].score)
    out_of_fold({"memory": Memory()}, table, fold, seed=0, cache=tmp_path, weight=np.full(240, 0.5))
    out_of_fold({"memory": Memory()}, changed(table, feature_1=0.0), fold, seed=0, cache=tmp_path)
    assert len(FITS) == 9


def test_calibration_never_learns_from_the_fold_it_is_used_on(table):
    """Flipping the truths of one fold leaves that fold's probabilities as they are."""
    random = np.random.default_rng(0)
    fold, score = star_folds(table, folds=4, seed=0), random.random(240)
    truth = (random.random(240) < score).astype(float)
    flipped = np.where(fold == 2, 1 - truth, truth)
    one, other = (
        cross_fitted(score, t, fold, calibration=PlattCalibration()) for t in (truth, flipped)
    )
    np.testing.assert_array_equal(one[fold == 2], other[fold == 2])
    assert not np.allclose(one[fold != 2], other[fold != 2])
    joined = [stacked(np.stack([score, score**2]), t, fold) for t in (truth, flipped)]
    np.testing.assert_array_equal(joined[0][fold == 2], joined[1][fold == 2])


def test_calibration_mends_scores_that_are_too_bold():
    random = np.random.default_rng(1)
    probability = random.random(8000)
    truth = (random.random(8000) < probability).astype(float)
    bold = probability**3 / (probability**3 + (1 - probability) ** 3)
    mended = cross_fitted(bold, truth, np.arange(8000) % 5, calibration=PlattCalibration())
    assert np.abs(mended - probability).max() < 0.05 < np.abs(bold - probability).max()


def test_a_stack_finds_the_member_that_knows():
    random = np.random.default_rng(2)
    good, noise = random.random((2, 4000))
    truth = (random.random(4000) < good).astype(float)
    joined = stacked(np.stack([good, noise]), truth, np.arange(4000) % 4)
    assert np.corrcoef(joined, good)[0, 1] > 0.97 > abs(np.corrcoef(joined, noise)[0, 1])


def test_the_average_of_equals_is_the_same():
    probability = np.array([0.1, 0.5, 0.97])
    np.testing.assert_allclose(averaged(np.stack([probability] * 3)), probability)


def test_the_jackknife_gives_the_error_of_a_mean():
    """Of a mean of independent numbers it is their scatter over the root of their number."""
    values = np.random.default_rng(3).normal(size=(20, 50))
    without = np.stack(
        [np.delete(values, k, axis=0).mean(axis=(0, 1), keepdims=True)[0] for k in range(20)]
    )
    expected = values.mean(axis=1).std(ddof=1) / np.sqrt(20)
    assert jackknife_error(without)[0] == pytest.approx(expected)


def test_weights_reach_the_classifier(table, tmp_path):
    """Rows that weigh nothing teach nothing: only those of the truth's own sign are left."""
    fold = star_folds(table, folds=3, seed=0)
    is_planet = table.labels == PLANET
    heavy = out_of_fold(
        {"logistic": LogisticRegression()},
        table,
        fold,
        seed=0,
        cache=tmp_path,
        weight=np.where(is_planet, 1.0, 0.01),
    )
    even = out_of_fold({"logistic": LogisticRegression()}, table, fold, seed=0, cache=tmp_path)
    assert heavy["logistic"].score.mean() > even["logistic"].score.mean() + 0.2
