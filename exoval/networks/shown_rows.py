"""Features and views of the same rows, handed to a network batch by batch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch

from exoval.errors import BadParameter
from exoval.networks.view_network import prepared_views
from exoval.views.layout import LAYOUTS

ROWS_PER_CHUNK = 1024


class ViewArray(Protocol):
    """Views that can be indexed by rows: an array, a memory map or ``ViewRows``."""

    def __len__(self) -> int:
        """Number of rows."""

    def __getitem__(self, rows: np.ndarray | slice) -> np.ndarray:
        """Views of some rows, shape (rows, length)."""


@dataclass(frozen=True)
class ShownRows:
    """Features X (rows, columns) in memory and the views of these rows, perhaps on disk.

    ``places`` are the rows' indexes in ``views``; without views there are features alone.
    """

    X: np.ndarray
    views: ViewArray | None
    places: np.ndarray

    @classmethod
    def of(cls, X: np.ndarray, views: ViewArray | None, *, used: np.ndarray) -> ShownRows:
        """The ``used`` rows (a mask); BadParameter if the views are not those of the rows."""
        if views is not None:
            shape = (len(views), *np.shape(views[:1])[1:])
            if shape not in [(len(X), length) for length in LAYOUTS]:
                raise BadParameter(
                    f"views have shape {shape} and the features {len(X)} rows; "
                    f"give views of shape ({len(X)}, one of "
                    f"{', '.join(map(str, LAYOUTS))})"
                )
        return cls(X[used], views, np.flatnonzero(used))

    def __len__(self) -> int:
        return len(self.X)

    def batch(
        self, rows: np.ndarray, *, device: torch.device, dtype: torch.dtype
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Features and views of some rows, read now."""
        x = torch.as_tensor(self.X[rows], dtype=dtype, device=device)
        if self.views is None:
            return x, None
        return x, prepared_views(self.views[self.places[rows]]).to(device)

    def chunks(self) -> Iterator[np.ndarray]:
        """Indexes of all rows, some at a time."""
        for start in range(0, len(self), ROWS_PER_CHUNK):
            yield np.arange(start, min(start + ROWS_PER_CHUNK, len(self)))

    def fingerprint(self) -> str:
        """A digest of features and views."""
        digest = hashlib.sha256(np.ascontiguousarray(self.X).tobytes())
        for rows in self.chunks() if self.views is not None else ():
            digest.update(np.ascontiguousarray(self.views[self.places[rows]]).tobytes())
        return digest.hexdigest()


def view_length(views: ViewArray | None) -> int:
    """Bins of a row of views, 0 without views."""
    return 0 if views is None else int(np.shape(views[:1])[1])


def checked_views(views: ViewArray | None, looks_at_views: bool, *, length: int = 0) -> None:
    """Raise BadParameter unless views are given exactly where the model was fitted with them.

    With a ``length`` they must have as many bins as those.
    """
    if views is not None and length and view_length(views) not in (0, length):
        raise BadParameter(
            f"views have {view_length(views)} bins and the classifier was fitted "
            f"with {length}; give views of the same form"
        )
    if looks_at_views and views is None:
        raise BadParameter("the classifier was fitted with views; give those of the rows as views=")
    if not looks_at_views and views is not None:
        raise BadParameter("the classifier was fitted without views; leave views= out")
