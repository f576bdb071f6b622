"""Known stars around a target: which of them could make an event by an eclipse of their own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from exoval.errors import BadParameter, BadTable, DataNotFound, foreign_errors_as

COLUMNS = ("target", "separation_arcsec", "magnitude_difference")


@dataclass(frozen=True)
class Neighbours:
    """Known stars around one target, complete as far as neighbours matter.

    ``separation`` is in arcsec, ``difference`` in magnitudes in the mission's band, above zero for
    stars fainter than the target; both (stars,), which may be none. Raises BadParameter for values
    that no star has.
    """

    separation: np.ndarray
    difference: np.ndarray

    def __post_init__(self) -> None:
        separation, difference = (
            np.asarray(one, dtype=float) for one in (self.separation, self.difference)
        )
        wrong = ~(np.isfinite(separation) & np.isfinite(difference) & (separation >= 0))
        if separation.shape != difference.shape or separation.ndim != 1 or wrong.any():
            raise BadParameter(
                f"{int(np.sum(wrong))} neighbours with negative or missing separations or without "
                "magnitudes; give arcsec and magnitude differences to the target"
            )

    def needed_depth(self, depth: float) -> np.ndarray:
        """The dip that each star needs to make one of ``depth`` in the target's light, (stars,).

        It is a lower limit: part of the star's light is outside the aperture. Above one no eclipse
        is deep enough.
        """
        return depth * 10 ** (0.4 * np.asarray(self.difference, dtype=float))


def read_neighbours(path: str | Path) -> dict[str, Neighbours]:
    """Read the neighbours of targets from CSV, by target.

    Columns are target (as in the light curves), separation_arcsec and magnitude_difference, the
    neighbour's magnitude minus the target's. A row with both of them empty says that its target
    has no neighbours. Raises DataNotFound without the file, BadTable if it is none.
    """
    path = Path(path)
    if not path.is_file():
        raise DataNotFound(f"there is no list of neighbours {path}")
    remedy = f"give a CSV with the columns {', '.join(COLUMNS)}"
    with foreign_errors_as(BadTable, f"cannot read {path}", remedy):
        table = pd.read_csv(path, comment="#", dtype={"target": str})
        missing = [name for name in COLUMNS if name not in table]
        if missing:
            raise ValueError(f"it lacks {', '.join(missing)}")
        if not isinstance(table.index, pd.RangeIndex):
            raise ValueError("its rows have more values than it has columns")
        table = table.assign(
            target=table["target"].str.strip(),
            **{name: table[name].astype(float) for name in COLUMNS[1:]},
        )
        unnamed = int((table["target"].isna() | table["target"].eq("")).sum())
        if unnamed:
            raise ValueError(f"{unnamed} of its rows have no target")
    return {
        str(target): _of_one(rows, f"{path}, {target}") for target, rows in table.groupby("target")
    }


def _of_one(rows: pd.DataFrame, source: str) -> Neighbours:
    """The neighbours of one target from its rows; BadTable, which begins with ``source``."""
    # a magnitude says that there is a star, whose separation is missing
    stars = rows.loc[rows[list(COLUMNS[1:])].notna().any(axis=1), list(COLUMNS[1:])]
    try:
        return Neighbours(*stars.to_numpy().T)
    except BadParameter as error:
        raise BadTable(f"{source}: {error}") from error
