"""Views of many events on disk, row by row beside a feature table, read batch by batch."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from exoval.errors import BadParameter, BadTable, DataNotFound, foreign_errors_as
from exoval.running.output_path import replacing
from exoval.running.whole_folder import FULL, check_files
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
    values, missing = (
        Path(folder) / VALUES.format(name),
        Path(folder) / MISSING.format(name),
    )
    given = np.zeros(size, dtype=bool)
    with (
        _rows_file(values, (size, layout.length), np.float32) as write_values,
        _rows_file(missing, (size, len(layout.bins)), np.int16) as write_missing,
    ):
        for row, one, empty in rows:
            write_values(row, one)
            write_missing(row, empty)
            given[row] = True
        if not given.all():
            raise BadTable(
                f"{np.sum(~given)} of {size} rows have no views; delete the folder's "
                "shards and simulate them again"
            )
    with replacing(Path(folder) / LAYOUT.format(name), setting="folder") as draft:
        draft.write_text(json.dumps(dict(layout.bins)))


@contextmanager
def _rows_file(
    path: Path, shape: tuple[int, int], kind: type
) -> Iterator[Callable[[int, np.ndarray], None]]:
    """A function that writes one row, by its number, into a new ``.npy`` file of this shape.

    It writes without a memory map: on a full disk a map ends the process by a bus error.
    """
    header = {
        "descr": np.lib.format.dtype_to_descr(np.dtype(kind)),
        "fortran_order": False,
        "shape": shape,
    }
    width = shape[1] * np.dtype(kind).itemsize
    with replacing(path, setting="folder") as draft, draft.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        start = file.tell()
        file.truncate(start + shape[0] * width)

        def write(row: int, values: np.ndarray) -> None:
            file.seek(start + int(row) * width)
            file.write(np.ascontiguousarray(np.broadcast_to(values, shape[1:]), dtype=kind).data)

        yield write


def open_views(folder: str | Path, name: str = "views", *, verify: str = FULL) -> Views:
    """The views that ``save_views`` wrote, mapped into memory.

    They are compared with the manifest of the folder, if there is one
    (``exoval.running.whole_folder.check_files`` explains ``verify``). Raises DataNotFound if the
    files do not exist, BadTable if ``save_views`` did not write them or they have changed.
    """
    paths = [Path(folder) / file.format(name) for file in (VALUES, MISSING, LAYOUT)]
    lacking = [path.name for path in paths if not path.is_file()]
    if lacking:
        raise DataNotFound(
            f"no {' and no '.join(lacking)} in {folder}; make views with "
            "python -m simulate views=true"
        )
    check_files(folder, [path.name for path in paths], verify=verify)
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
