"""Posteriors of fitted Gaussian processes from their plain arrays, by numpy alone.

Judging needs no torch, whose import takes longer than judging a thousand events. Each row is
computed from itself and the fitted arrays: the expansion of squared distances is about the mean of
the inducing points, not about that of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from scipy.linalg import cholesky, solve_triangular

#: added to the diagonal of a kernel matrix, as gpytorch's variational strategy does in float64
JITTER = 1e-6
#: smallest latent variance
SMALLEST = 1e-12

State = Mapping[str, np.ndarray]


class PlainKernel:
    """A covariance function k(x, z) of rows (rows, columns) and points (points, columns).

    ``name`` is one of ``exoval.gaussian_process.kernels``; ``length`` (columns,), ``variance`` and
    ``alpha``, of the rational quadratic alone, are its parameters.
    """

    def __init__(
        self, name: str, *, length: np.ndarray, variance: float, alpha: float = np.nan
    ) -> None:
        self.name, self.length, self.variance, self.alpha = name, length, variance, alpha

    def __call__(self, x: np.ndarray, z: np.ndarray) -> np.ndarray:
        """The covariance of rows and points, shape (rows, points)."""
        middle = z.mean(axis=0)
        x, z = (x - middle) / self.length, (z - middle) / self.length
        squares = (x**2).sum(axis=1)[:, None] + (z**2).sum(axis=1) - 2 * (x @ z.T)
        return self.variance * self._correlation(np.maximum(squares, 0.0))

    def root(self, z: np.ndarray) -> np.ndarray:
        """Inverse of the Cholesky factor of the points' covariance, (points, points)."""
        gram = self(z, z)
        # rounding leaves a point a little away from itself
        np.fill_diagonal(gram, self.variance + JITTER)
        return inverse(cholesky(gram, lower=True))

    def _correlation(self, squares: np.ndarray) -> np.ndarray:
        if self.name == "rbf":
            return np.exp(-0.5 * squares)
        if self.name == "rational_quadratic":
            return (1 + squares / (2 * self.alpha)) ** -self.alpha
        scaled = np.sqrt({"matern32": 3.0, "matern52": 5.0}[self.name] * squares)
        if self.name == "matern32":
            return (1 + scaled) * np.exp(-scaled)
        return (1 + scaled + scaled**2 / 3) * np.exp(-scaled)


def kernel_of(
    name: str,
    state: State,
    prefix: str,
    *,
    positive: Callable[[np.ndarray], np.ndarray],
    output: int | None = None,
) -> PlainKernel:
    """The kernel of gpytorch's raw parameters, whose names begin with ``prefix``.

    ``positive`` is the transform of lengths and variance; ``output`` chooses one of several.
    """

    def raw(own: str) -> np.ndarray:
        values = np.asarray(state[f"{prefix}{own}"])
        return values if output is None else values[output]

    # gpytorch takes alpha through a softplus, whatever the others' transform
    has_alpha = name == "rational_quadratic"
    return PlainKernel(
        name,
        length=positive(raw("base_kernel.raw_lengthscale")).reshape(-1),
        variance=positive(raw("raw_outputscale")).item(),
        alpha=softplus(raw("base_kernel.raw_alpha")).item() if has_alpha else np.nan,
    )


def sparse_marginals(state: State, kernel: str, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Posterior mean and standard deviation of every class's latent function at rows x.

    ``state`` are the arrays of ``exoval.gaussian_process.latent_functions``. Both have the shape
    (rows, classes).
    """
    points = state["variational_strategy.inducing_points"]
    means = state["mean_module.raw_constant"]
    found = []
    for output, (weights, spread) in enumerate(zip(*_whitened(state), strict=True)):
        one = kernel_of(kernel, state, "covar_module.", positive=softplus, output=output)
        phi = one(x, points) @ one.root(points).T
        mean = means[output] + (phi * weights).sum(axis=1)
        known = (phi**2).sum(axis=1) - ((phi @ spread) ** 2).sum(axis=1)
        variance = np.maximum(one.variance + JITTER - known, SMALLEST)
        found.append((mean, np.sqrt(variance)))
    mean, deviation = zip(*found, strict=True)
    return np.stack(mean, axis=1), np.stack(deviation, axis=1)


def nystrom_moments(
    state: State, kernel: str, x: np.ndarray, *, intercept: float
) -> tuple[np.ndarray, np.ndarray]:
    """Posterior mean and variance of the outputs of a ``LaplaceGP`` at rows x, (rows, outputs).

    ``intercept`` is the value of the constant feature of ``nystrom_features``.
    """
    one = kernel_of(kernel, state, "kernel.", positive=np.exp)
    phi = one(x, state["inducing"]) @ one.root(state["inducing"]).T
    lost = np.maximum(one.variance - (phi**2).sum(axis=1), 0.0)
    phi = np.column_stack([phi, np.full(len(x), intercept)])
    known = [((phi @ inverse(root).T) ** 2).sum(axis=1) for root in state["root"]]
    return phi @ state["mode"], np.stack(known, axis=1) + lost[:, None]


def inverse(lower: np.ndarray) -> np.ndarray:
    """The inverse of a lower triangular matrix, in C order."""
    return np.ascontiguousarray(solve_triangular(lower, np.eye(len(lower)), lower=True))


def softplus(raw: np.ndarray) -> np.ndarray:
    """ln(1 + e^raw), gpytorch's transform to positive parameters."""
    return np.logaddexp(0.0, raw)


def _whitened(state: State) -> tuple[np.ndarray, np.ndarray]:
    """Mean (classes, points) and root (classes, points, points) of the whitened posterior."""
    prefix = "variational_strategy._variational_distribution."
    if f"{prefix}natural_vec" not in state:
        return (
            state[f"{prefix}variational_mean"],
            np.tril(state[f"{prefix}chol_variational_covar"]),
        )
    means, roots = [], []
    for vector, matrix in zip(state[f"{prefix}natural_vec"], state[f"{prefix}natural_mat"]):
        # the natural matrix is minus half the inverse covariance
        root = inverse(cholesky(-2 * matrix, lower=True)).T
        means.append(root @ (root.T @ vector))
        roots.append(root)
    return np.stack(means), np.stack(roots)
