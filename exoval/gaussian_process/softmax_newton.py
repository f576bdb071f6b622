"""Bayesian softmax regression on features: the mode by Newton's method, Laplace's curvature.

Weights w (features, outputs) have a standard-normal prior; logits are phi w. Two classes need
one output (the first class has logit 0), more classes one each. The curvature is stored as one
block per output. That is exact for two classes; for more it neglects the covariance between the
latent functions of different classes (Rasmussen & Williams 2006, sections 3.4 and 3.5). Newton's
equations are solved in full, by conjugate gradients with the blocks as preconditioner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exoval.lazy_module import LazyModule

if TYPE_CHECKING:
    import torch
else:
    torch = LazyModule("torch")

Chunks = Iterable["tuple[torch.Tensor, torch.Tensor, torch.Tensor]"]


@dataclass(frozen=True)
class Laplace:
    """Mode (features, outputs) and Cholesky factors (outputs, features, features) of the blocks.

    The posterior covariance of an output's weights is the inverse of its block. ``steps`` is the
    number of Newton steps, ``converged`` whether they reached the tolerance.
    """

    mode: torch.Tensor
    root: torch.Tensor
    steps: int
    converged: bool


def outputs_for(classes: int) -> int:
    """Number of logits for a number of classes.

    >>> outputs_for(2), outputs_for(10)
    (1, 10)
    """
    return 1 if classes == 2 else classes


def with_reference(logit: torch.Tensor) -> torch.Tensor:
    """Logits (rows, classes) of all classes: a single output gets a zero in front."""
    return torch.nn.functional.pad(logit, (1, 0)) if logit.shape[-1] == 1 else logit


def laplace(chunks: Chunks, *, start: torch.Tensor, steps: int, tolerance: float) -> Laplace:
    """Laplace's approximation, by Newton's method from the weights ``start`` (features, outputs).

    It ends once the expected gain of a step in the log posterior is below ``tolerance`` times the
    weight of all rows; ``tolerance`` is thus on the scale of a log-loss.
    """
    mode, converged = start, False
    summary = summarise(chunks, mode)
    taken = 0
    while taken < steps and not converged:
        step = solve(chunks, summary, summary.gradient)
        gain = float((summary.gradient * step).sum()) / 2
        converged = gain <= tolerance * summary.total_weight
        mode = climb(chunks, mode, step=step, value=summary.value)
        summary = summarise(chunks, mode)
        taken += 1
    return Laplace(mode, summary.root, taken, converged)


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The log posterior at some weights: value, gradient, curvature blocks as Cholesky factors."""

    value: float
    gradient: torch.Tensor
    root: torch.Tensor
    probability: list[torch.Tensor]
    total_weight: float


def summarise(chunks: Chunks, mode: torch.Tensor) -> Summary:
    """The log posterior and its derivatives at the weights ``mode``, in one pass over the rows."""
    size, outputs = mode.shape
    value, total = -0.5 * float(mode.square().sum()), 0.0
    gradient = -mode.clone()
    block = torch.eye(size, dtype=mode.dtype, device=mode.device).repeat(outputs, 1, 1)
    probabilities = []
    for phi, codes, weight in chunks:
        log_probability = torch.log_softmax(with_reference(phi @ mode), dim=1)
        value += float((weight * log_probability.gather(1, codes[:, None])[:, 0]).sum())
        probability = log_probability.exp()
        gradient += phi.T @ residual(probability, codes, weight)[:, -outputs:]
        for output in range(outputs):
            share = probability[:, output - outputs]
            block[output] += phi.T @ ((weight * share * (1 - share))[:, None] * phi)
        probabilities.append(probability)
        total += float(weight.sum())
    return Summary(
        value=value,
        gradient=gradient,
        root=torch.linalg.cholesky(block),
        probability=probabilities,
        total_weight=total,
    )


def residual(probability: torch.Tensor, codes: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Weighted truth minus probability, shape (rows, classes)."""
    truth = torch.nn.functional.one_hot(codes, probability.shape[1]).to(probability.dtype)
    return weight[:, None] * (truth - probability)


def solve(
    chunks: Chunks,
    summary: Summary,
    right: torch.Tensor,
    *,
    most: int = 60,
    tolerance: float = 1e-8,
) -> torch.Tensor:
    """The full curvature's inverse times ``right`` (features, outputs)."""
    preconditioned = torch.cholesky_solve(right.T[..., None], summary.root)[..., 0].T
    if right.shape[1] == 1:
        return preconditioned
    return conjugate_gradients(
        lambda direction: curvature_times(chunks, summary, direction),
        precondition=lambda vector: (
            torch.cholesky_solve(vector.T[..., None], summary.root)[..., 0].T
        ),
        right=right,
        most=most,
        tolerance=tolerance,
    )


def curvature_times(chunks: Chunks, summary: Summary, direction: torch.Tensor) -> torch.Tensor:
    """Minus the Hessian of the log posterior times weights (features, outputs)."""
    result = direction.clone()
    for (phi, _, weight), probability in zip(chunks, summary.probability, strict=True):
        change = phi @ direction
        change = probability * (change - (probability * change).sum(dim=1, keepdim=True))
        result += phi.T @ (weight[:, None] * change)
    return result


def conjugate_gradients(
    times: Callable[[torch.Tensor], torch.Tensor],
    *,
    precondition: Callable[[torch.Tensor], torch.Tensor],
    right: torch.Tensor,
    most: int,
    tolerance: float,
) -> torch.Tensor:
    """Solve A x = right for a positive definite A, given as a function that multiplies by it."""
    solution, remainder = torch.zeros_like(right), right.clone()
    direction = precondition(remainder)
    product = first = (remainder * direction).sum()
    for _ in range(most):
        if product <= tolerance * first:
            break
        image = times(direction)
        length = product / (direction * image).sum()
        solution += length * direction
        remainder -= length * image
        towards = precondition(remainder)
        following = (remainder * towards).sum()
        direction = towards + (following / product) * direction
        product = following
    return solution


def climb(chunks: Chunks, mode: torch.Tensor, *, step: torch.Tensor, value: float) -> torch.Tensor:
    """The weights after the step, which is halved until the log posterior reaches ``value``."""
    for halvings in range(20):
        there = mode + 0.5**halvings * step
        if log_posterior(chunks, there) >= value - 1e-9 * abs(value):
            return there
    return mode


def log_posterior(chunks: Chunks, mode: torch.Tensor) -> float:
    """Log prior plus weighted log-likelihood, without constants."""
    value = -0.5 * float(mode.square().sum())
    for phi, codes, weight in chunks:
        log_probability = torch.log_softmax(with_reference(phi @ mode), dim=1)
        value += float((weight * log_probability.gather(1, codes[:, None])[:, 0]).sum())
    return value
