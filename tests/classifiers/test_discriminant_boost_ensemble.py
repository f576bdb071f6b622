import builtins

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from exoval.classifiers.boosted_trees import BoostedTrees
from exoval.classifiers.ensemble import Ensemble, cool, temperature
from exoval.classifiers.gaussian_discriminant import GaussianDiscriminant
from exoval.errors import BadParameter, DataNotFound

LOGISTIC, NAIVE = ("logistic", LogisticRegression()), ("naive", GaussianNB())


#: scikit-learn's check that a row of weight 2 counts as much as two rows
WEIGHTS_AND_COPIES = "check_sample_weight_equivalence_on_dense_data"


def expected_failures(estimator):
    if isinstance(estimator, BoostedTrees):
        return {
            WEIGHTS_AND_COPIES: "quantiles of weighted and of repeated rows differ in the last bins"
        }
    return (
        {WEIGHTS_AND_COPIES: "copies of a row may be dealt to two shares"}
        if isinstance(estimator, Ensemble)
        else {}
    )


def checked():
    found = [
        GaussianDiscriminant(),
        GaussianDiscriminant(shared_covariance=False),
        Ensemble(members=[LOGISTIC, NAIVE], random_state=0),
        Ensemble(members=[LOGISTIC, NAIVE], combine="stack", random_state=0),
    ]
    try:
        import xgboost  # noqa: F401
    except ImportError:
        return found
    return [*found, BoostedTrees(trees=20, row_share=1.0, column_share=1.0, random_state=0)]


@parametrize_with_checks(checked(), expected_failed_checks=expected_failures)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def rows(count=600, classes=3, seed=0):
    random = np.random.default_rng(seed)
    y = np.arange(count) % classes
    X = random.normal(size=(count, 3)) * (1 + 0.4 * y[:, None])
    X[:, 0] += 1.5 * (y == 1)
    X[:, 1] += 1.5 * (y == 2)
    return X, y


@pytest.mark.parametrize(
    ("shared", "theirs"),
    [
        (True, LinearDiscriminantAnalysis(solver="lsqr")),
        (False, QuadraticDiscriminantAnalysis(reg_param=0.0)),
    ],
)
def test_without_weights_and_shrinkage_it_is_scikit_learns(shared, theirs):
    X, y = rows()
    ours = GaussianDiscriminant(shared_covariance=shared, shrinkage=0.0).fit(X, y)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.fit(X, y).predict_proba(X), atol=0.01)


@pytest.mark.parametrize("shared", [True, False])
def test_a_weight_of_three_is_three_rows(shared):
    X, y = rows(90)
    times = 1 + np.arange(90) % 3
    weighted = GaussianDiscriminant(shared_covariance=shared).fit(X, y, sample_weight=times)
    repeated = GaussianDiscriminant(shared_covariance=shared).fit(
        np.repeat(X, times, 0), np.repeat(y, times)
    )
    np.testing.assert_allclose(weighted.predict_proba(X), repeated.predict_proba(X), atol=1e-9)


def test_more_features_than_rows_is_still_a_gaussian():
    random = np.random.default_rng(1)
    X, y = random.normal(size=(12, 30)), np.arange(12) % 2
    probability = GaussianDiscriminant(shared_covariance=False).fit(X, y).predict_proba(X)
    assert np.isfinite(probability).all()


def test_boosted_trees_take_gaps_and_learn_what_they_mean():
    pytest.importorskip("xgboost")
    X, y = rows(classes=2)
    X[y == 1, 2] = np.nan
    model = BoostedTrees(trees=30, random_state=0).fit(X, np.array(["no", "yes"])[y])
    assert np.all(model.predict(X) == np.array(["no", "yes"])[y])


def test_without_xgboost_the_remedy_is_named(monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name == "xgboost":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(DataNotFound, match=r"pip install 'exoval\[boost\]'"):
        BoostedTrees().fit(*rows())


def test_temperature_finds_the_distortion_again():
    random = np.random.default_rng(2)
    honest = random.dirichlet(np.ones(3), size=6000)
    codes = (honest.cumsum(axis=1) < random.random((6000, 1))).sum(axis=1)
    assert temperature(cool(honest, power=2.5), codes, np.ones(6000)) == pytest.approx(0.4, rel=0.1)


def test_an_overconfident_member_is_cooled_and_a_calibrated_one_is_not():
    random = np.random.default_rng(3)
    X = random.normal(size=(1500, 2))
    y = (X[:, 0] + random.normal(size=1500) > 0).astype(int)
    model = Ensemble(
        members=[("linear", LogisticRegression()), ("tree", DecisionTreeClassifier())],
        random_state=0,
    ).fit(X, y)
    assert model.temperatures_[0] == pytest.approx(1.0, abs=0.15)
    assert model.temperatures_[1] < 0.3


@pytest.mark.parametrize("combine", ["average", "stack"])
def test_the_ensemble_is_better_than_its_members(combine):
    X, y = rows(900)
    test, truth = rows(900, seed=4)
    members = [LOGISTIC, NAIVE, ("tree", DecisionTreeClassifier(max_depth=4, random_state=0))]
    model = Ensemble(members=members, combine=combine, random_state=0).fit(X, y)

    def loss(probability):
        return -np.log(np.clip(probability[np.arange(len(truth)), truth], 1e-6, 1)).mean()

    of_members = [loss(answers) for answers in model.predict_proba_draws(test)]
    together = loss(model.predict_proba(test))
    # an average may fall behind its best member, a stack may not by more than noise
    best = np.mean(of_members) if combine == "average" else min(of_members) + 0.02
    assert together < best
    assert set(model.left_out_loss_) == {"logistic", "naive", "tree"}


def test_agreement_and_interval_say_where_members_differ():
    X, y = rows(600)
    model = Ensemble(members=[LOGISTIC, NAIVE], random_state=0).fit(X, y)
    answers = model.predict_proba_draws(X)
    together = np.argmax(answers[0], axis=1) == np.argmax(answers[1], axis=1)
    np.testing.assert_array_equal(model.agreement(X) == 1.0, together)
    lower, upper = model.predict_proba_interval(X, level=0.9)
    np.testing.assert_allclose(upper - lower, 0.9 * np.abs(answers[0] - answers[1]), atol=1e-9)


def test_no_star_is_in_a_members_training_and_its_left_out_answers():
    seen = []

    class Spy(LogisticRegression):
        def fit(self, X, y, sample_weight=None, groups=None):
            seen.append(set(groups))
            return super().fit(X, y, sample_weight)

    X, y = rows(300)
    stars = np.random.default_rng(0).integers(0, 40, 300)
    Ensemble(members=[("one", Spy()), NAIVE], random_state=0).fit(X, y, groups=stars)
    in_folds = seen[:-1]
    assert len(in_folds) == 3 and seen[-1] == set(stars)
    assert set.intersection(*in_folds) == set()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"members": [LOGISTIC]}, "1 members"),
        ({"combine": "vote"}, "combine is 'vote'"),
        ({"folds": 1}, "folds is 1"),
    ],
)
def test_settings_out_of_range_are_named(settings, message):
    with pytest.raises(BadParameter, match=message):
        Ensemble(**{"members": [LOGISTIC, NAIVE]} | settings).fit(*rows())
