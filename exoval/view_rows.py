"""Some rows of stored views, read from disk when a batch of them is asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.errors import BadTable
from exoval.views import Views


@dataclass(frozen=True)
class ViewRows:
    """Rows of a larger set of views, in any order; choosing some reads nothing.

    ``rows`` are indexes into ``views``. To a model this looks like an array of shape (rows,
    length) that can be indexed by rows; each indexing reads from the memory map.
    """

    views: Views
    rows: np.ndarray

    @classmethod
    def of_all(cls, views: Views, expected: int) -> ViewRows:
        """All rows; BadTable unless there are as many as the table beside them has."""
        if len(views) != expected:
            raise BadTable(f"there are {len(views)} rows of views and {expected} of features; "
                           "simulate the set again so that both are of one run")
        return cls(views, np.arange(expected))

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, chosen: np.ndarray | slice) -> np.ndarray:
        """The views of some rows, read now, float32 of shape (chosen rows, length)."""
        return np.asarray(self.views.values[self.rows[chosen]], dtype=np.float32)

    def select(self, chosen: np.ndarray) -> ViewRows:
        """The rows of a mask or of indexes, still unread."""
        return ViewRows(self.views, self.rows[chosen])
