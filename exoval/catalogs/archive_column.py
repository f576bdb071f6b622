"""Features straight from the columns of a published table, under the project's own names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

import numpy as np
import pandas as pd

from exoval.table.column import Column
from exoval.table.feature_table import IDENTITY, FeatureTable
from exoval.table.label_bearing import refuse_label_bearing

#: what stands for a number that could not be computed, by the kind of column
MISSING = {
    "any": lambda values: values.isna(),
    "positive": lambda values: ~(values > 0),
    # a difference that is zero to the last digit was not measured
    "not_zero": lambda values: values == 0,
}


@dataclass(frozen=True)
class ArchiveColumn:
    """One feature and the archive's column that holds it.

    ``source`` is the archive's name of the column and ``valid`` one of ``MISSING``: what a number
    must be to count as measured (errors and the like of -1 or 0 are the archive's gaps). Values
    are multiplied by ``factor``.
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
        """Its declaration."""
        return Column(self.name, self.unit, self.description, self.source)

    def values(self, table: pd.DataFrame) -> pd.Series:
        """The numbers as float64 with NaN for those that are missing; all NaN without column."""
        raw = pd.to_numeric(
            table.get(self.source, pd.Series(np.nan, table.index)), errors="coerce"
        ).astype(float)
        return self.factor * raw.mask(MISSING[self.valid](raw) | ~np.isfinite(raw))


def archive_values(table: pd.DataFrame, columns: Sequence[ArchiveColumn]) -> pd.DataFrame:
    """The columns of a published table that are there, by the project's names."""
    return pd.DataFrame({one.name: one.values(table) for one in columns if one.source in table})


def feature_table(
    identity: pd.DataFrame, values: pd.DataFrame, columns: Sequence[Column], catalogue: str
) -> FeatureTable:
    """Identity and those of the declared columns that ``values`` has, infinities made missing.

    ``catalogue`` is a key of ``LABEL_BEARING``. Raises BadTable for a column that knows the label.
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
