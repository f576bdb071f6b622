"""Views that a published table holds as lists in its columns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from exoval.errors import BadTable
from exoval.views.layout import ViewLayout
from exoval.views.medians import COARSE
from exoval.views.store import ViewRows, Views


def stacked_views(table: pd.DataFrame, layout: ViewLayout, *, name: str) -> np.ndarray:
    """The views of all rows, from columns such as ``global_view``, float32 (rows, length).

    Raises BadTable, with the table's ``name``, for views of another length.
    """
    return np.concatenate(
        [_stacked(table, view, bins=bins, name=name) for view, bins in layout.bins.items()], axis=1
    )


def as_view_rows(values: np.ndarray) -> ViewRows:
    """Views in the form ``COARSE`` (rows, 262) as a feature table has them, none of them empty."""
    missing = np.zeros((len(values), len(COARSE.bins)), dtype=np.int16)
    return ViewRows.of_all(Views(values, missing, COARSE), len(values))


def _stacked(table: pd.DataFrame, view: str, *, bins: int, name: str) -> np.ndarray:
    """One published view of all events, shape (rows, bins)."""
    column = table[f"{view}_view"]
    lengths = set(column.map(len))
    if lengths != {bins}:
        raise BadTable(f"{name}: {view} views of {sorted(lengths)} bins; they should have {bins}")
    return np.stack(column.to_list()).astype(np.float32)
