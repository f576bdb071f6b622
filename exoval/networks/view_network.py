"""A small network that looks at the views of an event and at its features.

Two towers of convolutions, as in AstroNet (Shallue & Vanderburg 2018, AJ 155, 94): one over the
whole period, one over the event itself. The second sees the local, secondary, odd and even views
side by side, so that its first layer can subtract odd from even events. Features join behind the
towers, as in ExoMiner (Valizadegan et al. 2022, ApJ 926, 120).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from exoval.views.layout import ViewLayout, layout_of

WIDE, NARROW = "global", ("local", "secondary", "odd", "even")
#: depths beyond which a bin says no more: noise of weak events, or another body's eclipse
LIMIT = 4.0


class ViewNetwork(nn.Module):
    """Features and views to ``outputs`` numbers a row.

    ``width`` is the number of filters of the first layer and doubles from layer to layer; with
    ``wide`` there is a tower for the whole period. ``view_length`` says how the views are laid
    out; 0 is no views, features alone.
    """

    def __init__(
        self,
        columns: int,
        *,
        outputs: int,
        width: int,
        hidden: int,
        view_length: int,
        wide: bool = True,
    ) -> None:
        super().__init__()
        self.scalars = nn.Sequential(nn.Linear(columns, hidden), nn.ReLU())
        self.layout = layout_of(view_length) if view_length else None
        self.narrow = _narrow_tower(self.layout, width, hidden) if self.layout else None
        self.wide = _wide_tower(self.layout, width, hidden) if self.layout and wide else None
        towers = 1 + (self.narrow is not None) + (self.wide is not None)
        self.joint = nn.Sequential(
            nn.Linear(towers * hidden, hidden), nn.ReLU(), nn.Linear(hidden, outputs)
        )
        # what is linear in the features need not pass through the layers
        self.linear = nn.Linear(columns, outputs, bias=False)

    def forward(self, x: torch.Tensor, views: torch.Tensor | None) -> torch.Tensor:
        """Outputs of rows x (rows, columns) with views (rows, length), shape (rows, outputs)."""
        parts = [self.scalars(x)]
        if self.narrow is not None:
            parts.append(
                self.narrow(
                    torch.stack(
                        [views[:, self.layout.slices[name]] for name in _narrow(self.layout)], 1
                    )
                )
            )
        if self.wide is not None:
            parts.append(self.wide(views[:, None, self.layout.slices[WIDE]]))
        return self.joint(torch.cat(parts, dim=1)) + self.linear(x)


def seeded_networks(number: int, *, seed: int, **shape: int | bool) -> nn.ModuleList:
    """Networks of one shape with different first weights, the same for a seed.

    Torch's own random state is left as it was.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.ModuleList([ViewNetwork(**shape) for _ in range(number)])


def prepared_views(values: np.ndarray) -> torch.Tensor:
    """Views (rows, length) as a network takes them: float32, clipped, 0 where nothing is known."""
    finite = np.nan_to_num(
        np.asarray(values, dtype=np.float32), nan=0.0, posinf=LIMIT, neginf=-LIMIT
    )
    return torch.as_tensor(np.clip(finite, -LIMIT, LIMIT))


def mirrored(views: torch.Tensor, rows: np.ndarray) -> torch.Tensor:
    """The views with some rows (a mask) run backwards: an event in reverse is one as well."""
    turned = views.clone()
    chosen = torch.as_tensor(np.flatnonzero(rows))
    for part in layout_of(views.shape[1]).slices.values():
        turned[chosen, part] = views[chosen, part].flip(1)
    return turned


def _narrow(layout: ViewLayout) -> list[str]:
    """The views around an event that the layout has; they are equally long."""
    return [name for name in NARROW if name in layout.bins]


def _narrow_tower(layout: ViewLayout, width: int, hidden: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv1d(len(_narrow(layout)), width, 5, padding=2),
        nn.ReLU(),
        nn.Conv1d(width, width, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool1d(5, 3),
        nn.Conv1d(width, 2 * width, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool1d(5, 3),
        nn.Flatten(),
        nn.Linear(2 * width * _pooled(layout.bins[NARROW[0]], 3, 2), hidden),
        nn.ReLU(),
    )


def _wide_tower(layout: ViewLayout, width: int, hidden: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv1d(1, width, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool1d(5, 4),
        nn.Conv1d(width, 2 * width, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool1d(5, 4),
        nn.Conv1d(2 * width, 4 * width, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool1d(5, 4),
        nn.Flatten(),
        nn.Linear(4 * width * _pooled(layout.bins[WIDE], 4, 3), hidden),
        nn.ReLU(),
    )


def _pooled(bins: int, stride: int, times: int) -> int:
    """Bins that are left after pooling over 5 bins in strides."""
    for _ in range(times):
        bins = (bins - 5) // stride + 1
    return bins
