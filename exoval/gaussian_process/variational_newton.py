"""From Laplace's approximation to the variational one, by a few natural-gradient steps.

Laplace's mode lies nearer to zero than the mean of a skewed posterior, so that its probabilities
are underconfident where classes are well separated. The Gaussian that maximises the evidence
bound obeys the same equations, with the residual and curvature of every row averaged over its
latent marginal (Opper & Archambeau 2009, Neural Computation 21, 786). Newton's method with
averaged rows leads there from the mode; it is a natural-gradient step of length one (Khan & Lin
2017, AISTATS 54). Outputs are independent in the approximation, as in gpytorch's stochastic
variational process, so that both have the same optimum for the same kernel.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from exoval.gaussian_process.quasi_random import sobol_normal
from exoval.gaussian_process.softmax_newton import (
    Chunks,
    Laplace,
    Summary,
    residual,
    solve,
    with_reference,
)
from exoval.lazy_module import LazyModule

if TYPE_CHECKING:
    import torch
else:
    torch = LazyModule("torch")

#: quasi-random draws behind the averages over a row's latent marginal
DRAWS = 64


def refine(
    chunks: Chunks, start: Laplace, *, prior_variance: float, steps: int, tolerance: float
) -> Laplace:
    """The best Gaussian after at most ``steps`` steps from ``start``; it ends as ``laplace`` does.

    ``prior_variance`` is the kernel's variance at one row. The part of it that a row's features
    lack is an independent variance of that row.
    """
    mean, root, converged, taken = start.mode, start.root, False, 0
    normal = torch.as_tensor(sobol_normal(DRAWS, mean.shape[1]))
    length, last_gain = 1.0, float("inf")
    while taken < steps and not converged:
        summary = averaged(chunks, mean, root, prior_variance=prior_variance, normal=normal)
        step = solve(chunks, summary, summary.gradient, tolerance=1e-4)
        gain = float((summary.gradient * step).sum()) / 2
        # no bound is computed here: a step that did not reduce the next one was too long
        length = length / 2 if gain > last_gain else min(1.0, 1.5 * length)
        last_gain = gain
        mean, root = mean + length * step, summary.root
        converged = gain <= tolerance * summary.total_weight
        taken += 1
    return Laplace(mean, root, start.steps + taken, converged)


def averaged(
    chunks: Chunks,
    mean: torch.Tensor,
    root: torch.Tensor,
    *,
    prior_variance: float,
    normal: torch.Tensor,
) -> Summary:
    """Gradient and curvature with every row averaged over its marginal; ``value`` is unused."""
    size, outputs = mean.shape
    gradient, total, probabilities = -mean.clone(), 0.0, []
    block = torch.eye(size, dtype=mean.dtype).repeat(outputs, 1, 1)
    for phi, codes, weight in chunks:
        variance = row_variance(phi, root, prior_variance=prior_variance)
        probability, spread = expected(phi @ mean, variance, normal)
        gradient += phi.T @ residual(probability, codes, weight)[:, -outputs:]
        for output in range(outputs):
            block[output] += phi.T @ ((weight * spread[:, output])[:, None] * phi)
        probabilities.append(probability)
        total += float(weight.sum())
    return Summary(
        value=float("nan"),
        gradient=gradient,
        root=torch.linalg.cholesky(block),
        probability=probabilities,
        total_weight=total,
    )


def row_variance(phi: torch.Tensor, root: torch.Tensor, *, prior_variance: float) -> torch.Tensor:
    """Latent variance of rows with features phi, shape (rows, outputs)."""
    lost = (prior_variance - phi[:, :-1].square().sum(dim=1)).clamp_min(0)
    # one inverse and products with it are far faster than a triangular solve for every row
    identity = torch.eye(phi.shape[1], dtype=phi.dtype)
    known = [
        (phi @ torch.linalg.solve_triangular(one, identity, upper=False).T).square().sum(1)
        for one in root
    ]
    return torch.stack(known, dim=1) + lost[:, None]


def expected(
    mean: torch.Tensor, variance: torch.Tensor, normal: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Class probabilities p (rows, classes) and p (1 - p) of the outputs, averaged over latents."""
    outputs = mean.shape[1]
    probability = torch.zeros(len(mean), max(2, outputs), dtype=mean.dtype)
    spread = torch.zeros_like(mean)
    for part in _slices(len(normal), len(mean) * outputs):
        logit = mean + variance.sqrt() * normal[part, None, :]
        drawn = torch.softmax(with_reference(logit), dim=2)
        probability += drawn.sum(dim=0) / len(normal)
        share = drawn[:, :, -outputs:]
        spread += (share * (1 - share)).sum(dim=0) / len(normal)
    return probability, spread


def _slices(draws: int, numbers: int, most: int = 2**22) -> Iterator[slice]:
    """Ranges of draws that hold at most ``most`` numbers at a time."""
    size = max(1, most // max(1, numbers))
    return (slice(start, start + size) for start in range(0, draws, size))
