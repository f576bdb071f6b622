"""Kernel parameters from the variational bound on the evidence.

The bound E_q[log p(y | w, theta)] - KL(q | N(0, I)) has zero slope in q at the best Gaussian q(w).
So its slope in the kernel parameters theta is that of the first term with q held fixed: only the
features are differentiated, not Newton's steps. After each step of Adam in theta a step of
``refine`` updates q.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exoval.gaussian_process.nystrom_features import NystromFeatures
from exoval.gaussian_process.quasi_random import sobol_normal
from exoval.gaussian_process.softmax_newton import Laplace, laplace, with_reference
from exoval.gaussian_process.variational_newton import DRAWS, refine, row_variance
from exoval.lazy_module import LazyModule

if TYPE_CHECKING:
    import gpytorch
    import torch
else:
    gpytorch = LazyModule("gpytorch")
    torch = LazyModule("torch")

#: standard deviation of the prior on the logarithm of length scales
SPREAD = 1.0


def maximise_bound(
    kernel: gpytorch.kernels.ScaleKernel,
    *,
    inducing: torch.Tensor,
    x: torch.Tensor,
    codes: torch.Tensor,
    weight: torch.Tensor,
    outputs: int,
    steps: int,
    learning_rate: float,
    move_inducing: bool = False,
) -> list[float]:
    """Maximise the evidence bound of rows x by Adam; return the bound after each step.

    The kernel is changed in place, with ``move_inducing`` also the points in ``inducing``. A wide
    log-normal prior around the start bounds the length scales of features without information.
    """
    inducing.requires_grad_(move_inducing)
    moved = [inducing] if move_inducing else []
    optimiser = torch.optim.Adam([*kernel.parameters(), *moved], lr=learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(
        optimiser, max(1, steps), learning_rate / 10
    )
    first = kernel.base_kernel.lengthscale.detach().log()
    posterior, path = None, []
    for _ in range(steps):
        optimiser.zero_grad()
        phi = NystromFeatures(kernel, inducing)(x)
        posterior = updated(
            phi.detach(),
            codes,
            weight,
            prior_variance=float(kernel.outputscale.detach()),
            outputs=outputs,
            posterior=posterior,
        )
        value = expected_log_likelihood(
            phi, codes, weight, prior_variance=kernel.outputscale, posterior=posterior
        )
        prior = (((kernel.base_kernel.lengthscale.log() - first) / SPREAD) ** 2).sum()
        (0.5 * prior - value).backward()
        optimiser.step()
        schedule.step()
        path.append(float(value.detach()) - divergence(posterior))
    inducing.requires_grad_(False)
    return path


def updated(
    phi: torch.Tensor,
    codes: torch.Tensor,
    weight: torch.Tensor,
    *,
    prior_variance: float,
    outputs: int,
    posterior: Laplace | None,
) -> Laplace:
    """The posterior after a small change of the kernel; the first one from Laplace's mode."""
    chunks = [(phi, codes, weight)]
    with torch.no_grad():
        if posterior is None:
            start = torch.zeros(phi.shape[1], outputs, dtype=phi.dtype)
            found = laplace(chunks, start=start, steps=30, tolerance=1e-6)
            return refine(chunks, found, prior_variance=prior_variance, steps=10, tolerance=1e-6)
        return refine(chunks, posterior, prior_variance=prior_variance, steps=1, tolerance=0.0)


def expected_log_likelihood(
    phi: torch.Tensor,
    codes: torch.Tensor,
    weight: torch.Tensor,
    *,
    prior_variance: torch.Tensor,
    posterior: Laplace,
) -> torch.Tensor:
    """E_q[log p(y)] of weighted rows with features phi (rows, features), differentiable."""
    normal = torch.as_tensor(sobol_normal(DRAWS, posterior.mode.shape[1]))
    mean = phi @ posterior.mode
    deviation = (
        row_variance(phi, posterior.root, prior_variance=prior_variance).clamp_min(1e-12).sqrt()
    )
    logit = with_reference(mean + deviation * normal[:, None, :])
    log_probability = torch.log_softmax(logit, dim=2).mean(dim=0)
    return (weight * log_probability.gather(1, codes[:, None])[:, 0]).sum()


def divergence(posterior: Laplace) -> float:
    """KL divergence of the posterior over weights from their standard-normal prior, in nats."""
    size = posterior.mode.shape[0]
    inverse = torch.linalg.solve_triangular(
        posterior.root, torch.eye(size, dtype=posterior.mode.dtype), upper=False
    )
    log_determinant = 2 * posterior.root.diagonal(dim1=1, dim2=2).log().sum()
    trace = inverse.square().sum()
    return 0.5 * float(
        trace + posterior.mode.square().sum() + log_determinant - posterior.mode.numel()
    )
