"""FITS files: opening them, and reading headers and columns whatever their case and type."""

from __future__ import annotations

import gzip
import math
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from exoval.errors import BadLightCurve, foreign_errors_as
from exoval.lazy_module import LazyModule
from exoval.missions.clock import StatedClock, stated_clock

if TYPE_CHECKING:
    from astropy.io import fits
    from astropy.utils import exceptions
else:
    fits = LazyModule("astropy.io.fits")
    exceptions = LazyModule("astropy.utils.exceptions")

#: keywords of a clock's time zero without their endings I and F, its kind, and what they count from
_ZERO_KEYWORDS = {"BJDREF": ("bjd", 0.0), "JDREF": ("jd", 0.0), "MJDREF": ("mjd", 2400000.5)}
#: headers that state sizes, and the most axes and columns by the standard of FITS
_SIZES = re.compile(rb"(NAXIS\d{0,3}|TFIELDS|[PG]COUNT) *= *([+-]?\d{1,300})")
MOST_AXES = 999
#: days in a unit of time; others are days
_DAYS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1 / 86400),
    **dict.fromkeys(("min", "minute", "minutes"), 1 / 1440),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 1 / 24),
}


@contextmanager
def opened_fits(path: str | Path) -> Iterator[fits.HDUList]:
    """Open a FITS file; any error of astropy inside becomes one BadLightCurve."""
    with (
        foreign_errors_as(BadLightCurve, f"cannot read {path}", "download it again or remove it"),
        warnings.catch_warnings(),
    ):
        # a file shorter than its header says must raise, not warn
        warnings.filterwarnings(
            "error", "(?s).*(truncated|corrupted)", exceptions.AstropyUserWarning
        )
        _refuse_impossible_sizes(path)
        with fits.open(path, memmap=False) as hdus:
            yield hdus


def _refuse_impossible_sizes(path: str | Path) -> None:
    """Raise ValueError for a header that states more axes, columns or rows than the file can hold.

    astropy believes such numbers: it would count, go back or ask for memory without end.
    """
    with open(path, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    size, largest, before = 0, {}, b""
    with gzip.open(path) if packed else open(path, "rb") as file:
        while part := file.read(2**20):
            size += len(part)
            for name, text in _SIZES.findall(before + part):
                value = int(text)
                if value < 0:
                    raise ValueError(f"its header says {name.decode()} = {value}")
                largest[name] = max(value, largest.get(name, 0))
            before = part[-80:]
    for name, value in largest.items():
        most = MOST_AXES if name in (b"NAXIS", b"TFIELDS") else size
        if value > most:
            raise ValueError(f"its header says {name.decode()} = {value}, more than it can hold")


def number(header: fits.Header, keyword: str) -> float:
    """A header value as a float; NaN if it is missing, empty or not a number."""
    value = header.get(keyword)
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return math.nan
    return float(value) if isinstance(value, int | float) else math.nan


def whole_number(value: object) -> int | None:
    """A positive whole number from a header's number or text, such as 8, "8" or "TIC 8".

    None for an empty or other value.

    >>> [whole_number(value) for value in (8, "0008", "TIC 8", 8.0, "", None, -1, "b8 2")]
    [8, 8, 8, 8, None, None, None, None]
    """
    text = f"{value:.0f}" if isinstance(value, float) and math.isfinite(value) else str(value)
    match = re.fullmatch(r"(?:[A-Za-z]+[\s_-]*)?0*([1-9]\d*)(?:\.0*)?", text.strip())
    return int(match[1]) if match else None


def column_names(columns: fits.ColDefs) -> dict[str, str]:
    """The columns of a table by their names in upper case."""
    return {name.upper(): name for name in reversed(columns.names)}


def native(column: np.ndarray) -> np.ndarray:
    """The column in this machine's byte order; FITS is big-endian."""
    column = np.asarray(column)
    return column.astype(column.dtype.newbyteorder("="))


def stated_time(header: fits.Header, column: fits.Column) -> StatedClock:
    """The clock that a table's header states, or else the unit or the name of its time column."""
    for keyword, (kind, base) in _ZERO_KEYWORDS.items():
        parts = [number(header, keyword + end) for end in ("", "I", "F")]
        if not all(math.isnan(part) for part in parts[:2]):
            return StatedClock(kind, base + sum(part for part in parts if math.isfinite(part)))
    return stated_clock(column.unit or "", column.name)


def days(values: np.ndarray, unit: str | None) -> np.ndarray:
    """Times in days, from seconds, minutes, hours or days."""
    factor = _DAYS.get((unit or "").strip().lower(), 1.0)
    return values if factor == 1.0 else values * factor
