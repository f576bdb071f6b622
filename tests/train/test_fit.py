import numpy as np
import pytest
from labelled_sets import changed, gaussian_table
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from exoval.calibrate import IsotonicCalibration, NoCalibration
from exoval.classifiers.fitted_model import load_fitted_model
from exoval.classifiers.sparse_gp import SparseGP
from exoval.errors import BadTable, DataNotFound
from exoval.feature_table import Column, FeatureTable
from train.fit import fit
from train.splits import StarSplit

GP = SparseGP(inducing_points=16, epochs=8, learning_rate=0.1, device="cpu", random_state=0)


def model_of(classifier, table, calibration=None):
    return fit("it", classifier, calibration or NoCalibration(), table, StarSplit()(table, 0), 0)


def test_only_the_fitted_part_reaches_the_classifier_and_whole_stars_are_held_out():
    table = gaussian_table()
    split = StarSplit()(table, 0)
    seen = {}

    class Spy(LogisticRegression):
        def fit(self, X, y, groups=None):
            seen.update(rows=len(X), groups=groups)
            return super().fit(X, y)

    fit("spy", Spy(), NoCalibration(), table, split, 0)
    assert seen["rows"] == len(split.fit)
    np.testing.assert_array_equal(seen["groups"], table.targets[split.fit])


def test_calibration_uses_the_calibration_part_only():
    table = gaussian_table(rows=800)
    split = StarSplit()(table, 0)
    seen = {}

    class SpyCalibration(IsotonicCalibration):
        def __call__(self, score, is_planet):
            seen.update(score=score, truth=is_planet)
            return super().__call__(score, is_planet)

    fit("it", LogisticRegression(), SpyCalibration(), table, split, 0)
    np.testing.assert_array_equal(seen["truth"], table.labels[split.calibration] == "planet")


@pytest.mark.parametrize("classifier", [LogisticRegression(), GP, RandomForestClassifier(20)])
def test_a_saved_model_gives_the_same_probabilities(classifier, tmp_path):
    table = gaussian_table()
    model = model_of(classifier, table, IsotonicCalibration())
    model.save(tmp_path)
    loaded = load_fitted_model(tmp_path)
    np.testing.assert_allclose(loaded.probabilities(table), model.probabilities(table), atol=1e-12)
    assert loaded.classes == model.classes and loaded.columns == model.columns


def test_a_damaged_or_absent_model_is_refused(tmp_path):
    with pytest.raises(DataNotFound, match="no fitted model"):
        load_fitted_model(tmp_path)
    model_of(LogisticRegression(), gaussian_table()).save(tmp_path)
    with open(tmp_path / "model.joblib", "ab") as file:
        file.write(b"x")
    with pytest.raises(BadTable, match="not the file that was written"):
        load_fitted_model(tmp_path)


def test_probabilities_sum_to_one_and_hold_the_calibrated_planet():
    table = gaussian_table()
    model = model_of(LogisticRegression(), table, IsotonicCalibration())
    probability = model.probabilities(table)
    np.testing.assert_allclose(probability.sum(axis=1), 1)
    planet, error = model.planet_probability(table)
    np.testing.assert_array_equal(probability[:, model.classes.index("planet")], planet)
    assert np.isnan(error).all()


@pytest.mark.parametrize("classifier", [GP, RandomForestClassifier(30, random_state=0)])
def test_errors_are_finite_and_no_larger_than_a_probability_can_vary(classifier):
    table = gaussian_table()
    _, error = model_of(classifier, table).planet_probability(table)
    assert error.max() > 0 and np.all((error >= 0) & (error <= 0.5))


def test_forest_error_is_the_scatter_between_forests():
    table = gaussian_table(rows=600)
    runs = [model_of(RandomForestClassifier(40, bootstrap=True, random_state=seed), table)
            .planet_probability(table) for seed in range(12)]
    scatter = np.std([probability for probability, _ in runs], axis=0, ddof=1)
    stated = np.mean([error for _, error in runs], axis=0)
    assert 0.8 < np.sqrt(np.mean(scatter**2) / np.mean(stated**2)) < 1.25


def test_columns_are_found_by_name_and_a_missing_one_is_named():
    table = gaussian_table()
    model = model_of(LogisticRegression(), table)
    turned = FeatureTable(table.frame, table.columns[::-1], {})
    np.testing.assert_array_equal(model.probabilities(turned), model.probabilities(table))
    fewer = FeatureTable(table.frame.drop(columns="feature_3"),
                         tuple(c for c in table.columns if c.name != "feature_3"), {})
    with pytest.raises(BadTable, match="feature_3"):
        model.probabilities(fewer)
    other_unit = (Column("feature_0", "percent", ""), *table.columns[1:])
    with pytest.raises(BadTable, match="feature_0"):
        model.probabilities(FeatureTable(table.frame, other_unit, {}))


def test_identity_columns_cannot_change_a_probability():
    table = gaussian_table()
    model = model_of(LogisticRegression(), table)
    renamed = changed(table, label="no_transit", target="KIC 1", disposition="unknown")
    np.testing.assert_array_equal(model.probabilities(renamed), model.probabilities(table))
