"""The covariance functions of the Gaussian processes, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from exoval.errors import BadParameter
from exoval.lazy_module import LazyModule

if TYPE_CHECKING:
    import gpytorch
    import torch
else:
    gpytorch = LazyModule("gpytorch")
    torch = LazyModule("torch")

KERNELS: dict[str, Callable[..., gpytorch.kernels.Kernel]] = {
    "rbf": lambda **shape: gpytorch.kernels.RBFKernel(**shape),
    "matern32": lambda **shape: gpytorch.kernels.MaternKernel(nu=1.5, **shape),
    "matern52": lambda **shape: gpytorch.kernels.MaternKernel(nu=2.5, **shape),
    "rational_quadratic": lambda **shape: gpytorch.kernels.RQKernel(**shape),
}

#: prior variance of a latent function before training: logits of a few
FIRST_VARIANCE = 4.0


def scaled_kernel(
    name: str, columns: int, *, shape: tuple[int, ...] = (), logarithmic: bool = False
) -> gpytorch.kernels.ScaleKernel:
    """A kernel with one length scale a column and a variance, for each entry of ``shape``.

    Length scales start at the root of the number of columns: scaled rows lie about
    sqrt(2 columns) apart, and shorter scales would see no neighbours. ``logarithmic`` makes an
    optimiser see logarithms of the parameters, so that its steps are factors; otherwise
    parameters go through a softplus. Raises BadParameter for an unknown name.
    """
    if name not in KERNELS:
        raise BadParameter(f"kernel is '{name}'; use one of {', '.join(KERNELS)}")
    batch = torch.Size(shape)
    positive = (
        gpytorch.constraints.Positive(transform=torch.exp, inv_transform=torch.log)
        if logarithmic
        else gpytorch.constraints.Positive()
    )
    kernel = gpytorch.kernels.ScaleKernel(
        KERNELS[name](ard_num_dims=columns, batch_shape=batch, lengthscale_constraint=positive),
        batch_shape=batch,
        outputscale_constraint=positive,
    )
    kernel.to(torch.float64)
    kernel.base_kernel.lengthscale = float(columns) ** 0.5
    kernel.outputscale = FIRST_VARIANCE
    return kernel
