"""CSV files in which a name stays a name, also where a spreadsheet would run it as a formula."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exoval.running.output_path import replacing

#: a spreadsheet takes a cell that begins so for a formula
FORMULA = ("=", "+", "-", "@", "\t", "\n")
#: put before such a text, as spreadsheets themselves do to keep it as it is
QUOTE = "'"


def write_csv(frame: pd.DataFrame, path: str | Path, **settings: object) -> None:
    """Write a table as CSV without its index; ``settings`` are those of ``DataFrame.to_csv``.

    Raises DataNotFound if the file cannot be written.
    """
    safe = frame.apply(lambda column: column.map(as_cell) if _has_text(column) else column)
    with replacing(path) as draft:
        safe.rename(columns=as_cell).to_csv(draft, index=False, **settings)


def as_cell(value: object) -> object:
    """A value as a cell: a text that begins like a formula, and is no number, gets a quote.

    A carriage return, at which spreadsheets begin a row, becomes a space.

    >>> as_cell("=1+1"), as_cell("-2.5"), as_cell("KIC 1"), as_cell(-2.5)
    ("'=1+1", '-2.5', 'KIC 1', -2.5)
    """
    if not isinstance(value, str):
        return value
    text = value.replace("\r", " ")
    # spreadsheets look behind spaces too
    is_formula = text.lstrip(" ").startswith(FORMULA) and not _is_number(text)
    return QUOTE + text if is_formula else text


def as_name(cell: str) -> str:
    """The text that ``as_cell`` made a cell of.

    >>> as_name("'=1+1"), as_name("KIC 1")
    ('=1+1', 'KIC 1')
    """
    is_quoted = cell.startswith(QUOTE) and cell[1:].lstrip(" ").startswith(FORMULA)
    return cell[1:] if is_quoted else cell


def _has_text(column: pd.Series) -> bool:
    return not pd.api.types.is_numeric_dtype(column)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
