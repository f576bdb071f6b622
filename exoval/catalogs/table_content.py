"""The content of a table file, whatever its name: its columns at little cost, and its rows.

A file is what its first bytes say: Parquet, CSV or another text with one row a line, ECSV, an IPAC
table, VOTable or FITS, each also compressed by gzip.
"""

from __future__ import annotations

import gzip
import io
import logging
import re
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

log = logging.getLogger(__name__)

#: what reading a file that is no table, or a broken one, may raise
UNREADABLE = (OSError, EOFError, ValueError, TypeError, KeyError, IndexError, pa.ArrowException)
#: bytes from the start of a file among which its columns are looked for
HEAD = 2**18
#: rows of numbers after which no header follows
ROWS_AFTER_HEADER = 20
DELIMITERS = (",", "\t", "|", ";")
#: texts that mean a missing value, besides those that pandas knows
MISSING = ("-", "--", "---", "...", "masked")

PARQUET, FITS, VOTABLE, ECSV, IPAC = "Parquet", "FITS", "VOTable", "ECSV", "IPAC"
TEXT, OTHER = "text", ""
#: astropy's names of the formats that it reads here
FORMATS = {FITS: "fits", VOTABLE: "votable", ECSV: "ecsv", IPAC: "ipac"}


@dataclass(frozen=True)
class Header:
    """The names of a table's columns; in a text, the line that may hold them and its delimiter."""

    columns: tuple[str, ...]
    line: int = 0
    delimiter: str = ""


def plain(name: str) -> str:
    """Return a column's name in the form in which names are compared.

    >>> plain("TFOPWG Disposition"), plain("# Wp-2g")
    ('tfopwg_disposition', 'wp_2g')
    """
    return re.sub(r"[^0-9a-z]+", "_", str(name).lower()).strip("_")


def headers_of(path: Path) -> tuple[Header, ...]:
    """Return the possible headers of a file, read from its first bytes; none if it is no table.

    Results are kept until the file changes.
    """
    status = path.stat()
    return _headers(path, status.st_mtime_ns, status.st_size)


def read_columns(path: Path, wanted: Collection[str]) -> pd.DataFrame:
    """Read a table with all its columns, their names without surrounding blanks.

    In a text the header is the line that names most of ``wanted``. Lines before it, comments
    (``#``) and blank lines are skipped; rows with another number of values are left out and counted
    in the log. Raises one of ``UNREADABLE`` if the file is broken or no table.
    """
    kind = content_of(path)
    if kind == PARQUET:
        frame = pd.read_parquet(_source(path))
        # pandas stores an index as a column that it puts aside when it reads
        if any(name is not None for name in frame.index.names):
            frame = frame.reset_index()
    elif kind in FORMATS:
        frame = _astropy_table(path, kind)
    elif kind == TEXT:
        frame = _text_table(path, wanted)
    else:
        raise ValueError("neither Parquet nor CSV, ECSV, IPAC, VOTable or FITS")
    return frame.rename(columns=lambda name: str(name).strip())


def count_rows(path: Path, wanted: Collection[str]) -> int:
    """Return the number of a table's rows; raises one of ``UNREADABLE`` as ``read_columns``."""
    if content_of(path) == PARQUET:
        return pq.read_metadata(_source(path)).num_rows
    return len(read_columns(path, wanted))


def content_of(path: Path) -> str:
    """Return what a file holds by its first bytes: one of the constants above."""
    head = _head(path, 4096)
    if head.startswith(b"PAR1"):
        return PARQUET
    if head.startswith(b"SIMPLE  ="):
        return FITS
    if b"\0" in head or not head.strip():
        return OTHER
    if b"<VOTABLE" in head:
        return VOTABLE
    if head.lstrip().startswith(b"# %ECSV"):
        return ECSV
    lines = (line for line in head.splitlines() if line.strip() and not line.startswith(b"\\"))
    return IPAC if next(lines, b"").startswith(b"|") else TEXT


@lru_cache(maxsize=4096)
def _headers(path: Path, _changed: int, _size: int) -> tuple[Header, ...]:
    try:
        kind = content_of(path)
        if kind == PARQUET:
            return (Header(tuple(pq.read_schema(_source(path)).names)),)
        if kind == FITS:
            return _fits_headers(path)
        if kind == VOTABLE:
            head = _head(path, HEAD).decode("utf-8", "replace")
            return (Header(tuple(re.findall(r"<FIELD\b[^>]*?\bname=[\"']([^\"']+)", head))),)
        if kind in (ECSV, IPAC, TEXT):
            return tuple(_text_headers(_head(path, HEAD).decode("utf-8-sig", "replace")))
    except UNREADABLE as error:
        log.debug("%s is no table: %s", path, error)
    return ()


def _text_headers(text: str) -> list[Header]:
    """Lines of several names and no number, which also stand in comments of published tables."""
    found, rows = [], 0
    for number, line in enumerate(text.splitlines()):
        header = _header(line, number)
        if len(header.columns) < 2:
            continue
        if not any(_is_number(name) for name in header.columns):
            found.append(header)
        elif not line.lstrip().startswith("#"):
            rows += 1
        if rows > ROWS_AFTER_HEADER:
            break
    return found


def _header(line: str, number: int) -> Header:
    """The parts of a line as names; the delimiter is the one that makes most parts."""
    # an IPAC table has a bar at both ends
    text = line.strip().lstrip("#").strip().strip("|").strip()
    delimiter = max(DELIMITERS, key=text.count)
    parts = text.split(delimiter) if delimiter in text else text.split()
    names = tuple(part.strip().strip("\"'").strip() for part in parts)
    return Header(names, number, delimiter if delimiter in text else "")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.lower() not in ("nan", "inf", "infinity")


def _text_table(path: Path, wanted: Collection[str]) -> pd.DataFrame:
    """A text from its header on; comments and blank lines are left out."""
    with _opened(path) as file:
        lines = file.read().decode("utf-8-sig", "replace").splitlines()
    header = _best(_text_headers("\n".join(lines[:5000])), wanted)
    if header is None:
        # no line names any of them: the error about the columns shall name those of the file
        rows = [number for number, line in enumerate(lines) if _is_row(line)]
        if not rows:
            raise ValueError("no row")
        header = _header(lines[rows[0]], rows[0])
    body = [line for line in lines[header.line + 1 :] if _is_row(line)]
    named = lines[header.line].strip().lstrip("#").strip()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", pd.errors.ParserWarning)
        frame = pd.read_csv(
            io.StringIO("\n".join([named, *body])),
            sep=header.delimiter or r"\s+",
            index_col=False,
            low_memory=False,
            na_values=MISSING,
            on_bad_lines="warn",
        )
    skipped = sum(str(one.message).count("Skipping line") for one in caught)
    if skipped:
        log.warning("%s: %d rows have more values than columns and are left out", path, skipped)
    return frame


def _is_row(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _best(headers: list[Header], wanted: Collection[str]) -> Header | None:
    """The first header with most of the wanted names; None if none has any."""
    names = {plain(name) for name in wanted}
    matches = [len(names & set(map(plain, header.columns))) for header in headers]
    return headers[matches.index(max(matches))] if matches and max(matches) else None


def _fits_headers(path: Path) -> tuple[Header, ...]:
    # imported here, as few tables are FITS
    from astropy.io import fits

    with _opened(path) as file, fits.open(file, memmap=False, lazy_load_hdus=True) as hdus:
        return tuple(
            Header(tuple(hdu.columns.names)) for hdu in hdus if isinstance(hdu, fits.BinTableHDU)
        )[:1]


def _astropy_table(path: Path, kind: str) -> pd.DataFrame:
    """The columns with one value a row; texts of FITS are bytes in astropy."""
    from astropy.io import ascii
    from astropy.table import Table

    with warnings.catch_warnings(), _opened(path) as file:
        warnings.simplefilter("ignore")  # units and formats that astropy does not know
        if kind in (ECSV, IPAC):
            table = ascii.read(file.read().decode("utf-8", "replace"), format=FORMATS[kind])
        else:
            table = Table.read(io.BytesIO(file.read()), format=FORMATS[kind])
    frame = table[[name for name in table.colnames if table[name].ndim == 1]].to_pandas()
    for name in frame.select_dtypes(object):
        frame[name] = frame[name].map(
            lambda value: value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        )
    return frame


def _head(path: Path, size: int) -> bytes:
    with _opened(path) as file:
        return file.read(size)


def _opened(path: Path) -> io.BufferedIOBase:
    """The file, decompressed if it is a gzip file."""
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if compressed else path.open("rb")


def _source(path: Path) -> Path | io.BytesIO:
    """The path of a Parquet file, or its bytes if it is compressed once more."""
    with path.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            return path
    with _opened(path) as file:
        return io.BytesIO(file.read())
