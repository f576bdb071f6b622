import gpytorch
import numpy as np
import pytest
import torch
from sklearn.base import clone

from exoval.classifiers.laplace_gp import LaplaceGP
from exoval.classifiers.sparse_gp import SparseGP
from exoval.errors import BadParameter
from exoval.gaussian_process.latent_functions import LatentFunctions, averaged_slopes
from exoval.gaussian_process.natural_gradient import NaturalAndAdam, natural_from_cholesky

QUICK = {"inducing_points": 24, "batch_size": 64, "device": "cpu", "random_state": 0}


def rows(count=400, classes=2, seed=0):
    random = np.random.default_rng(seed)
    y = np.arange(count) % classes
    X = random.normal(size=(count, 3))
    X[:, 0] += 1.3 * (y == 1)
    X[:, 1] += 1.3 * (y == 2)
    return X, y


def test_natural_parameters_are_precision_times_mean_and_minus_half_the_precision():
    random = np.random.default_rng(0)
    root = torch.as_tensor(np.tril(random.normal(size=(2, 5, 5))) + 3 * np.eye(5))
    mean = torch.as_tensor(random.normal(size=(2, 5)))
    vector, matrix = natural_from_cholesky(mean, root)
    covariance = (root @ root.mT).numpy()
    for one in range(2):
        precision = np.linalg.inv(covariance[one])
        np.testing.assert_allclose(vector[one], precision @ mean[one].numpy(), rtol=1e-9)
        np.testing.assert_allclose(matrix[one], -precision / 2, rtol=1e-9)


@pytest.mark.parametrize("classes", [2, 3])
def test_a_start_at_laplace_is_the_same_posterior_in_both_forms(classes):
    X, y = rows(120, classes)
    guess = LaplaceGP(inducing_points=16, evidence_steps=5, random_state=0).fit(X, y)
    plain, natural = (
        LatentFunctions.from_laplace(guess, natural=form).eval() for form in (False, True)
    )
    with torch.no_grad():
        for one, other in zip(
            plain.marginals(torch.as_tensor(X)), natural.marginals(torch.as_tensor(X))
        ):
            np.testing.assert_allclose(one, other, atol=1e-6)


def test_averaged_slopes_are_those_of_the_expected_log_likelihood():
    random = np.random.default_rng(2)
    mean = torch.tensor(random.normal(size=(3, 4)), requires_grad=True)
    deviation = torch.tensor(random.uniform(0.3, 1.5, (3, 4)), requires_grad=True)
    codes = torch.tensor([0, 2, 3])
    normal = torch.as_tensor(random.normal(size=(400_000, 1, 4)))
    stood_in = torch.autograd.grad(
        averaged_slopes(mean, deviation, codes, normal).sum(), (mean, deviation)
    )
    drawn = torch.log_softmax(mean + deviation * normal, dim=-1)[:, torch.arange(3), codes]
    expected = torch.autograd.grad(drawn.mean(dim=0).sum(), (mean, deviation))
    for one, other in zip(stood_in, expected):
        np.testing.assert_allclose(one, other, atol=4e-3)


def test_one_step_of_length_one_with_conjugate_rows_ends_at_the_optimum():
    """Gaussian likelihood, all rows at once: the optimum is known in closed form."""
    random = np.random.default_rng(1)
    x = torch.as_tensor(random.uniform(-2, 2, (40, 1)))
    y = torch.as_tensor(np.sin(2 * x[:, 0].numpy()) + 0.3 * random.normal(size=40))
    noise = 0.09
    latent = LatentFunctions(np.linspace(-2, 2, 9)[:, None], classes=1, kernel="rbf", natural=True)
    optimiser = NaturalAndAdam(latent, natural_rate=1.0, learning_rate=1e-12, total_weight=40)
    latent.train()
    mean, deviation = latent.marginals(x)
    expected = -0.5 * ((y - mean[:, 0]) ** 2 + deviation[:, 0] ** 2).sum() / noise
    loss = (latent.variational_strategy.kl_divergence().sum() - expected) / 40
    loss.backward()
    optimiser.step()
    latent.eval()
    with torch.no_grad():
        found = latent.marginals(x)[0][:, 0].numpy()
        kernel = latent.covar_module
        points = latent.variational_strategy.inducing_points
        size = gpytorch.settings.variational_cholesky_jitter.value(torch.float64)
        jitter = size * torch.eye(len(points), dtype=torch.float64)
        gram = kernel(points).to_dense()[0] + jitter
        cross = kernel(x, points).to_dense()[0]
        # the best q(u) of Titsias 2009
        system = gram + cross.T @ cross / noise
        best = cross @ torch.linalg.solve(system, cross.T @ y) / noise
    np.testing.assert_allclose(found, best, atol=2e-3)


def test_natural_gradients_are_nearer_to_the_end_after_as_many_epochs():
    X, y = rows(300, 3)
    losses = {}
    for optimizer in ("adam", "natural"):
        model = SparseGP(**QUICK, optimizer=optimizer, epochs=3, held_out_share=0.2)
        losses[optimizer] = model.fit(X, y).held_out_loss_
    assert losses["natural"][0] < losses["adam"][0]
    assert losses["natural"][-1] < losses["adam"][-1]


@pytest.mark.slow
def test_both_optimisers_end_at_the_same_answer():
    X, y = rows(250)
    answers = [
        SparseGP(
            **QUICK,
            optimizer=optimizer,
            natural_rate=0.05,
            learning_rate=0.02,
            epochs=60,
            held_out_share=0.0,
        )
        .fit(X, y)
        .predict_proba(X)
        for optimizer in ("adam", "natural")
    ]
    assert np.mean(np.abs(answers[0] - answers[1])) < 0.03


def test_a_natural_training_is_stored_copied_and_resumed(tmp_path):
    X, y = rows()
    settings = QUICK | {"optimizer": "natural", "held_out_share": 0.2}
    straight = SparseGP(**settings, epochs=5).fit(X, y)
    short = SparseGP(**settings, epochs=2, checkpoint=str(tmp_path / "gp.pt")).fit(X, y)
    resumed = clone(short).set_params(epochs=5).fit(X, y)
    assert resumed.epochs_run_ == 5
    np.testing.assert_allclose(resumed.predict_proba(X), straight.predict_proba(X), atol=1e-9)


@pytest.mark.parametrize(("setting", "value"), [("optimizer", "newton"), ("natural_rate", 0.0)])
def test_a_setting_out_of_range_is_refused(setting, value):
    with pytest.raises(BadParameter, match=f"{setting} is"):
        SparseGP(**QUICK, **{setting: value}).fit(*rows(60))
