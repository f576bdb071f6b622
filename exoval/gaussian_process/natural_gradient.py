"""Natural gradients for the posterior, Adam for everything else.

A step along the natural gradient is a step in the posterior's own geometry: with conjugate rows
one of length one ends at the optimum (Hensman, Fusi & Lawrence 2013, UAI), and with a softmax it
needs far fewer steps than Adam on means and Cholesky factors, whose scales differ by far
(Salimbeni, Eleftheriadis & Hensman 2018, AISTATS 84).
"""

from __future__ import annotations

import gpytorch
import torch

#: where the parameters of q(u) are in an approximate process
POSTERIOR = "variational_strategy._variational_distribution."


class NaturalAndAdam:
    """Two optimisers that look like one."""

    def __init__(
        self,
        latent: torch.nn.Module,
        *,
        natural_rate: float,
        learning_rate: float,
        total_weight: float,
    ) -> None:
        """``total_weight`` is what the objective was divided by, so that rates mean the same."""
        named = list(latent.named_parameters())
        posterior = [value for name, value in named if name.startswith(POSTERIOR)]
        others = [value for name, value in named if not name.startswith(POSTERIOR)]
        self.natural = gpytorch.optim.NGD(posterior, num_data=total_weight, lr=natural_rate)
        self.adam = torch.optim.Adam(others, lr=learning_rate)

    def zero_grad(self) -> None:
        """Forget the gradients."""
        self.natural.zero_grad()
        self.adam.zero_grad()

    def step(self) -> None:
        """One step of each."""
        self.natural.step()
        self.adam.step()

    def state_dict(self) -> dict:
        """What a later step depends on: steps along the natural gradient have no memory."""
        return self.adam.state_dict()

    def load_state_dict(self, state: dict) -> None:
        """Take up what ``state_dict`` gave."""
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
