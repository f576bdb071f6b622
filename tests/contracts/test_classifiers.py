"""Every classifier in conf/classifier keeps the promises that training relies on."""

import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hydra import compose, initialize_config_module
from hydra.utils import instantiate
from sklearn.base import clone
from sklearn.utils.validation import has_fit_parameter
from threadpoolctl import threadpool_limits

import conf
from exoval.models.feature_pipeline import feature_pipeline
from exoval.models.model_archive import read_archive, write_archive
from exoval.vetting.judge import ROWS

NAMES = sorted(
    path.stem for folder in conf.__path__ for path in Path(folder, "classifier").glob("*.yaml")
)
#: settings that only cost time here; those a classifier does not have are left alone
QUICK = {
    "inducing_points": 24,
    "epochs": 15,
    "batch_size": 64,
    "learning_rate": 0.1,
    "n_estimators": 40,
    "device": "cpu",
    "evidence_steps": 10,
    "trees": 40,
}


def built(name):
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("train", [f"classifier={name}", "~real", "labelled_set=none"])
    if name == "boosted_trees":
        pytest.importorskip("xgboost")
    classifiers = instantiate(config.classifier, _convert_="all")
    assert list(classifiers) == [name], "the yaml's top key must be its file name"
    estimator = classifiers[name]
    # a setting of a member of an ensemble is called member__setting
    quick = {
        key: QUICK[key.rpartition("__")[2]]
        for key, value in estimator.get_params().items()
        if key.rpartition("__")[2] in QUICK
        and not (key == "learning_rate" and isinstance(value, str))
    }
    # an iteration of boosting is a tree, one of another optimiser a step
    boosted = [key for key in estimator.get_params() if key.endswith("max_leaf_nodes")]
    rounds = {key.replace("max_leaf_nodes", "max_iter"): QUICK["trees"] for key in boosted}
    known = {key: value for key, value in rounds.items() if key in estimator.get_params()}
    return estimator.set_params(**quick, **known)


def rows(count=240, seed=0):
    random = np.random.default_rng(seed)
    y = np.array(["planet", "eclipsing_binary", "no_transit"])[np.arange(count) % 3]
    X = random.normal(size=(count, 4))
    X[:, 0] += 2 * (y == "planet")
    X[:, 1] -= 2 * (y == "no_transit")
    X[random.random(X.shape) < 0.05] = np.nan
    return X, y


def test_there_are_classifiers_to_test():
    assert {"sparse_gp", "laplace_gp", "forest", "logistic", "ensemble"} <= set(NAMES)


def fit(name, **settings):
    X, y = rows()
    return feature_pipeline(clone(built(name)), len(X)).fit(X, y, **settings)


@cache
def fitted(name):
    """Fitted once for all that only ask it."""
    return fit(name)


@pytest.mark.parametrize("name", NAMES)
class TestClassifier:
    def test_probabilities_are_probabilities_and_better_than_chance(self, name):
        X, y = rows(seed=1)
        model = fitted(name)
        probability = model.predict_proba(X)
        assert probability.shape == (len(X), 3)
        assert probability.min() >= 0
        np.testing.assert_allclose(probability.sum(axis=1), 1, atol=1e-6)
        assert list(model.classes_) == ["eclipsing_binary", "no_transit", "planet"]
        assert np.mean(model.predict(X) == y) > 0.6

    def test_the_same_seed_gives_the_same_answer(self, name):
        X, _ = rows(seed=2)
        first, second = (model.predict_proba(X) for model in (fitted(name), fit(name)))
        np.testing.assert_allclose(first, second, atol=1e-6)

    def test_a_row_is_judged_without_regard_to_the_rows_beside_it(self, name):
        X, _ = rows(seed=3)
        model = fitted(name)
        np.testing.assert_allclose(
            model.predict_proba(X)[:7], model.predict_proba(X[:7]), atol=1e-9
        )

    def test_in_a_pass_of_fixed_size_a_row_has_one_answer_to_the_last_bit(self, name):
        """At any place and beside any rows: so judging many at a time is judging each."""
        X, _ = rows(ROWS, seed=6)
        with threadpool_limits(1):
            alone = np.stack([fitted(name).predict_proba(np.tile(x, (ROWS, 1)))[0] for x in X[:9]])
            for shift in (0, 1, 5, 22, ROWS - 1):
                places = (np.arange(9) + shift) % ROWS
                together = fitted(name).predict_proba(np.roll(X, shift, axis=0))[places]
                np.testing.assert_array_equal(together, alone)

    def test_a_card_without_code_holds_it(self, name, tmp_path):
        X, _ = rows(seed=7)
        write_archive(fitted(name), tmp_path / "it.zip")
        with zipfile.ZipFile(tmp_path / "it.zip") as archive:
            assert "card.json" in archive.namelist()
        found = read_archive(tmp_path / "it.zip").predict_proba(X)
        np.testing.assert_allclose(found, fitted(name).predict_proba(X), rtol=1e-11, atol=1e-15)

    def test_two_classes_are_learned_as_well_as_many(self, name):
        X, y = rows(seed=5)
        planet = np.where(y == "planet", "planet", "other")
        model = feature_pipeline(clone(built(name)), len(X)).fit(X, planet)
        assert list(model.classes_) == ["other", "planet"]
        assert np.mean(model.predict(X) == planet) > 0.75

    def test_a_row_of_nothing_but_gaps_gets_a_finite_answer(self, name):
        probability = fitted(name).predict_proba(np.full((1, 4), np.nan))
        assert np.isfinite(probability).all()

    def test_weight_is_honoured(self, name):
        X, _ = rows(seed=4)
        assert has_fit_parameter(built(name), "sample_weight")
        planet = 2
        plain = fitted(name).predict_proba(X)[:, planet].mean()
        heavy = (
            fit(name, classifier__sample_weight=np.where(rows()[1] == "planet", 20.0, 1.0))
            .predict_proba(X)[:, planet]
            .mean()
        )
        assert heavy > plain + 0.02
