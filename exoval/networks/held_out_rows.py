"""Rows held out from fitting, for early stopping."""

from __future__ import annotations

import numpy as np
from sklearn.model_selection import GroupShuffleSplit, ShuffleSplit

#: fewest held-out rows for early stopping
FEWEST_HELD_OUT = 50


def held_out_rows(
    number: int, groups: np.ndarray | None, *, share: float, random: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray]:
    """Indexes of the rows to fit and of the held-out rows, which may be empty.

    ``groups`` (the star of each row) keeps a star's rows on one side. If too few rows would be
    held out, all rows are fitted.
    """
    rows = np.arange(number)
    if round(share * number) < FEWEST_HELD_OUT or (
        groups is not None and len(np.unique(groups)) < 5
    ):
        return rows, rows[:0]
    splitter = ShuffleSplit if groups is None else GroupShuffleSplit
    return next(splitter(1, test_size=share, random_state=random).split(rows, groups=groups))
