"""Posteriors by numpy alone are those of gpytorch and torch, and each row is judged by itself."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from exoval.classifiers.laplace_gp import LaplaceGP
from exoval.classifiers.sparse_gp import SparseGP
from exoval.gaussian_process.kernels import KERNELS
from exoval.gaussian_process.latent_functions import LatentFunctions
from exoval.gaussian_process.variational_newton import row_variance


def rows(classes, count=90, seed=0):
    random = np.random.default_rng(seed)
    y = np.arange(count) % classes
    X = random.normal(size=(count, 3))
    X[:, 0] += 1.5 * y
    return X, y


@pytest.mark.parametrize("kernel", sorted(KERNELS))
@pytest.mark.parametrize(("classes", "optimizer"), [(2, "adam"), (3, "natural")])
def test_the_sparse_posterior_is_that_of_gpytorch(kernel, classes, optimizer):
    X, y = rows(classes)
    model = SparseGP(
        inducing_points=15, epochs=3, kernel=kernel, optimizer=optimizer, random_state=0
    ).fit(X, y)
    far = np.concatenate([X[:20], 30 + X[:5]])
    latent = LatentFunctions.from_arrays(model.state_, kernel).eval()
    with torch.no_grad():
        mean, deviation = (part.numpy() for part in latent.marginals(torch.as_tensor(far)))
    found_mean, found_variance = model.latent(far)
    np.testing.assert_allclose(found_mean, mean, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(found_variance, deviation**2, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("kernel", sorted(KERNELS))
@pytest.mark.parametrize("classes", [2, 3])
def test_the_posterior_of_newtons_method_is_that_of_torch(kernel, classes):
    X, y = rows(classes)
    model = LaplaceGP(inducing_points=20, kernel=kernel, evidence_steps=4, random_state=0)
    model.fit(X, y)
    far = np.concatenate([X[:20], 30 + X[:5]])
    with torch.no_grad():
        features = model._features()
        phi = features(torch.as_tensor(far))
        mean = phi @ torch.as_tensor(model.state_["mode"])
        variance = row_variance(
            phi,
            torch.as_tensor(model.state_["root"]),
            prior_variance=float(features.kernel.outputscale),
        )
    found_mean, found_variance = model.latent(far)
    np.testing.assert_allclose(found_mean, mean.numpy(), rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(found_variance, variance.numpy(), rtol=1e-7, atol=1e-8)


def test_judging_needs_no_torch():
    """Its import takes longer than judging a thousand events."""
    code = (
        "import sys, exoval.classifiers.laplace_gp, exoval.classifiers.sparse_gp, "
        "exoval.vetting.vet_list; "
        "print(sorted({'torch', 'gpytorch', 'skops', 'matplotlib', 'astropy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
