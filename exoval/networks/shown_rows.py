"""Features and views of the same rows, handed to a network batch by batch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch

from exoval.errors import BadParameter
from exoval.networks.view_network import prepared_views
from exoval.views.layout import ViewLayout

ROWS_PER_CHUNK = 1024
#: as few rows are shown one at a time: torch rounds a row by its place among others
FEW_ROWS = 64


class ViewArray(Protocol):
    """Views that can be indexed by rows: ``ViewRows``, which say their layout too, or an array."""

    def __len__(self) -> int:
        """Number of rows."""

    def __getitem__(self, rows: np.ndarray | slice) -> np.ndarray:
        """Views of some rows, shape (rows, length)."""


@dataclass(frozen=True)
class ShownRows:
    """Features X (rows, columns) in memory, and the views of these rows in memory or on disk.

    ``places`` are the rows' indexes in ``views``. ``views`` is None for features alone.
    """

    X: np.ndarray
    views: ViewArray | None
    places: np.ndarray

    @classmethod
    def of(
        cls,
        X: np.ndarray,
        views: ViewArray | None,
        *,
        used: np.ndarray,
        layout: ViewLayout | None,
    ) -> ShownRows:
        """The ``used`` rows (a mask); BadParameter unless there is one row of views per row."""
        if views is not None:
            shape = (len(views), *np.shape(views[:1])[1:])
            if shape != (len(X), layout.length):
                raise BadParameter(
                    f"views have shape {shape}; give one row of {layout.length} bins for each of "
                    f"the {len(X)} rows of features"
                )
        return cls(X[used], views, np.flatnonzero(used))

    def __len__(self) -> int:
        return len(self.X)

    def batch(
        self, rows: np.ndarray, *, device: torch.device, dtype: torch.dtype
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Features and views of the chosen rows, read from disk if they are there."""
        x = torch.as_tensor(self.X[rows], dtype=dtype, device=device)
        if self.views is None:
            return x, None
        return x, prepared_views(self.views[self.places[rows]]).to(device)

    def chunks(self) -> Iterator[np.ndarray]:
        """Indexes of all rows, some at a time; each alone where there are ``FEW_ROWS`` or fewer."""
        size = 1 if len(self) <= FEW_ROWS else ROWS_PER_CHUNK
        for start in range(0, len(self), size):
            yield np.arange(start, min(start + size, len(self)))

    def fingerprint(self) -> str:
        """A digest of features and views."""
        digest = hashlib.sha256(np.ascontiguousarray(self.X).tobytes())
        for rows in self.chunks() if self.views is not None else ():
            digest.update(np.ascontiguousarray(self.views[self.places[rows]]).tobytes())
        return digest.hexdigest()


def stretches_of(views: ViewArray | None) -> dict[str, int]:
    """Bins of every stretch of the views to fit on; empty without views.

    Raises BadParameter for views without a layout, such as a bare array.
    """
    if views is None:
        return {}
    layout = getattr(views, "layout", None)
    if layout is None:
        raise BadParameter(
            "the views do not say which stretches they have; give an exoval.views.store.ViewRows, "
            "which has the layout of the view form"
        )
    return dict(layout.bins)


def checked_layout(views: ViewArray | None, stretches: Mapping[str, int]) -> ViewLayout | None:
    """The layout of the views of rows to classify; None without views.

    ``stretches`` are those the classifier was fitted on. Raises BadParameter if views are given to
    a classifier fitted without them, or the reverse, or if the views have another layout.
    """
    if not stretches:
        if views is not None:
            raise BadParameter("the classifier was fitted without views; leave views= out")
        return None
    if views is None:
        raise BadParameter("the classifier was fitted with views; give those of the rows as views=")
    layout, fitted = getattr(views, "layout", None), ViewLayout(stretches)
    # compared by position: the same stretches in another order are another layout
    if layout is not None and layout.slices != fitted.slices:
        raise BadParameter(
            f"views have the stretches {dict(layout.bins)}, but the classifier was fitted with "
            f"{dict(stretches)}; give views of the same form"
        )
    return fitted
