"""A Gaussian process as a linear model of finitely many features.

With inducing points z, K_zz = L L^T and phi(x) = L^-1 k(z, x), the function phi(x) . w with
w ~ N(0, I) has the covariance of the process projected onto its inducing points (Nystroem;
Quinonero-Candela & Rasmussen 2005, JMLR 6, 1939). The variance that the projection loses,
k(x, x) - |phi(x)|^2, is added to each row independently, as in FITC (Snelson & Ghahramani 2006).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from exoval.lazy_module import LazyModule

if TYPE_CHECKING:
    import gpytorch
    import torch
else:
    gpytorch = LazyModule("gpytorch")
    torch = LazyModule("torch")


#: value of the constant feature: prior standard deviation of every latent function's mean
INTERCEPT = 3.0
ROWS_PER_CHUNK = 4096


class NystromFeatures:
    """Features phi(x) of a kernel and inducing points, followed by a constant feature."""

    def __init__(self, kernel: gpytorch.kernels.Kernel, inducing: torch.Tensor) -> None:
        """Factor the kernel matrix of ``inducing`` (points, columns), float64."""
        self.kernel = kernel
        self.inducing = inducing
        # the jitter of gpytorch's own variational strategy, so that weights mean the same there
        jitter = gpytorch.settings.variational_cholesky_jitter.value(inducing.dtype)
        gram = kernel(inducing).to_dense()
        self.root = torch.linalg.cholesky(
            gram + jitter * torch.eye(len(inducing), dtype=gram.dtype, device=gram.device)
        )

    @property
    def size(self) -> int:
        """Number of features."""
        return len(self.inducing) + 1

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """Features of rows x (rows, columns), shape (rows, points + 1)."""
        cross = self.kernel(self.inducing, x).to_dense()
        phi = torch.linalg.solve_triangular(self.root, cross, upper=False).T
        constant = torch.full((len(x), 1), INTERCEPT, dtype=phi.dtype, device=phi.device)
        return torch.cat([phi, constant], dim=1)


class RowChunks:
    """Rows with features, class and weight, in chunks that can be iterated many times.

    As many chunks as fit into ``memory_bytes`` keep their features. The features of the others
    are computed again in every pass, so that memory stays bounded for any number of rows.
    """

    def __init__(
        self,
        features: NystromFeatures,
        x: torch.Tensor,
        codes: torch.Tensor,
        weight: torch.Tensor,
        *,
        memory_bytes: float,
    ) -> None:
        self.features = features
        self.rows = [
            part
            for part in zip(
                *(data.split(ROWS_PER_CHUNK) for data in (x, codes, weight)), strict=True
            )
        ]
        chunk_bytes = 8 * ROWS_PER_CHUNK * features.size
        self.kept = [features(part[0]) for part in self.rows[: int(memory_bytes // chunk_bytes)]]

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
        """Yield features (rows, features), class codes (rows,) and weights (rows,)."""
        for number, (x, codes, weight) in enumerate(self.rows):
            phi = self.kept[number] if number < len(self.kept) else self.features(x)
            yield phi, codes, weight
