"""Natural gradients for the posterior, Adam for everything else.

A step along the natural gradient is a step in the posterior's own geometry. With a conjugate
likelihood one step of length one reaches the optimum (Hensman, Fusi & Lawrence 2013, UAI). With a
softmax it needs far fewer steps than Adam on means and Cholesky factors, whose scales differ
widely (Salimbeni, Eleftheriadis & Hensman 2018, AISTATS 84).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exoval.lazy_module import LazyModule

if TYPE_CHECKING:
    import gpytorch
    import torch
else:
    gpytorch = LazyModule("gpytorch")
    torch = LazyModule("torch")


#: path of the parameters of q(u) in an approximate process
POSTERIOR = "variational_strategy._variational_distribution."


class NaturalAndAdam:
    """A natural-gradient optimiser and Adam, used together as one optimiser."""

    def __init__(
        self,
        latent: torch.nn.Module,
        *,
        natural_rate: float,
        learning_rate: float,
        total_weight: float,
    ) -> None:
        """``total_weight`` is the divisor of the objective; it makes rates independent of it."""
        named = list(latent.named_parameters())
        posterior = [value for name, value in named if name.startswith(POSTERIOR)]
        others = [value for name, value in named if not name.startswith(POSTERIOR)]
        self.natural = gpytorch.optim.NGD(posterior, num_data=total_weight, lr=natural_rate)
        self.adam = torch.optim.Adam(others, lr=learning_rate)

    def zero_grad(self) -> None:
        """Set all gradients to zero."""
        self.natural.zero_grad()
        self.adam.zero_grad()

    def step(self) -> None:
        """Take one step of each optimiser."""
        self.natural.step()
        self.adam.step()

    def state_dict(self) -> dict:
        """The state of Adam; steps along the natural gradient have no memory."""
        return self.adam.state_dict()

    def load_state_dict(self, state: dict) -> None:
        """Restore a state from ``state_dict``."""
        self.adam.load_state_dict(state)


def natural_from_cholesky(
    mean: torch.Tensor, root: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Natural parameters P m and -P / 2 of Gaussians with Cholesky factors of the covariance.

    ``mean`` has shape (classes, points) and ``root`` (classes, points, points); P is the
    precision.
    """
    precision = torch.cholesky_inverse(root)
    return (precision @ mean[..., None])[..., 0], -0.5 * precision
