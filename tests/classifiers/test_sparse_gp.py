import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm
from sklearn.base import clone
from sklearn.metrics import log_loss
from sklearn.utils.estimator_checks import parametrize_with_checks

from exoval.classifiers.sparse_gp import SparseGP
from exoval.errors import BadParameter
from exoval.gaussian_process.quasi_random import sobol_normal
from exoval.networks.held_out_rows import held_out_rows

QUICK = {
    "inducing_points": 24,
    "epochs": 40,
    "batch_size": 64,
    "learning_rate": 0.1,
    "device": "cpu",
    "random_state": 0,
}


#: scikit-learn's check that a row of weight 2 counts as much as two rows
WEIGHTS_AND_COPIES = "check_sample_weight_equivalence_on_dense_data"


def expected_failures(estimator):
    return {WEIGHTS_AND_COPIES: "a row of weight 2 and two rows fall into other minibatches"}


@parametrize_with_checks(
    [SparseGP(held_out_share=0.0, **QUICK | {"epochs": 15})],
    expected_failed_checks=expected_failures,
)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def two_clusters(rows, seed, distance=2.0):
    """Classes from two unit Gaussians in the plane, and their true posterior probability."""
    random = np.random.default_rng(seed)
    y = random.integers(0, 2, rows)
    X = random.normal(size=(rows, 2))
    X[:, 0] += distance * y
    return X, y, 1 / (1 + np.exp(-distance * (X[:, 0] - distance / 2)))


def test_probability_comes_near_the_bayes_posterior():
    X, y, _ = two_clusters(600, seed=0)
    test, truth, best = two_clusters(2000, seed=1)
    probability = SparseGP(**QUICK).fit(X, y).predict_proba(test)[:, 1]
    assert np.mean(np.abs(probability - best)) < 0.04
    assert log_loss(truth, probability) < log_loss(truth, best) + 0.02


def test_a_boundary_that_no_straight_line_can_draw_is_learned():
    random = np.random.default_rng(2)
    X = random.uniform(-2, 2, size=(700, 2))
    y = np.where(np.hypot(*X.T) < 1.1, "inside", "outside")
    model = SparseGP(**QUICK).fit(X[:500], y[:500])
    assert np.mean(model.predict(X[500:]) == y[500:]) > 0.93


def test_an_irrelevant_feature_gets_a_longer_length_scale():
    random = np.random.default_rng(3)
    X = random.normal(size=(500, 2))
    y = (np.sin(2 * X[:, 0]) > 0).astype(int)
    model = SparseGP(**QUICK).fit(X, y)
    raw = model.state_["covar_module.base_kernel.raw_lengthscale"].reshape(2, 2)
    assert np.all(raw[:, 1] > raw[:, 0])


def test_far_from_the_data_the_answer_is_uncertain():
    X, y, _ = two_clusters(300, seed=4)
    model = SparseGP(**QUICK).fit(X, y)
    near, far = model.predict_proba_draws(np.array([[2.0, 0.0], [200.0, 200.0]]))[:, :, 1].T
    assert far.std() > 2 * near.std()
    assert abs(far.mean() - 0.5) < 0.25


def test_interval_is_that_of_the_draws_and_widens_with_level():
    X, y, _ = two_clusters(300, seed=5)
    model = SparseGP(**QUICK).fit(X, y)
    narrow, wide = (model.predict_proba_interval(X, level=level) for level in (0.5, 0.95))
    assert np.all(wide[0] <= narrow[0]) and np.all(narrow[1] <= wide[1])
    draws = model.predict_proba_draws(X)
    inside = (draws >= wide[0]) & (draws <= wide[1])
    assert np.all(np.abs(inside.mean(axis=0) - 0.95) < 0.02)
    with pytest.raises(BadParameter, match=r"level is 1\.5"):
        model.predict_proba_interval(X, level=1.5)


def test_two_fits_agree_and_leave_the_global_random_states_alone():
    import torch

    X, y, _ = two_clusters(300, seed=6)
    torch.manual_seed(1)
    np.random.seed(1)
    before = torch.get_rng_state(), np.random.get_state()[1].copy()
    first = SparseGP(**QUICK).fit(X, y).predict_proba(X)
    assert torch.equal(torch.get_rng_state(), before[0])
    assert np.array_equal(np.random.get_state()[1], before[1])
    torch.manual_seed(2)
    np.random.seed(2)
    np.testing.assert_allclose(SparseGP(**QUICK).fit(X, y).predict_proba(X), first, atol=1e-6)


def test_training_stops_early_and_goes_back_to_the_best_epoch():
    random = np.random.default_rng(7)
    X, y = random.normal(size=(400, 5)), random.integers(0, 2, 400)
    model = SparseGP(**QUICK | {"epochs": 200, "patience": 4}, held_out_share=0.2).fit(X, y)
    best = int(np.argmin(model.held_out_loss_))
    assert model.epochs_run_ == best + 1 + 4 < 200
    shorter = clone(model).set_params(epochs=best + 1).fit(X, y)
    np.testing.assert_allclose(shorter.predict_proba(X), model.predict_proba(X), atol=1e-9)


def test_held_out_rows_share_no_group_with_fitted_ones():
    groups = np.random.default_rng(8).integers(0, 30, 500)
    fitted, held_out = held_out_rows(500, groups, share=0.2, random=np.random.RandomState(0))
    assert len(held_out) > 50 and len(fitted) + len(held_out) == 500
    assert not set(groups[fitted]) & set(groups[held_out])


def test_rows_of_no_weight_leave_no_trace():
    X, y, _ = two_clusters(300, seed=9)
    spoiled = np.concatenate([X, X + 50]), np.concatenate([y, 1 - y])
    weight = np.concatenate([np.ones(300), np.zeros(300)])
    plain = SparseGP(**QUICK).fit(X, y).predict_proba(X)
    np.testing.assert_allclose(
        SparseGP(**QUICK).fit(*spoiled, sample_weight=weight).predict_proba(X), plain, atol=1e-9
    )


def test_weights_move_the_probability_as_copies_would():
    random = np.random.default_rng(10)
    X, y = random.normal(size=(400, 1)), np.repeat([0, 1], 200)
    weight = np.where(y == 1, 3.0, 1.0)
    model = SparseGP(held_out_share=0.0, **QUICK).fit(X, y, sample_weight=weight)
    assert abs(model.predict_proba(X)[:, 1].mean() - 0.75) < 0.03


@pytest.mark.parametrize(
    ("setting", "value"),
    [("kernel", "cubic"), ("inducing_points", 0), ("epochs", -1), ("held_out_share", 1.0)],
)
def test_a_setting_out_of_range_is_named(setting, value):
    X, y, _ = two_clusters(40, seed=11)
    with pytest.raises(BadParameter, match=f"{setting} is '?{value}"):
        SparseGP(**{setting: value}).fit(X, y)


def test_draws_are_standard_normal_and_always_the_same():
    draws = sobol_normal(1024, 3)
    np.testing.assert_array_equal(draws, sobol_normal(1024, 3))
    np.testing.assert_allclose(np.cov(draws.T), np.eye(3), atol=0.02)
    np.testing.assert_allclose(
        np.quantile(draws[:, 0], [0.1, 0.9]), norm.ppf([0.1, 0.9]), atol=0.01
    )


def test_multi_class_softmax_is_integrated_over_the_latent_posterior():
    """The mean over many draws of a softmax of Gaussians, by brute force."""
    random = np.random.default_rng(12)
    X = random.normal(size=(240, 2))
    y = np.arange(240) % 3
    X[:, 0] += 1.5 * (y == 1)
    X[:, 1] += 1.5 * (y == 2)
    model = SparseGP(prediction_draws=4096, **QUICK).fit(X, y)
    import torch

    from exoval.gaussian_process.latent_functions import LatentFunctions

    latent = LatentFunctions.from_arrays(model.state_, model.kernel).eval()
    with torch.no_grad():
        mean, deviation = (part.numpy() for part in latent.marginals(torch.as_tensor(X[:5])))
    for row in range(5):
        logits = multivariate_normal(mean[row], np.diag(deviation[row] ** 2)).rvs(
            200_000, random_state=row
        )
        softmax = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        np.testing.assert_allclose(model.predict_proba(X[:5])[row], softmax.mean(axis=0), atol=3e-3)
