"""Views as columns of a table, for models that take features alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from exoval.errors import BadTable
from exoval.table.column import Column
from exoval.table.feature_table import FeatureTable


def with_view_columns(table: FeatureTable, *, bins: int = 67) -> FeatureTable:
    """The table with each view turned into at most ``bins`` columns.

    Longer views are averaged over nearly equal stretches. A column is named after its view and
    place, such as local_07. Raises BadTable if the table has no views.
    """
    if table.views is None:
        raise BadTable("the table has no views to make columns of; simulate it with views=true")
    # as networks see them: bins without data are 0
    values = np.nan_to_num(table.views[np.arange(len(table))])
    added, columns = {}, []
    for name, part in table.views.layout.slices.items():
        means = averaged(values[:, part], min(bins, part.stop - part.start))
        for place in range(means.shape[1]):
            columns.append(Column(f"{name}_{place:02d}", "", f"{name} view, stretch {place}"))
            added[columns[-1].name] = means[:, place].astype(float)
    frame = pd.concat([table.frame, pd.DataFrame(added)], axis=1)
    return replace(table, frame=frame, columns=(*table.columns, *columns), views=None)


def averaged(values: np.ndarray, bins: int) -> np.ndarray:
    """Means over ``bins`` nearly equal stretches of every row, shape (rows, bins).

    >>> averaged(np.array([[1.0, 3.0, 5.0, 7.0]]), 2).tolist()
    [[2.0, 6.0]]
    """
    place = np.arange(values.shape[1]) * bins // values.shape[1]
    first = np.flatnonzero(np.diff(place, prepend=-1))
    return np.add.reduceat(values, first, axis=1) / np.diff(first, append=values.shape[1])
