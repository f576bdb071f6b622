"""A contrast curve: how faint a star beside the target imaging would have shown, by separation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from exoval.errors import BadParameter, BadTable, DataNotFound, foreign_errors_as

#: names of the columns, as exoval and as ExoFOP's and other people's files write them
SEPARATION = ("separation_arcsec", "separation", "sep", "arcsec", "ang_sep")
DIFFERENCE = ("magnitude_difference", "delta_magnitude", "delta_mag", "dmag", "contrast", "dm")


@dataclass(frozen=True)
class ContrastCurve:
    """Magnitude difference up to which a star would have been seen, at ascending separations.

    Both are (points,), ``separation`` in arcsec. Raises BadParameter for values that no curve has.
    """

    separation: np.ndarray
    difference: np.ndarray

    def __post_init__(self) -> None:
        shapes = np.shape(self.separation), np.shape(self.difference)
        if shapes[0] != shapes[1] or len(shapes[0]) != 1 or not shapes[0][0]:
            raise BadParameter(f"a contrast curve of shapes {shapes}; give one difference a point")
        values = np.concatenate([self.separation, self.difference])
        if not np.isfinite(values).all() or np.min(values) < 0:
            raise BadParameter(
                "a contrast curve with negative, infinite or missing values; give separations in "
                "arcsec and how many magnitudes fainter than the target a star was still seen"
            )
        if not np.all(np.diff(self.separation) > 0):
            raise BadParameter("a contrast curve whose separations do not ascend; sort it")

    def shows(self, separation: np.ndarray, difference: np.ndarray) -> np.ndarray:
        """Whether stars at these separations and magnitude differences would have been seen.

        Inside the first and beyond the last separation nothing would; NaN is not seen.
        """
        separation, difference = (np.asarray(one, dtype=float) for one in (separation, difference))
        limit = np.interp(separation, self.separation, self.difference, left=-np.inf, right=-np.inf)
        return difference < limit


def read_contrast_curve(path: str | Path) -> ContrastCurve:
    """Read a curve from CSV with columns separation_arcsec and magnitude_difference.

    Other usual names of the two are understood, and rows may have any order. Raises DataNotFound
    without the file, BadTable if it lacks a column or holds no curve.
    """
    path = Path(path)
    if not path.is_file():
        raise DataNotFound(f"there is no contrast curve {path}")
    remedy = f"give a CSV with the columns {SEPARATION[0]} and {DIFFERENCE[0]}"
    with foreign_errors_as(BadTable, f"cannot read {path}", remedy):
        table = pd.read_csv(path, comment="#", skipinitialspace=True)
        if not isinstance(table.index, pd.RangeIndex):
            raise ValueError("its rows have more values than it has columns")
        table.columns = [str(name).strip().lower() for name in table.columns]
        if not table.columns.is_unique:
            raise ValueError(f"it has a column twice: {', '.join(table.columns)}")
        found = [
            next((name for name in names if name in table), None)
            for names in (SEPARATION, DIFFERENCE)
        ]
        if None in found:
            raise ValueError(f"its columns are {', '.join(table.columns)}")
        values = table[found].dropna(how="all").astype(float).sort_values(found[0])
    try:
        return ContrastCurve(*values.to_numpy().T)
    except BadParameter as error:
        raise BadTable(f"{path}: {error}") from error
