"""Light curves as plain tables: CSV, text, Parquet, ECSV or IPAC, packed by gzip or not.

A table has a time and a flux (``exoval.missions.table_columns`` lists the names). Text is separated
by commas, semicolons, tabs or blanks; its names are the first line, or the last comment before the
numbers. Numbers without names are time, flux and, if there is a third, the error. The file is named
after its target, with underscores for spaces: ``TIC_11491822.csv``.
"""

from __future__ import annotations

import bz2
import gzip
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exoval.errors import BadLightCurve, foreign_errors_as
from exoval.lazy_module import LazyModule
from exoval.missions.clock import MissionClock, stated_clock
from exoval.missions.pipeline_segment import PipelineSegment
from exoval.missions.row_lengths import whole_rows
from exoval.missions.table_columns import segments_of, time_and_flux

if TYPE_CHECKING:
    from astropy import table as tables
    from astropy import time as times
    from astropy import units
else:
    units = LazyModule("astropy.units")
    tables = LazyModule("astropy.table")
    times = LazyModule("astropy.time")

TEXT_ENDINGS = (".csv", ".txt", ".dat", ".tsv")
ENDINGS = (*TEXT_ENDINGS, ".ecsv", ".parquet", ".tbl")
PACKED: dict[str, Callable] = {".gz": gzip.open, ".bz2": bz2.open}
FITS_ENDINGS = (".fits", ".fit", ".fts")
#: names of files that lie beside light curves and are none
NOT_A_TARGET = ("readme", "license", "licence", "changelog")
#: names of columns without names
PLACES = ("time", "flux", "error")
#: lines from which the form of a text file is told
FIRST_LINES = 200
COMMENTS = ("#", "%", ";", "\\", "|", "!")


def is_table(path: str | Path) -> bool:
    """Return whether a file is a table: by its ending, or if that is unusual by its first bytes."""
    ending = _ending(path)
    if ending in ENDINGS or ending in FITS_ENDINGS or not Path(path).is_file():
        return ending in ENDINGS
    with open(path, "rb") as file:
        first = file.read(1024)
    # FITS files and packed ones begin so
    return not first.startswith((b"SIMPLE", b"\x1f\x8b"))


def is_target_table(path: str | Path) -> bool:
    """Return whether a file in a folder of light curves is the table of a target, or of stars."""
    return _ending(path) in ENDINGS and not target_of(path).lower().startswith(NOT_A_TARGET)


def target_of(path: str | Path) -> str:
    """Return the target that a table's file name gives.

    >>> target_of("light_curves/TIC_11491822.csv"), target_of("TIC_7.csv.gz")
    ('TIC 11491822', 'TIC 7')
    """
    return _unpacked_name(path).stem.replace("_", " ")


def read_table_segments(
    path: str | Path, *, exposure_days: float, clock: MissionClock | None = None
) -> list[PipelineSegment]:
    """Read the segments of one table, ascending (``exoval.missions.table_columns``).

    Times become days on ``clock``. Raises BadLightCurve, naming the file and the remedy.
    """
    return segments_of(
        read_any_table(path),
        path,
        target=target_of(path),
        clock=clock or MissionClock(0.0),
        exposure_days=exposure_days,
    )


def read_any_table(path: str | Path) -> pd.DataFrame:
    """Read any of the formats, with lower-case column names.

    The frame's ``attrs`` hold what else the file says: ``units`` of columns, a line that states the
    ``clock``, ``notes`` on what was guessed, and whether columns are ``is_unnamed``. Raises
    BadLightCurve.
    """
    remedy = "give CSV, text, ECSV or Parquet with the columns time and flux"
    with foreign_errors_as(BadLightCurve, f"cannot read {path}", remedy):
        frame = _read(path)
    given = frame.attrs.get("units", {})
    frame = frame.rename(columns=_plain_name)
    frame.attrs["units"] = {_plain_name(name): unit for name, unit in given.items()}
    twice = sorted(set(frame.columns[frame.columns.duplicated()]))
    if twice:
        raise BadLightCurve(
            f"{path} has more than one column {', '.join(twice)} (upper and lower "
            "case are the same); rename all but one"
        )
    return frame


def _plain_name(name: object) -> str:
    return str(name).strip().lower()


def _unpacked_name(path: str | Path) -> Path:
    path = Path(path)
    return path.with_suffix("") if path.suffix.lower() in PACKED else path


def _ending(path: str | Path) -> str:
    return _unpacked_name(path).suffix.lower()


def _read(path: str | Path) -> pd.DataFrame:
    ending = _ending(path)
    if ending == ".parquet":
        frame = pd.read_parquet(path)
        # pandas may keep the times as its index
        return frame if frame.index.name is None else frame.reset_index()
    if ending in (".ecsv", ".tbl"):
        form = {".ecsv": "ascii.ecsv", ".tbl": "ascii.ipac"}[ending]
        return _plain(tables.Table.read(path, format=form), path)
    return _read_text(path)


def _read_text(path: str | Path) -> pd.DataFrame:
    opener = PACKED.get(Path(path).suffix.lower(), open)
    with opener(path, "rt", encoding="utf-8-sig", errors="replace") as file:
        lines = [line.rstrip("\n") for line in file]
    first = [line.strip() for line in lines[:FIRST_LINES]]
    is_other_text = "".join(first[:1]).startswith(("{", "<"))  # JSON, XML, or a page of a web site
    if is_other_text or any("\0" in line for line in first):
        raise BadLightCurve(f"{path} is neither FITS nor a table; give one of them")
    form = _text_form(first)
    whole = _whole_rows(lines, path, form)
    frame = pd.read_csv(
        io.StringIO("\n".join(lines)),
        sep=form.separator,
        header=None if form.names else "infer",
        names=form.names,
        comment="#",
        skiprows=sorted(form.commented) or None,
        skipinitialspace=True,
        na_values=["--", "null"],
        # names of a header line that is one short would become the index
        index_col=False,
        decimal=form.decimal,
    )
    notes = form.notes
    # a quoted value may run over several lines, which pandas has counted as one
    if not whole.all() and len(whole) == len(frame):
        number = int(np.sum(~whole))
        notes += (f"{number} row{'s' if number > 1 else ''} with too few values left out",)
        frame = frame[whole].reset_index(drop=True)
    frame.attrs.update(clock=form.clock, notes=notes, is_unnamed=bool(form.notes))
    return frame


def _whole_rows(lines: list[str], path: str | Path, form: _TextForm) -> np.ndarray:
    """Which rows of a text have a value for each column."""
    kept = (line for number, line in enumerate(lines) if number not in form.commented)
    rows = [row for line in kept if (row := line.partition("#")[0].strip(" ")).strip()]
    names = form.names or _fields("".join(rows[:1]), form.separator)
    rows = rows if form.names else rows[1:]
    return whole_rows(rows, path, separator=form.separator, names=names)


@dataclass(frozen=True, kw_only=True)
class _TextForm:
    """How a text file is written; ``names`` is None where the first line has them."""

    separator: str
    names: list[str] | None = None
    clock: str
    notes: tuple[str, ...] = ()
    commented: frozenset[int]
    decimal: str = "."


def _text_form(lines: list[str]) -> _TextForm:
    """The form of a text file from its first lines."""
    comments = [line for line in lines if line.startswith(COMMENTS)]
    rows = [line for line in lines if line and not line.startswith(COMMENTS)][:2]
    separator = _separator(rows[0] if rows else "")
    form = _TextForm(
        separator=separator,
        clock=next((line for line in comments if stated_clock(line).zero), ""),
        # pandas leaves out those of # itself
        commented=frozenset(
            number
            for number, line in enumerate(lines)
            if line.startswith(COMMENTS) and not line.startswith("#")
        ),
    )
    if separator != "," and any(re.search(r"\d,\d", line) for line in rows):
        form, rows = replace(form, decimal=","), [line.replace(",", ".") for line in rows]
    first = _fields(rows[0] if rows else "", separator)
    if not all(_is_number(field) for field in first):
        return form
    names = _commented_names(comments, separator, len(first))
    if names:
        return replace(form, names=names)
    names = [PLACES[place] if place < 3 else f"column {place + 1}" for place in range(len(first))]
    note = f"columns have no names and were taken as {', '.join(names[:3])}"
    return replace(form, names=names, notes=(note,))


def _separator(row: str) -> str:
    """The mark between the columns of a line; commas beside other marks of numbers are decimal."""
    marks = [mark for mark in (",", ";", "\t") if mark in row]
    if marks[1:] and not re.search("[A-DF-Za-df-z]", row):
        return marks[1]
    return marks[0] if marks else r"\s+"


def _commented_names(comments: list[str], separator: str, count: int) -> list[str]:
    """The last comment that names so many columns, time and flux among them; empty without one."""
    for line in reversed(comments):
        for mark in (separator, ",", r"\s+"):
            names = _fields(line.lstrip("".join(COMMENTS)), mark)
            if len(names) == count and _have_time_and_flux(names):
                return names
    return []


def _have_time_and_flux(names: list[str]) -> bool:
    try:
        time_and_flux([_plain_name(name) for name in names], "")
    except BadLightCurve:
        return False
    return True


def _fields(line: str, separator: str) -> list[str]:
    return [field.strip().strip('"') for field in re.split(separator, line.strip())]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return text.lower() in ("", "--", "null", "none")
    return True


def _plain(table: tables.Table, path: str | Path) -> pd.DataFrame:
    """A table of astropy as plain numbers, with times converted to days and units noted."""
    given = {}
    for name in table.colnames:
        column = table[name]
        if isinstance(column, times.TimeBase):
            given[name] = "jd" if column.scale == "utc" else f"bjd ({column.scale})"
            table[name] = column.jd
        elif column.unit not in (None, units.dimensionless_unscaled):
            if name.lower() == "time" and not stated_clock(str(column.unit)).kind:
                if not column.unit.is_equivalent(units.day):
                    raise BadLightCurve(f"{path}: time is in {column.unit}; give days")
                table[name] = column * column.unit.to(units.day)
            given[name] = str(column.unit)
    table = table[[name for name in table.colnames if np.ndim(table[name]) == 1]]
    frame = table.to_pandas()
    frame.attrs["units"] = given
    return frame
