"""Find a kind of table in a data folder by its columns, under any name."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from exoval.catalogs.table_content import Header, headers_of

#: subfolders of a data folder in which tables lie, at any depth
PLACES = ("tables", "views")
#: a date in a file's name: 2020-07, 2025.10.01 or 20251001, with any text around it
DATE = re.compile(r"(?<!\d)(20[0-3]\d)([-._]?)(0[1-9]|1[0-2])(?:\2(0[1-9]|[12]\d|3[01]))?(?!\d)")


@dataclass(frozen=True, kw_only=True)
class FoundTable:
    """A file with the columns of a kind of table, and its date.

    ``dated`` says whether the date is from the file's name, else it is that of the last change.
    """

    path: Path
    columns: tuple[str, ...]
    date: datetime
    dated: bool

    @property
    def day(self) -> str:
        """The date as text, such as ``2020-07-01``, with its origin if it is not the name."""
        return f"{self.date:%Y-%m-%d}" + ("" if self.dated else " (last change)")


def files_of(folder: Path) -> list[Path]:
    """Return the files in which tables of a data folder are looked for, in order of their names."""
    return sorted(
        Path(inside, name)
        for place in PLACES
        for inside, _, names in os.walk(folder / place, followlinks=True)
        for name in names
        if not name.startswith(".") and Path(inside, name).is_file()
    )


def tables_with(folder: Path, is_kind: Callable[[Header], bool]) -> list[FoundTable]:
    """Return the files with a header of the wanted kind, newest first.

    A date in the name (2020-07, 2025.10.01, 20251001) counts before the time of the last change.
    """
    found = []
    for path in files_of(folder):
        header = next((one for one in headers_of(path) if is_kind(one)), None)
        if header is not None:
            date = date_in(path.name)
            found.append(
                FoundTable(
                    path=path,
                    columns=header.columns,
                    date=date or datetime.fromtimestamp(int(path.stat().st_mtime), UTC),
                    dated=date is not None,
                )
            )
    return sorted(found, key=lambda one: one.date, reverse=True)


def date_in(name: str) -> datetime | None:
    """Return the last date in a file's name, the first of a month that has no day.

    >>> date_in("cumulative_2025.10.01_00.00.00.csv"), date_in("kirk2016.csv")
    (datetime.datetime(2025, 10, 1, 0, 0, tzinfo=datetime.timezone.utc), None)
    """
    dates = DATE.findall(name)
    if not dates:
        return None
    year, _, month, day = dates[-1]
    try:
        return datetime(int(year), int(month), int(day or 1), tzinfo=UTC)
    except ValueError:  # 2025-02-30
        return datetime(int(year), int(month), 1, tzinfo=UTC)
