"""Kernel parameters from Laplace's approximation of the evidence.

log Z(theta) = log p(y | Phi w) - |w|^2 / 2 - log det(I + Phi^T W Phi) / 2 at the mode w(theta)
(Rasmussen & Williams 2006, eq. 5.20). The mode moves with theta; with g the gradient of the log
posterior in w and H its curvature, dw = H^-1 dg, so adding (H^-1 d logZ/dw) . g(theta) to the
objective makes automatic differentiation exact without differentiating through Newton's steps.
"""

from __future__ import annotations

import gpytorch
import torch

from exoval.classifiers.nystrom_features import NystromFeatures
from exoval.classifiers.softmax_newton import Laplace, laplace, residual, solve, summarise
from exoval.classifiers.softmax_newton import with_reference as all_classes

#: standard deviation of the prior on the logarithm of length scales and variance
SPREAD = 1.0


def maximise_evidence(kernel: gpytorch.kernels.ScaleKernel, inducing: torch.Tensor,
                      x: torch.Tensor, codes: torch.Tensor, weight: torch.Tensor, outputs: int,
                      steps: int, learning_rate: float) -> list[float]:
    """Adam on the log evidence of rows x; changes the kernel and returns the path of log Z.

    A wide log-normal prior around the start keeps the length scales of features without
    information from running away.
    """
    parameters = list(kernel.parameters())
    optimiser = torch.optim.Adam(parameters, lr=learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps, learning_rate / 10)
    first = [value.detach().log() for value in _positive(kernel)]
    mode = torch.zeros(len(inducing) + 1, outputs, dtype=x.dtype, device=x.device)
    path = []
    for _ in range(steps):
        optimiser.zero_grad()
        phi = NystromFeatures(kernel, inducing)(x)
        evidence, found = evidence_with_gradient(phi, codes, weight, mode)
        mode = found.mode
        prior = sum((((value.log() - start) / SPREAD) ** 2).sum()
                    for value, start in zip(_positive(kernel), first, strict=True))
        (0.5 * prior - evidence).backward()
        optimiser.step()
        schedule.step()
        path.append(float(evidence.detach()))
    return path


def _positive(kernel: gpytorch.kernels.ScaleKernel) -> list[torch.Tensor]:
    return [kernel.base_kernel.lengthscale, kernel.outputscale]


def evidence_with_gradient(phi: torch.Tensor, codes: torch.Tensor, weight: torch.Tensor,
                           start: torch.Tensor) -> tuple[torch.Tensor, Laplace]:
    """Log evidence of rows with features phi (rows, features), differentiable in phi.

    Also the mode, found from the weights ``start``.
    """
    with torch.no_grad():
        chunks = [(phi.detach(), codes, weight)]
        found = laplace(chunks, start, steps=30, tolerance=1e-9)
    mode = found.mode.requires_grad_()
    slope, = torch.autograd.grad(log_evidence(phi.detach(), codes, weight, mode), mode)
    with torch.no_grad():
        pull = solve(chunks, summarise(chunks, mode), slope)
    mode = mode.detach()
    probability = torch.softmax(all_classes(phi @ mode), dim=1)
    gradient = phi.T @ residual(probability, codes, weight)[:, -mode.shape[1]:] - mode
    implicit = (pull * gradient).sum()
    # the value of the added term is zero at the mode, its derivative is what is wanted
    value = log_evidence(phi, codes, weight, mode) + implicit - implicit.detach()
    return value, Laplace(mode, found.root, found.steps, found.converged)


def log_evidence(phi: torch.Tensor, codes: torch.Tensor, weight: torch.Tensor, mode: torch.Tensor
                 ) -> torch.Tensor:
    """Laplace's log evidence at weights ``mode`` (features, outputs), one block an output."""
    log_probability = torch.log_softmax(all_classes(phi @ mode), dim=1)
    value = (weight * log_probability.gather(1, codes[:, None])[:, 0]).sum()
    value = value - 0.5 * mode.square().sum()
    share = log_probability.exp()[:, -mode.shape[1]:]
    curvature = (weight[:, None] * share * (1 - share)).T
    identity = torch.eye(phi.shape[1], dtype=phi.dtype, device=phi.device)
    blocks = torch.stack([identity + phi.T @ (one[:, None] * phi) for one in curvature])
    root = torch.linalg.cholesky(blocks)
    return value - root.diagonal(dim1=1, dim2=2).log().sum()
