"""Training by epochs: early stopping, the best epoch's parameters, resuming after an interrupt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from exoval.networks.checkpoint import (
    random_from_plain,
    random_to_plain,
    read_checkpoint,
    write_checkpoint,
)
from exoval.running.progress import progress


@dataclass(kw_only=True)
class Epochs:
    """A model in training, with the whole state on which the following epochs depend.

    ``random`` and ``generator`` are the only sources of randomness; ``mark`` identifies rows and
    settings. After ``run``, ``held_out_loss`` has one entry per epoch and ``best`` holds the
    parameters of the best epoch. Without held-out rows ``held_out_loss`` is empty and ``best`` is
    the last epoch.
    """

    model: torch.nn.Module
    optimiser: torch.optim.Optimizer
    random: np.random.RandomState
    generator: torch.Generator
    checkpoint: str | Path | None = None
    mark: str = ""
    held_out_loss: list[float] = field(default_factory=list)
    epochs_run: int = 0
    best: dict[str, torch.Tensor] = field(default_factory=dict)

    def resume(self, device: torch.device) -> bool:
        """Restore the state in ``checkpoint``; False if it has no state of this training."""
        stored = self.checkpoint and read_checkpoint(self.checkpoint, self.mark, device=device)
        if not stored:
            return False
        self.model.load_state_dict(stored["model"])
        self.optimiser.load_state_dict(stored["optimiser"])
        random_from_plain(self.random, stored["random"])
        self.generator.set_state(stored["generator"].cpu())
        self.held_out_loss, self.epochs_run = stored["held_out_loss"], stored["epochs_run"]
        self.best = stored["best"]
        return True

    def run(
        self,
        *,
        most: int,
        patience: int,
        one_epoch: Callable[[], None],
        judge: Callable[[], float] | None,
        description: str,
    ) -> None:
        """Run up to ``most`` epochs in all; stop after ``patience`` epochs without improvement."""
        epochs = range(self.epochs_run, most)
        for _ in progress(epochs, total=len(epochs), description=description):
            if self.is_over(patience):
                break
            self.model.train()
            one_epoch()
            self.epochs_run += 1
            if judge is None:
                self.best = copied(self.model)
            else:
                self._note(judge())
            if self.checkpoint:
                write_checkpoint(self.checkpoint, self._state())

    def is_over(self, patience: int) -> bool:
        """Whether the held-out loss has not improved for ``patience`` epochs."""
        best = int(np.argmin(self.held_out_loss)) if self.held_out_loss else 0
        return len(self.held_out_loss) - 1 - best >= patience

    def _note(self, loss: float) -> None:
        """Record a held-out loss, and the parameters if it is the lowest."""
        if not self.best or loss < min(self.held_out_loss, default=np.inf):
            self.best = copied(self.model)
        self.held_out_loss.append(loss)

    def _state(self) -> dict:
        """The state that ``resume`` reads."""
        return {
            "fingerprint": self.mark,
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "random": random_to_plain(self.random),
            "generator": self.generator.get_state(),
            "epochs_run": self.epochs_run,
            "held_out_loss": self.held_out_loss,
            "best": self.best,
        }


def copied(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """A copy of the model's present parameters."""
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def plain_arrays(state: dict[str, torch.Tensor]) -> dict[str, np.ndarray]:
    """Parameters as arrays, so that a fitted model can be copied, stored and moved."""
    return {name: value.cpu().numpy().copy() for name, value in state.items()}
