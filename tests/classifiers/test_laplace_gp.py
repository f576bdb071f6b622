import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.special import expit
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.gaussian_process.kernels import RBF, ConstantKernel
from sklearn.metrics import log_loss
from sklearn.utils.estimator_checks import parametrize_with_checks

from exoval.classifiers.laplace_gp import LaplaceGP, subset
from exoval.errors import BadParameter
from exoval.gaussian_process.kernels import scaled_kernel
from exoval.gaussian_process.latent_functions import LatentFunctions, negative_evidence_bound
from exoval.gaussian_process.nystrom_features import NystromFeatures, RowChunks
from exoval.gaussian_process.softmax_newton import laplace, log_posterior, solve, summarise
from exoval.gaussian_process.variational_evidence import (
    divergence,
    expected_log_likelihood,
    updated,
)
from exoval.gaussian_process.variational_newton import refine

QUICK = {
    "inducing_points": 60,
    "evidence_inducing_points": 40,
    "evidence_steps": 25,
    "random_state": 0,
}


@parametrize_with_checks([LaplaceGP(**QUICK | {"evidence_steps": 5})])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def two_clusters(rows, seed, distance=2.0):
    random = np.random.default_rng(seed)
    y = random.integers(0, 2, rows)
    X = random.normal(size=(rows, 2))
    X[:, 0] += distance * y
    return X, y, expit(distance * (X[:, 0] - distance / 2))


def three_classes(rows, seed):
    random = np.random.default_rng(seed)
    y = np.arange(rows) % 3
    X = random.normal(size=(rows, 2))
    X[:, 0] += 1.8 * (y == 1)
    X[:, 1] += 1.8 * (y == 2)
    return X, y


def features_of(rows, size, seed=0):
    random = np.random.default_rng(seed)
    return torch.as_tensor(random.normal(size=(rows, size)))


@pytest.mark.parametrize("classes", [2, 3])
def test_newton_finds_the_mode_that_a_general_optimiser_finds(classes):
    from scipy.optimize import minimize

    phi, weight = features_of(80, 4), torch.linspace(0.5, 2, 80, dtype=torch.float64)
    codes = torch.as_tensor(np.random.default_rng(1).integers(0, classes, 80))
    outputs = 1 if classes == 2 else classes
    chunks = [(phi[:50], codes[:50], weight[:50]), (phi[50:], codes[50:], weight[50:])]
    found = laplace(
        chunks, start=torch.zeros(4, outputs, dtype=torch.float64), steps=50, tolerance=1e-12
    )
    best = minimize(
        lambda w: -log_posterior(chunks, torch.as_tensor(w.reshape(4, outputs))),
        np.zeros(4 * outputs),
        tol=1e-12,
    )
    assert found.converged
    np.testing.assert_allclose(found.mode.numpy().ravel(), best.x, atol=2e-4)


def test_the_curvature_solved_with_is_that_of_the_log_posterior():
    phi, codes = features_of(40, 3), torch.as_tensor(np.arange(40) % 3)
    weight = torch.ones(40, dtype=torch.float64)
    chunks, mode = [(phi, codes, weight)], features_of(3, 3, seed=2)
    hessian = torch.autograd.functional.hessian(
        lambda w: (
            torch.log_softmax(phi @ w, 1)[torch.arange(40), codes].sum() - 0.5 * w.square().sum()
        ),
        mode,
    ).reshape(9, 9)
    right = features_of(3, 3, seed=3)
    found = solve(chunks, summarise(chunks, mode), right, tolerance=1e-14)
    np.testing.assert_allclose(
        found.reshape(9), torch.linalg.solve(-hessian, right.reshape(9)), rtol=1e-5, atol=1e-8
    )


@pytest.mark.parametrize("classes", [2, 3])
def test_slope_of_the_bound_at_its_best_posterior_is_that_of_finite_differences(classes):
    """Holding q fixed is enough only where q is the optimum: the differences find it anew."""
    random = np.random.default_rng(4)
    X, codes = (
        torch.as_tensor(random.normal(size=(60, 2))),
        torch.as_tensor(random.integers(0, classes, 60)),
    )
    weight = torch.ones(60, dtype=torch.float64)
    kernel = scaled_kernel("rbf", 2, logarithmic=True)

    def bound(posterior=None):
        phi = NystromFeatures(kernel, X[:12])(X)
        outputs = 1 if classes == 2 else classes
        found = posterior
        for _ in range(60):
            found = updated(
                phi.detach(),
                codes,
                weight,
                prior_variance=float(kernel.outputscale.detach()),
                outputs=outputs,
                posterior=found,
            )
        likelihood = expected_log_likelihood(
            phi, codes, weight, prior_variance=kernel.outputscale, posterior=found
        )
        return likelihood, float(likelihood.detach()) - divergence(found)

    bound()[0].backward()
    raw = kernel.base_kernel.raw_lengthscale
    exact, at = raw.grad.clone()[0, 0], raw.detach().clone()
    sides = []
    for change in (1e-3, -1e-3):
        raw.data = at + torch.tensor([[change, 0.0]], dtype=torch.float64)
        sides.append(bound()[1])
    # the curvature blocks of quasi-random draws are not quite the slope of the drawn bound
    assert float(exact) == pytest.approx((sides[0] - sides[1]) / 2e-3, rel=0.03, abs=0.02)


def test_mode_is_that_of_an_exact_laplace_process():
    """With every row an inducing point scikit-learn's exact classifier is the same model."""
    X, y, _ = two_clusters(60, seed=5)
    exact = GaussianProcessClassifier(ConstantKernel(4.0, "fixed") * RBF(1.5, "fixed")).fit(X, y)
    kernel = scaled_kernel("rbf", 2)
    kernel.base_kernel.lengthscale, kernel.outputscale = 1.5, 4.0
    rows = torch.as_tensor(X)
    phi = NystromFeatures(kernel, rows)(rows).detach()[:, :-1]
    chunks = [(phi, torch.as_tensor(y), torch.ones(60, dtype=torch.float64))]
    found = laplace(
        chunks, start=torch.zeros(60, 1, dtype=torch.float64), steps=50, tolerance=1e-12
    )
    latent = (phi @ found.mode).numpy()[:, 0]
    np.testing.assert_allclose(expit(latent), exact.base_estimator_.pi_, atol=1e-4)


def test_the_posterior_is_the_one_with_the_highest_bound():
    """Ascent on the library's own variational process of the same kernel finds no better one."""
    X, y = three_classes(150, seed=9)
    settings = {"inducing_points": 25, "evidence_steps": 10, "random_state": 0}
    data = torch.as_tensor(X), torch.as_tensor(y), torch.ones(150, dtype=torch.float64)

    def bound(model, steps):
        latent = LatentFunctions.from_laplace(model)
        variational = latent.variational_strategy._variational_distribution
        optimiser = torch.optim.Adam(variational.parameters(), lr=0.003)
        for _ in range(steps):
            optimiser.zero_grad()
            loss = negative_evidence_bound(
                latent,
                *data,
                data_scale=1.0,
                divergence_scale=1.0,
                generator=torch.Generator().manual_seed(0),
            )
            loss.backward()
            optimiser.step()
        with torch.no_grad():
            return np.mean(
                [
                    -float(
                        negative_evidence_bound(
                            latent,
                            *data,
                            data_scale=1.0,
                            divergence_scale=1.0,
                            generator=torch.Generator().manual_seed(seed),
                        )
                    )
                    for seed in range(40)
                ]
            )

    refined = LaplaceGP(**settings).fit(X, y)
    mode_only = LaplaceGP(variational_steps=0, **settings).fit(X, y)
    assert bound(refined, 0) > bound(mode_only, 0) + 0.1
    assert bound(refined, 150) < bound(refined, 0) + 0.1


def test_the_mean_lies_farther_out_than_the_mode_where_classes_are_separated():
    phi = torch.linspace(1, 2, 30, dtype=torch.float64)[:, None]
    chunks = [
        (
            torch.cat([phi, torch.ones_like(phi)], 1),
            torch.ones(30, dtype=int),
            torch.ones(30, dtype=torch.float64),
        )
    ]
    mode = laplace(chunks, start=torch.zeros(2, 1, dtype=torch.float64), steps=50, tolerance=1e-12)
    # brute force: the posterior mean of two weights on a grid
    axis = torch.linspace(-5, 6, 600, dtype=torch.float64)
    weights = torch.cartesian_prod(axis, axis)
    log = torch.nn.functional.logsigmoid(weights @ chunks[0][0].T).sum(
        1
    ) - 0.5 * weights.square().sum(1)
    truth = (torch.softmax(log, 0)[:, None] * weights).sum(0)
    found = refine(
        [(chunks[0][0], *chunks[0][1:])], mode, prior_variance=0.0, steps=30, tolerance=1e-12
    )
    assert torch.all(truth > mode.mode[:, 0] + 0.05)
    np.testing.assert_allclose(found.mode[:, 0], truth, atol=0.06)


def test_probability_comes_near_the_bayes_posterior():
    X, y, _ = two_clusters(600, seed=0)
    test, truth, best = two_clusters(2000, seed=1)
    probability = LaplaceGP(**QUICK).fit(X, y).predict_proba(test)[:, 1]
    assert np.mean(np.abs(probability - best)) < 0.04
    assert log_loss(truth, probability) < log_loss(truth, best) + 0.02


@pytest.mark.parametrize("kernel", ["rbf", "matern32", "matern52", "rational_quadratic"])
def test_a_boundary_that_no_straight_line_can_draw_is_learned(kernel):
    random = np.random.default_rng(2)
    X = random.uniform(-2, 2, size=(700, 2))
    y = np.where(np.hypot(*X.T) < 1.1, "inside", "outside")
    model = LaplaceGP(kernel=kernel, **QUICK).fit(X[:500], y[:500])
    assert np.mean(model.predict(X[500:]) == y[500:]) > 0.93


def test_evidence_rises_and_an_irrelevant_feature_gets_a_longer_length_scale():
    random = np.random.default_rng(3)
    X = random.normal(size=(500, 2))
    model = LaplaceGP(**QUICK).fit(X, (np.sin(2 * X[:, 0]) > 0).astype(int))
    assert model.log_evidence_[-1] > model.log_evidence_[0] + 10
    first, second = model.state_["kernel.base_kernel.raw_lengthscale"][0]
    assert second > first + 1


def test_probability_is_the_integral_over_the_latent_posterior():
    X, y, _ = two_clusters(60, seed=4, distance=1.0)
    model = LaplaceGP(**QUICK).fit(X, y)
    rows = np.array([[0.5, 0.0], [3.0, 1.0], [9.0, 9.0]])
    mean, variance = (part[:, 0] for part in model.latent(rows))
    for row in range(3):
        spread = np.sqrt(variance[row])
        integral, _ = quad(
            lambda z, m=mean[row], s=spread: (
                expit(m + s * z) * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
            ),
            -9,
            9,
        )
        assert model.predict_proba(rows)[row, 1] == pytest.approx(integral, abs=2e-3)
    np.testing.assert_allclose(
        model.predict_proba_draws(rows).mean(axis=0), model.predict_proba(rows), atol=1e-12
    )


def test_far_from_the_data_the_answer_is_uncertain():
    X, y, _ = two_clusters(300, seed=4)
    model = LaplaceGP(**QUICK).fit(X, y)
    near, far = model.predict_proba_draws(np.array([[2.0, 0.0], [200.0, 200.0]]))[:, :, 1].T
    assert far.std() > 2 * near.std()
    lower, upper = model.predict_proba_interval(np.array([[200.0, 200.0]]), level=0.9)
    assert lower[0, 1] < 0.35 and upper[0, 1] > 0.65


def test_chunks_kept_and_chunks_computed_again_give_one_mode(monkeypatch):
    monkeypatch.setattr("exoval.gaussian_process.nystrom_features.ROWS_PER_CHUNK", 64)
    X, y = three_classes(300, seed=6)
    kept, again = (LaplaceGP(memory_gib=memory, **QUICK).fit(X, y) for memory in (1.0, 0.0))
    np.testing.assert_allclose(kept.predict_proba(X), again.predict_proba(X), atol=1e-10)


def test_memory_holds_only_the_chunks_that_fit(monkeypatch):
    monkeypatch.setattr("exoval.gaussian_process.nystrom_features.ROWS_PER_CHUNK", 10)
    x = features_of(100, 2)
    features = NystromFeatures(scaled_kernel("rbf", 2), x[:4])
    with torch.no_grad():
        chunks = RowChunks(
            features, x, torch.zeros(100, dtype=int), torch.ones(100), memory_bytes=3 * 8 * 10 * 5
        )
        assert len(chunks.kept) == 3
        together = torch.cat([phi for phi, _, _ in chunks])
        np.testing.assert_allclose(together, features(x), atol=1e-9)


def test_features_reproduce_the_kernel_at_the_inducing_points():
    x = features_of(20, 2)
    kernel = scaled_kernel("matern52", 2)
    features = NystromFeatures(kernel, x)
    phi = features(x).detach()[:, :-1]
    np.testing.assert_allclose(phi @ phi.T, kernel(x).to_dense().detach(), atol=1e-4)


def test_two_fits_agree_and_leave_the_global_random_states_alone():
    X, y = three_classes(300, seed=7)
    torch.manual_seed(1)
    np.random.seed(1)
    before = torch.get_rng_state(), np.random.get_state()[1].copy()
    first = LaplaceGP(**QUICK).fit(X, y).predict_proba(X)
    assert torch.equal(torch.get_rng_state(), before[0])
    assert np.array_equal(np.random.get_state()[1], before[1])
    np.testing.assert_allclose(LaplaceGP(**QUICK).fit(X, y).predict_proba(X), first, atol=1e-6)


def test_many_rows_go_through_a_coarse_mode_first_and_end_at_the_same_place(monkeypatch):
    X, y = three_classes(600, seed=8)
    straight = LaplaceGP(**QUICK).fit(X, y)
    monkeypatch.setattr("exoval.classifiers.laplace_gp.COARSE_ABOVE", 100)
    coarse = LaplaceGP(**QUICK).fit(X, y)
    assert straight.converged_ and coarse.converged_
    assert coarse.newton_steps_ < straight.newton_steps_
    np.testing.assert_allclose(coarse.predict_proba(X), straight.predict_proba(X), atol=1e-4)


def test_moved_inducing_points_find_a_higher_bound_than_clusters():
    random = np.random.default_rng(10)
    X = random.normal(size=(400, 6))
    y = (np.sin(2 * X[:, 0]) * X[:, 1] > 0).astype(int)
    settings = QUICK | {"inducing_points": 20, "evidence_inducing_points": 20, "evidence_steps": 60}
    fixed, moved = (LaplaceGP(move_inducing=move, **settings).fit(X, y) for move in (False, True))
    assert moved.log_evidence_[-1] > fixed.log_evidence_[-1] + 5
    assert moved.state_["inducing"].shape == (20, 6)


def test_a_rare_class_is_in_the_rows_that_choose_the_kernel():
    codes = np.zeros(5000, dtype=int)
    codes[[5, 17, 4000]] = 1
    chosen = subset(codes, 200, random=np.random.RandomState(0))
    assert len(chosen) == 200 == len(set(chosen)) and codes[chosen].sum() == 3


@pytest.mark.parametrize(
    ("setting", "value"),
    [("kernel", "cubic"), ("inducing_points", 0), ("evidence_rows", -1), ("memory_gib", -1.0)],
)
def test_a_setting_out_of_range_is_named(setting, value):
    X, y, _ = two_clusters(40, seed=11)
    with pytest.raises(BadParameter, match=f"{setting} is '?{value}"):
        LaplaceGP(**{setting: value}).fit(X, y)
