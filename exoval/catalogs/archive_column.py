"""Features taken directly from columns of a published table, under the project's names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

import numpy as np
import pandas as pd

from exoval.table.column import Column
from exoval.table.feature_table import IDENTITY, FeatureTable
from exoval.table.label_bearing import refuse_label_bearing

#: tests for values that mean "not computed", by the kind of column
MISSING = {
    "any": lambda values: values.isna(),
    "positive": lambda values: ~(values > 0),
    # a difference of exactly zero was not measured
    "not_zero": lambda values: values == 0,
}


@dataclass(frozen=True)
class ArchiveColumn:
    """One feature and the archive's column that holds it.

    ``source`` is the archive's name of the column. ``valid``, one of ``MISSING``, says which
    numbers count as measured: the archive writes missing errors as -1 or 0. Values are multiplied
    by ``factor``.
    """

    name: str
    unit: str
    description: str
    source: str
    _: KW_ONLY
    valid: str = "any"
    factor: float = 1.0

    @property
    def column(self) -> Column:
        """Declaration of the feature's column."""
        return Column(self.name, self.unit, self.description, self.source)

    def values(self, table: pd.DataFrame) -> pd.Series:
        """Return the column's numbers as float64; missing ones, or a missing column, are NaN."""
        raw = pd.to_numeric(
            table.get(self.source, pd.Series(np.nan, table.index)), errors="coerce"
        ).astype(float)
        return self.factor * raw.mask(MISSING[self.valid](raw) | ~np.isfinite(raw))


def archive_values(table: pd.DataFrame, columns: Sequence[ArchiveColumn]) -> pd.DataFrame:
    """Return those columns that a published table has, under the project's names."""
    return pd.DataFrame({one.name: one.values(table) for one in columns if one.source in table})


def feature_table(
    identity: pd.DataFrame, values: pd.DataFrame, columns: Sequence[Column], catalogue: str
) -> FeatureTable:
    """Join identity and those declared columns that ``values`` has; infinities become missing.

    ``catalogue`` is a key of ``LABEL_BEARING``. Raises BadTable for a column that reveals the
    label.
    """
    known = tuple(column for column in columns if column.name in values)
    refuse_label_bearing(known, catalogue=catalogue)
    features = values[[column.name for column in known]].astype(float)
    features = features.where(np.isfinite(features))
    return FeatureTable(
        pd.concat([identity[list(IDENTITY)], features], axis=1),
        known,
        recipe={"catalogue": catalogue},
    )
