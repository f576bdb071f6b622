"""Views as columns of a table."""

import numpy as np
import pandas as pd
import pytest

from exoval.errors import BadTable
from exoval.table.column import Column
from exoval.table.feature_table import FeatureTable
from exoval.views.columns import averaged, with_view_columns
from exoval.views.medians import COARSE
from exoval.views.store import ViewRows, Views


def table(views=True):
    values = np.random.default_rng(0).standard_normal((3, COARSE.length)).astype(np.float32)
    frame = pd.DataFrame(
        {
            "event": list("abc"),
            "target": list("abc"),
            "label": "planet",
            "disposition": "planet",
            "depth": [1.0, 2.0, 3.0],
        }
    )
    rows = ViewRows.of_all(Views(values, np.zeros((3, 2), np.int16), COARSE), 3)
    return FeatureTable(frame, (Column("depth", "ppm", ""),), views=rows if views else None)


def test_columns_are_means_of_the_views():
    given = table()
    found = with_view_columns(given, bins=67)
    values = given.views[np.arange(3)]
    assert found.views is None
    assert len(found.feature_names) == 1 + 67 + 61
    # 201 bins are 67 times three, and 61 stay as they are
    assert found.frame["global_01"].to_numpy() == pytest.approx(values[:, 3:6].mean(axis=1))
    assert found.frame["local_60"].to_numpy() == pytest.approx(values[:, -1])
    assert list(found.frame["depth"]) == [1.0, 2.0, 3.0]


def test_stretches_that_do_not_divide_evenly_lose_nothing():
    means = averaged(np.arange(10.0)[None], 4)
    sizes = [len(part) for part in np.array_split(np.arange(10), 4)]
    assert means.shape == (1, 4)
    assert sorted(sizes) == [2, 2, 3, 3]
    assert np.all(np.diff(means) > 0) and means[0, 0] >= 0.5 and means[0, -1] <= 8.5


def test_without_views_there_is_nothing_to_make_columns_of():
    with pytest.raises(BadTable, match="no views"):
        with_view_columns(table(views=False))
