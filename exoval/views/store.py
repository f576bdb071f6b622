"""Views of many events on disk, row by row beside a feature table, read batch by batch."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from exoval.errors import BadParameter, BadTable, DataNotFound, foreign_errors_as
from exoval.running.output_path import writing
from exoval.schema import as_record, read_json
from exoval.views.layout import ViewLayout

AGAIN = "simulate the set again"
#: names of the three files: views, counts of their empty bins, and bins of each view
VALUES, MISSING, LAYOUT = "{}.npy", "{}_missing.npy", "{}_layout.json"


@dataclass(frozen=True)
class Views:
    """Views of many events in the order of a feature table.

    ``values`` (rows, length) float32 holds the views of ``layout`` one after the other; a view
    without any data is NaN. ``missing`` (rows, views) counts the bins without data.

    Raises BadTable unless both arrays have the layout's shape.
    """

    values: np.ndarray
    missing: np.ndarray
    layout: ViewLayout

    def __post_init__(self) -> None:
        rows = len(self.values) if np.ndim(self.values) else 0
        length, stretches = self.layout.length, len(self.layout.bins)
        if self.values.shape != (rows, length) or self.missing.shape != (rows, stretches):
            raise BadTable(
                f"views of shape {self.values.shape} with counts of shape {self.missing.shape} do "
                f"not have the {str(length)[:20]} bins in {stretches} views of their layout; "
                f"{AGAIN}"
            )

    def __len__(self) -> int:
        return len(self.values)

    def view(self, name: str) -> np.ndarray:
        """The view of this name for all events, shape (rows, bins)."""
        return self.values[:, self.layout.slices[name]]


@dataclass(frozen=True)
class ViewRows:
    """Rows of a larger set of views, in any order; choosing rows reads nothing.

    ``rows`` are indexes into ``views``. A model can index this like an array of shape (rows,
    length); each indexing reads from the memory map.
    """

    views: Views
    rows: np.ndarray

    @classmethod
    def of_all(cls, views: Views, expected: int) -> ViewRows:
        """All rows; BadTable unless there are ``expected``, as in the table beside them."""
        if len(views) != expected:
            raise BadTable(
                f"there are {len(views)} rows of views and {expected} of features; "
                "simulate the set again so that both are of one run"
            )
        return cls(views, np.arange(expected))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def layout(self) -> ViewLayout:
        """The layout of the rows."""
        return self.views.layout

    def __getitem__(self, chosen: np.ndarray | slice) -> np.ndarray:
        """Views of the chosen rows, read from disk, float32 of shape (chosen rows, length)."""
        return np.asarray(self.views.values[self.rows[chosen]], dtype=np.float32)

    def select(self, chosen: np.ndarray) -> ViewRows:
        """The rows that a mask or indexes choose; nothing is read."""
        return ViewRows(self.views, self.rows[chosen])


def save_views(
    folder: str | Path,
    name: str,
    *,
    size: int,
    rows: Iterable[tuple[int, np.ndarray, np.ndarray]],
    layout: ViewLayout,
) -> None:
    """Write ``size`` rows, given in any order as (row, values, missing), one at a time.

    Raises DataNotFound if the folder cannot be written and BadTable if a row is missing.
    """
    shapes = {
        VALUES: ((size, layout.length), np.float32),
        MISSING: ((size, len(layout.bins)), np.int16),
    }
    with writing(folder, setting="folder"):
        values, missing = (
            np.lib.format.open_memmap(Path(folder) / file.format(name), "w+", kind, shape)
            for file, (shape, kind) in shapes.items()
        )
    given = np.zeros(size, dtype=bool)
    for row, one, empty in rows:
        values[row], missing[row], given[row] = one, empty, True
    if not given.all():
        raise BadTable(
            f"{np.sum(~given)} of {size} rows have no views; delete the folder's "
            "shards and simulate them again"
        )
    values.flush()
    missing.flush()
    (Path(folder) / LAYOUT.format(name)).write_text(json.dumps(dict(layout.bins)))


def open_views(folder: str | Path, name: str = "views") -> Views:
    """The views that ``save_views`` wrote, mapped into memory.

    Raises DataNotFound if the files do not exist, BadTable if ``save_views`` did not write them.
    """
    paths = [Path(folder) / file.format(name) for file in (VALUES, MISSING, LAYOUT)]
    lacking = [path.name for path in paths if not path.is_file()]
    if lacking:
        raise DataNotFound(
            f"no {' and no '.join(lacking)} in {folder}; make views with "
            "python -m simulate views=true"
        )
    bins = as_record(
        read_json(paths[2], remedy=AGAIN), dict[str, int], source=str(paths[2]), remedy=AGAIN
    )
    with foreign_errors_as(BadTable, f"cannot read the views in {folder}", AGAIN):
        values, missing = (np.load(path, mmap_mode="r") for path in paths[:2])
        kinds = [getattr(one, "dtype", np.dtype("V")) for one in (values, missing)]
        if kinds[0].kind != "f" or kinds[1].kind not in "iu":
            raise ValueError(f"they hold {kinds[0]} and counts of {kinds[1]}")
    try:
        return Views(values, missing, ViewLayout(bins))
    except BadParameter as error:
        raise BadTable(f"cannot read the views in {folder} ({error}); {AGAIN}") from error
