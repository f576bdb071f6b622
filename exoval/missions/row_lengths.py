"""Rows of a text table against its columns: a value too many or too few shifts what follows it."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from exoval.errors import BadLightCurve

#: share of rows with too few values above which it is no accident
FEW_SHORT = 0.1


def whole_rows(
    lines: Sequence[str], path: str | Path, *, separator: str, names: Sequence[str]
) -> np.ndarray:
    """Return which rows have a value for each named column, boolean of shape (rows,).

    ``lines`` are those of the rows, without header, comments and blank lines. Empty values and
    empty names behind the last column do not count. Raises BadLightCurve, naming the file and the
    first such row, for a row with more values than columns, and if more than ``FEW_SHORT`` of them
    have fewer.

    >>> lines = ["1,2", "3,4,"] * 10 + ["5"]
    >>> whole_rows(lines, "a.csv", separator=",", names=("time", "flux"))[-2:].tolist()
    [True, False]
    """
    columns = len(names)
    named = max((place for place, name in enumerate(names, 1) if name.strip()), default=0)
    lengths = np.array([_length(line, separator, columns) for line in lines], dtype=int)
    number = int(np.argmax(lengths > columns)) if len(lengths) else 0
    if len(lengths) and lengths[number] > columns:
        raise BadLightCurve(
            f"{path}: row {number + 1} ({lines[number][:60]}) has {lengths[number]} values for "
            f"{columns} columns; give each column a name, and write no comma inside a number"
        )
    whole = lengths >= named
    short = len(lengths) - int(whole.sum())
    if short > FEW_SHORT * len(lengths):
        number = int(np.argmin(whole))
        raise BadLightCurve(
            f"{path}: {short} of {len(lengths)} rows, the first of them row {number + 1} "
            f"({lines[number][:60]}), have fewer values than the {named} columns; mark missing "
            "values, for example by nan"
        )
    return whole


def _length(line: str, separator: str, columns: int) -> int:
    """The number of values of a row, empty ones behind the last column left out."""
    if separator == r"\s+":
        return len(line.split())
    if '"' in line:
        values = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    elif line.count(separator) + 1 == columns:
        return columns
    else:
        values = re.split(re.escape(separator), line)
    while len(values) > columns and not values[-1].strip():
        values.pop()
    return len(values)
