"""Latent Gaussian processes of a sparse variational classifier, and their evidence bound."""

from __future__ import annotations

from typing import Protocol

import gpytorch
import numpy as np
import torch

from exoval.gaussian_process.kernels import scaled_kernel
from exoval.gaussian_process.natural_gradient import POSTERIOR, natural_from_cholesky
from exoval.gaussian_process.nystrom_features import INTERCEPT

#: standard-normal draws behind one expected log-likelihood in the objective
TRAINING_DRAWS = 16


class FittedLaplace(Protocol):
    """What the posterior of a fitted ``LaplaceGP`` is taken from."""

    kernel: str
    classes_: np.ndarray
    state_: dict[str, np.ndarray]

    def learned_kernel(self) -> gpytorch.kernels.ScaleKernel:
        """The kernel with its parameters."""


class LatentFunctions(gpytorch.models.ApproximateGP):
    """Latent Gaussian processes, one per class, over shared inducing points, in float64.

    In single precision the Cholesky factor of neighbouring inducing points sometimes fails.
    """

    def __init__(
        self, inducing: np.ndarray, *, classes: int, kernel: str, natural: bool = False
    ) -> None:
        """``natural`` stores q(u) by its natural parameters, for natural gradients."""
        shape = torch.Size([classes])
        kind = (
            gpytorch.variational.NaturalVariationalDistribution
            if natural
            else gpytorch.variational.CholeskyVariationalDistribution
        )
        distribution = kind(len(inducing), batch_shape=shape, mean_init_std=0.0)
        strategy = gpytorch.variational.VariationalStrategy(
            self, torch.as_tensor(inducing, dtype=torch.float64), distribution
        )
        # the distribution starts at the whitened prior; gpytorch's lazy initialisation would use
        # the global random state
        strategy.variational_params_initialized.fill_(1)
        super().__init__(strategy)
        columns = inducing.shape[1]
        self.mean_module = gpytorch.means.ConstantMean(batch_shape=shape)
        self.covar_module = scaled_kernel(kernel, columns, shape=shape)
        self.to(torch.float64)

    def forward(self, x: torch.Tensor) -> gpytorch.distributions.MultivariateNormal:
        """Prior of the latent functions at ``x``."""
        return gpytorch.distributions.MultivariateNormal(self.mean_module(x), self.covar_module(x))

    def start_at_class_shares(self, counts: np.ndarray) -> None:
        """Set the mean functions to the log share of each class."""
        share = np.maximum(counts, 1e-3 * counts.sum()) / counts.sum()
        self.mean_module.constant.data = torch.as_tensor(np.log(share))

    def marginals(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Posterior mean and standard deviation at ``x``, both (rows, classes)."""
        latent = self(x)
        return latent.mean.T, latent.variance.clamp_min(1e-12).sqrt().T

    def arrays(self) -> dict[str, np.ndarray]:
        """The parameters as plain arrays."""
        return {
            name: value.detach().cpu().numpy().copy() for name, value in self.state_dict().items()
        }

    @classmethod
    def from_laplace(cls, guess: FittedLaplace, *, natural: bool = False) -> LatentFunctions:
        """The posterior of a fitted ``LaplaceGP`` as a variational distribution.

        For two classes, the one latent function becomes the difference of two, which have half
        its mean, with opposite signs, and half its variance.
        """
        state = {name: torch.as_tensor(value) for name, value in guess.state_.items()}
        classes, two = len(guess.classes_), len(guess.classes_) == 2
        latent = cls(
            guess.state_["inducing"], classes=classes, kernel=guess.kernel, natural=natural
        )
        sign = torch.tensor([[-1.0, 1.0]], dtype=torch.float64) if two else torch.ones(1, classes)
        mode = state["mode"] * sign * (0.5**0.5 if two else 1.0)
        # the last weight, the intercept, becomes a fixed mean function
        covariance = torch.cholesky_inverse(state["root"][:, :-1, :-1]).expand(classes, -1, -1)
        kernel = guess.learned_kernel()
        with torch.no_grad():
            latent.covar_module.outputscale = kernel.outputscale / (2 if two else 1)
            for name in ("lengthscale", "alpha"):
                if hasattr(kernel.base_kernel, name):
                    setattr(
                        latent.covar_module.base_kernel, name, getattr(kernel.base_kernel, name)
                    )
            distribution = latent.variational_strategy._variational_distribution
            mean, root = mode[:-1].T, torch.linalg.cholesky(covariance)
            if natural:
                vector, matrix = natural_from_cholesky(mean, root)
                distribution.natural_vec.copy_(vector)
                distribution.natural_mat.copy_(matrix)
            else:
                distribution.variational_mean.copy_(mean)
                distribution.chol_variational_covar.copy_(root)
            latent.mean_module.raw_constant.copy_(
                INTERCEPT * state["mode"][-1] * sign[0] * (0.5 if two else 1.0)
            )
        return latent

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray], kernel: str) -> LatentFunctions:
        """Rebuild from ``arrays``."""
        inducing = arrays["variational_strategy.inducing_points"]
        latent = cls(
            inducing,
            classes=len(arrays["mean_module.raw_constant"]),
            kernel=kernel,
            natural=POSTERIOR + "natural_vec" in arrays,
        )
        latent.load_state_dict({name: torch.as_tensor(value) for name, value in arrays.items()})
        return latent


def negative_evidence_bound(
    latent: LatentFunctions,
    x: torch.Tensor,
    codes: torch.Tensor,
    weight: torch.Tensor,
    *,
    data_scale: float,
    divergence_scale: float,
    generator: torch.Generator,
    slopes: bool = False,
) -> torch.Tensor:
    """Minus the scaled evidence lower bound of one minibatch (Hensman et al. 2015, eq. 4).

    It is written out here, so that weights enter row by row and draws come from our own
    generator. With ``slopes`` its gradient is that of ``averaged_slopes``.
    """
    mean, deviation = latent.marginals(x)
    normal = torch.randn(
        (TRAINING_DRAWS, *mean.shape), generator=generator, dtype=mean.dtype, device=mean.device
    )
    if slopes:
        of_truth = averaged_slopes(mean, deviation, codes, normal)
    else:
        log_probability = torch.log_softmax(mean + deviation * normal, dim=-1)
        of_truth = log_probability[:, torch.arange(len(codes), device=codes.device), codes].mean(
            dim=0
        )
    expected = (weight * of_truth).sum()
    divergence = latent.variational_strategy.kl_divergence().sum()
    return divergence_scale * divergence - data_scale * expected


def averaged_slopes(
    mean: torch.Tensor, deviation: torch.Tensor, codes: torch.Tensor, normal: torch.Tensor
) -> torch.Tensor:
    """A surrogate (rows,) with the gradient of the expected log-likelihood but another value.

    The derivative in a mean is the average slope, that in a variance half the average curvature
    (Bonnet's and Price's theorems; Opper & Archambeau 2009). The curvature of every draw is
    negative, so that a natural gradient keeps every covariance positive definite; slopes along the
    draws themselves sometimes fail to.
    """
    with torch.no_grad():
        probability = torch.softmax(mean + deviation * normal, dim=-1)
        curvature = (probability * (1 - probability)).mean(dim=0)
        slope = torch.nn.functional.one_hot(codes, mean.shape[1]) - probability.mean(dim=0)
    return (slope * mean - 0.5 * curvature * deviation.square()).sum(dim=1)
