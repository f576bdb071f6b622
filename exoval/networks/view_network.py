"""A small network that looks at the views of an event and at its features.

It has two towers of convolutions, as in AstroNet (Shallue & Vanderburg 2018, AJ 155, 94): one for
the whole period, one for the event. The second sees the local, secondary, odd and even views as
channels, so that its first layer can subtract odd from even events. Features join after the
towers, as in ExoMiner (Valizadegan et al. 2022, ApJ 926, 120).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from exoval.errors import BadParameter
from exoval.views.layout import ViewLayout

#: names of stretches: the whole period, and those around an event
WIDE, NARROW = "global", ("local", "secondary", "odd", "even")
#: bins are clipped at this many depths: more is noise of a weak event or another body's eclipse
LIMIT = 4.0
#: fewest bins of which pooling leaves one
NARROW_BINS, WIDE_BINS = 17, 85


class ViewNetwork(nn.Module):
    """A network from features and views to ``outputs`` numbers a row.

    ``width`` is the number of filters of the first layer and doubles from layer to layer. With
    ``wide`` there is a tower for the whole period. ``layout`` is the layout of the views; None
    means features alone.

    Raises BadParameter for a layout without a stretch that the network uses, with stretches around
    the event of different lengths, or with one that is too short for the layers.
    """

    def __init__(
        self,
        columns: int,
        *,
        outputs: int,
        width: int,
        hidden: int,
        layout: ViewLayout | None,
        wide: bool = True,
    ) -> None:
        super().__init__()
        self.scalars = nn.Sequential(nn.Linear(columns, hidden), nn.ReLU())
        self.layout = layout
        narrow, whole = _looked_at(layout, wide) if layout else ((), False)
        self.names = narrow
        self.narrow = _narrow_tower(layout, narrow, width, hidden) if narrow else None
        self.wide = _wide_tower(layout, width, hidden) if whole else None
        towers = 1 + (self.narrow is not None) + (self.wide is not None)
        self.joint = nn.Sequential(
            nn.Linear(towers * hidden, hidden), nn.ReLU(), nn.Linear(hidden, outputs)
        )
        # a shortcut for the part that is linear in the features
        self.linear = nn.Linear(columns, outputs, bias=False)

    def forward(self, x: torch.Tensor, views: torch.Tensor | None) -> torch.Tensor:
        """Outputs of rows x (rows, columns) with views (rows, length), shape (rows, outputs)."""
        parts = [self.scalars(x)]
        if self.narrow is not None:
            parts.append(
                self.narrow(
                    torch.stack([views[:, self.layout.slices[name]] for name in self.names], 1)
                )
            )
        if self.wide is not None:
            parts.append(self.wide(views[:, None, self.layout.slices[WIDE]]))
        return self.joint(torch.cat(parts, dim=1)) + self.linear(x)


def seeded_networks(number: int, *, seed: int, **shape: object) -> nn.ModuleList:
    """Networks of one shape with different initial weights, which ``seed`` determines.

    Torch's global random state is not changed.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.ModuleList([ViewNetwork(**shape) for _ in range(number)])


def prepared_views(values: np.ndarray) -> torch.Tensor:
    """Views (rows, length) as input of a network: float32, clipped, 0 for bins without data."""
    finite = np.nan_to_num(
        np.asarray(values, dtype=np.float32), nan=0.0, posinf=LIMIT, neginf=-LIMIT
    )
    return torch.as_tensor(np.clip(finite, -LIMIT, LIMIT))


def mirrored(views: torch.Tensor, rows: np.ndarray, *, layout: ViewLayout) -> torch.Tensor:
    """The views with some rows (a mask) reversed in time; a reversed event is as plausible."""
    turned = views.clone()
    chosen = torch.as_tensor(np.flatnonzero(rows))
    for part in layout.slices.values():
        turned[chosen, part] = views[chosen, part].flip(1)
    return turned


def _looked_at(layout: ViewLayout, wide: bool) -> tuple[tuple[str, ...], bool]:
    """The layout's stretches around the event, and whether the whole period is used.

    Raises BadParameter if the network uses none of the stretches or they do not fit the layers.
    """
    narrow = tuple(name for name in NARROW if name in layout.bins)
    whole = wide and WIDE in layout.bins
    if not narrow and not whole:
        raise BadParameter(
            f"views have the stretches {', '.join(layout.bins)} and the network uses "
            f"{', '.join(NARROW)}{f' and {WIDE}' if wide else ''}; give it another view form"
        )
    if len({layout.bins[name] for name in narrow}) > 1:
        raise BadParameter(
            f"the stretches {', '.join(narrow)} have different numbers of bins, but the network "
            "needs equal ones; give all of them the same number"
        )
    shortest = {name: NARROW_BINS for name in narrow} | ({WIDE: WIDE_BINS} if whole else {})
    for name, least in shortest.items():
        if layout.bins[name] < least:
            raise BadParameter(
                f"the stretch {name} has {layout.bins[name]} bins, but the network's layers need "
                f"{least}; give it more bins"
            )
    return narrow, whole


def _narrow_tower(
    layout: ViewLayout, names: tuple[str, ...], width: int, hidden: int
) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv1d(len(names), width, 5, padding=2),
        nn.ReLU(),
        nn.Conv1d(width, width, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool1d(5, 3),
        nn.Conv1d(width, 2 * width, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool1d(5, 3),
        nn.Flatten(),
        nn.Linear(2 * width * _pooled(layout.bins[names[0]], 3, 2), hidden),
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
    """Number of bins after repeated pooling over 5 bins."""
    for _ in range(times):
        bins = (bins - 5) // stride + 1
    return bins
