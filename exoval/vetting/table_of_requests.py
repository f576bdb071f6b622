"""Requests from a table of events to judge, one row an event."""

from __future__ import annotations

import csv
import gzip
import io
import logging
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from exoval.catalogs.star_id import star_number
from exoval.catalogs.toi import toi_name
from exoval.errors import BadParameter, BadTable, DataNotFound, foreign_errors_as, listed
from exoval.missions.clock import JULIAN
from exoval.star import POSSIBLE
from exoval.vetting.request import VettingRequest
from exoval.vetting.request_columns import (
    EPHEMERIS,
    NAMES,
    STAR,
    RequestColumn,
    plain,
    read_columns,
)

log = logging.getLogger(__name__)

#: texts of cells that hold nothing, in small letters
NOTHING = {"", "nan", "na", "n/a", "#n/a", "none", "null", "<na>", "-", "--", "---", "...", "nat"}
#: letters of the catalogues of stars
CATALOGUES = ("KIC", "TIC", "EPIC")
#: a marked cell is a limit or a guess
MARKED = r"[<>≤≥~≈]"
DELIMITERS = (",", ";", "\t", "|")
#: numbers with a decimal comma, and with commas that part thousands
DECIMAL_COMMA, THOUSANDS = r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?", r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?"
#: first bytes of files that are no text
NO_TEXT = {
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an Excel workbook",
    b"SIMP": "a FITS file",
    b"<?xm": "an XML file",
    b"<VOT": "a VOTable",
}


class _Lacking(str):
    """The empty text of a cell that a row lacks, because it ends before its last column."""


LACKING = _Lacking()
#: lines among which the header is looked for
HEADER_WITHIN = 20


def read_requests(path: str | Path, defaults: VettingRequest | None = None) -> list[VettingRequest]:
    """The requests in a CSV or Parquet table; ``defaults`` fills in what the table leaves open.

    ``exoval.vetting.request_columns`` says which columns are understood: a star (``target``), a
    signal (``toi``) or a ``file`` (beside the table; several with semicolons between them),
    ``event`` (a name), the ephemeris and parameters of the star, in the names, units and clocks of
    several archives. The log says which columns are ignored. An empty cell is left open; a row with
    epoch and duration whose period is empty or 0 is a single transit.

    Rows of one target are signals of one star, and each is judged with the others cut out or, by a
    recipe for several events, as events of its star. A row that cannot be judged is a request with
    the reason in ``refused`` and stops no other; values of stars that are limits or impossible are
    left out, and ``notes`` say so.

    Raises DataNotFound if the table does not exist, BadTable if it cannot be read, has no rows,
    neither target nor file, or columns that can be misunderstood.
    """
    path, defaults = Path(path), defaults or VettingRequest()
    if not path.is_file():
        raise DataNotFound(f"no table at {path}; check the path")
    remedy = "give CSV or Parquet, with a column target or file"
    with foreign_errors_as(BadTable, f"cannot read {path}", remedy):
        names, rows, delimiter = _cells(path)
    columns, ignored = read_columns(names, str(path))
    held = {column.quantity for column in columns.values()}
    if not rows or not {"target", "file", "signal", "planet"} & held:
        raise BadTable(
            f"{path} has {len(rows)} rows and the columns {listed(names)}; give "
            "rows with a column target or file"
        )
    if {"epoch_days", "duration_hours"} <= held and "period_days" not in held:
        raise BadTable(
            f"{path} has epochs and durations, and no column of periods; add period_days, empty "
            "for single transits"
        )
    _say_what_is_read(path, columns, ignored)
    if delimiter != ",":
        rows = _with_points(rows, columns, path)
    limits = _limit_flags(columns, ignored)
    requests = [
        _request(_Row(number, row, columns, limits), path.parent, defaults)
        for number, row in enumerate(rows, 1)
    ]
    letters = {_letters(row.target) for row in requests} - {""}
    bare = letters.pop() if len(letters) == 1 else ""
    signals: dict[tuple, list[tuple]] = {}
    for row in requests:
        if not row.refused:
            signals.setdefault(_star(row, bare), []).append(_ephemeris(row))
    return [
        replace(row, others=_others(_ephemeris(row), signals.get(_star(row, bare), [])))
        for row in requests
    ]


def _cells(path: Path) -> tuple[list[str], list[dict], str]:
    """The names of the columns, the rows by name and the character between the cells of a text.

    Cells of a text are text, so that no digit of a star's number is lost; what stands behind the
    last column is under None.
    """
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    if content[:4] == b"PAR1":
        frame = pd.read_parquet(io.BytesIO(content))
        # stars may be the index of the frame that was saved
        named = [name for name in frame.index.names if name is not None]
        frame = (frame.reset_index(named) if named else frame).rename(columns=str)
        # texts that came from FITS are bytes
        frame = frame.map(
            lambda one: one.decode("utf-8", "replace") if isinstance(one, bytes) else one
        )
        return list(frame), frame.to_dict("records"), ""
    if path.suffix == ".parquet":
        raise ValueError("no Parquet file")
    if kind := NO_TEXT.get(content[:4]):
        raise ValueError(f"it is {kind}; save it as CSV")
    lines = _text(content, path).splitlines()
    start = _header_line(lines)
    if not lines:
        return [], [], ""
    if skipped := [line for line in lines[:start] if _is_row(line)]:
        log.warning("%s: %d lines before the columns are skipped", path, len(skipped))
    if commented := [one for one in lines[start + 1 :] if one.strip() and not _is_row(one)]:
        log.warning("%s: %d lines that begin with # are no rows", path, len(commented))
    header = lines[start].lstrip().removeprefix("#").lstrip()
    reader = csv.DictReader(
        [header, *(line for line in lines[start + 1 :] if _is_row(line))],
        delimiter=_delimiter(header),
        skipinitialspace=True,
        strict=True,
        restval=LACKING,
    )
    rows = [row for row in reader if any(row.values())]
    return list(reader.fieldnames or ()), rows, reader.reader.dialect.delimiter


def _with_points(rows: list[dict], columns: Mapping[str, RequestColumn], path: Path) -> list[dict]:
    """The rows with decimal points in place of decimal commas, and how many these are in the log.

    It holds for tables whose cells are not parted by commas.
    """
    numbers = (*EPHEMERIS, *STAR, "signal")
    names = [name for name, column in columns.items() if column.quantity in numbers]
    changed = [
        {
            name: row[name].strip().replace(",", ".")
            for name in names
            if isinstance(row[name], str) and re.fullmatch(DECIMAL_COMMA, row[name].strip())
        }
        for row in rows
    ]
    count = sum(map(len, changed))
    if count:
        log.warning("%s: %d numbers are read with a decimal comma", path, count)
    return [row | points for row, points in zip(rows, changed)]


def _is_row(line: str) -> bool:
    # an empty cell of a spreadsheet may begin a row
    begins = line.lstrip().upper()
    return bool(begins) and not (begins.startswith("#") and not begins.startswith("#N/A"))


def _text(content: bytes, path: Path) -> str:
    """The text of a file in UTF-8, or in what spreadsheets write."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"\0" in content:
            raise
        log.warning("%s is no UTF-8 and is read as Windows-1252", path)
        return content.decode("cp1252", "replace")


def _header_line(lines: list[str]) -> int:
    """The first line that names a star, signal or file; behind ``#`` only right above the rows."""
    rows = [number for number, line in enumerate(lines) if _is_row(line)]
    for number in rows[:HEADER_WITHIN]:
        if _names_targets(lines[number]):
            return number
    first = rows[0] if rows else len(lines)
    comments = [number for number in range(first) if lines[number].strip()]
    if comments and _names_targets(lines[comments[-1]].lstrip().removeprefix("#")):
        return comments[-1]
    return min(first, len(lines) - 1)


def _names_targets(line: str) -> bool:
    names = [name.strip().strip("\"'") for name in line.split(_delimiter(line))]
    if any(_number(name) is not None for name in names):
        return False
    try:
        columns, _ = read_columns(names, "")
    except BadTable:
        # it has the names of columns, if not good ones
        return True
    return any(
        column.quantity in ("target", "file", "signal", "planet") for column in columns.values()
    )


def _delimiter(header: str) -> str:
    """The character between the names; the comma wins where several are there."""
    found = next((one for one in DELIMITERS if one in header), None)
    if found is None and sum(plain(name) in NAMES for name in header.split()) > 1:
        return " "
    return found or ","


def _say_what_is_read(path: Path, columns: Mapping[str, RequestColumn], ignored: list[str]) -> None:
    renamed = [
        f"{column.quantity} from '{name}'"
        for name, column in columns.items()
        if plain(name) != plain(column.quantity)
    ]
    said = [f"reads {', '.join(renamed)}"] if renamed else []
    # a column without a name is the index that was saved with a frame
    ignored = [name for name in ignored if plain(name)]
    if ignored:
        said.append(f"ignores {len(ignored)} columns: {', '.join(ignored)}")
    if said:
        log.warning("%s: %s", path, "; ".join(said))


def _limit_flags(columns: Mapping[str, RequestColumn], ignored: list[str]) -> dict[str, str]:
    """Column -> the archive's column that says whether a value is a limit (``st_radlim``)."""
    flags = {plain(name): name for name in ignored}
    return {name: flags[key] for name in columns if (key := plain(name) + "lim") in flags}


@dataclass
class _Row:
    """The cells of one row; reading them collects what is wrong with it and what is left out."""

    number: int
    cells: Mapping[str, object]
    columns: Mapping[str, RequestColumn]
    limits: Mapping[str, str]
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_cut_off(self) -> bool:
        """Whether the row ends before its last column and has more than one cell.

        A cell lost in the middle would move those behind it into other columns.
        """
        lacks = any(value is LACKING for value in self.cells.values())
        return lacks and sum(not _is_nothing(value) for value in self.cells.values()) > 1

    def cell(self, quantity: str) -> tuple[str, object, RequestColumn] | None:
        """The name, the value and the column of a quantity; None if the cell is empty."""
        for name, column in self.columns.items():
            value = self.cells[name]
            if column.quantity == quantity and not _is_nothing(value):
                return name, value, column
        return None

    def text(self, quantity: str) -> str:
        """The text of a cell; empty if there is none."""
        found = self.cell(quantity)
        return "" if found is None else str(found[1]).strip()

    def number_of(self, quantity: str) -> float | None:
        """The number of an ephemeris's cell in the quantity's unit; what is none is a problem."""
        found = self.cell(quantity)
        if found is None:
            return None
        name, value, column = found
        given = _number(value)
        if given is None or self._is_limit(name, value) or not math.isfinite(given):
            kind = "a limit" if self._is_limit(name, value) else "no usable number"
            self.problems.append(f"{name} is '{value}', {kind}")
            return None
        if "," in str(value):
            self.notes.append(f"{name} is '{value}' and read as {given:.10g}")
        if column.caveat:
            self.notes.append(column.caveat)
        if quantity != "epoch_days" or column.zero is None:
            return given * column.factor
        if given > JULIAN:
            return given
        if column.zero == 0:
            self.notes.append(
                f"{name} is {given:g}, no Julian date, and is read on the mission's clock"
            )
            return given
        return given + column.zero

    def star_parameter(self, quantity: str) -> float | None:
        """A parameter of the star; None, with a note, for a limit or an impossible value."""
        found = self.cell(quantity)
        if found is None:
            return None
        name, value, column = found
        given, (low, high) = _number(value), POSSIBLE[STAR[quantity]]
        if self._is_limit(name, value):
            self.notes.append(f"{name} is '{value}', a limit, and is not used")
        elif given is None or not low < given * column.factor <= high:
            self.notes.append(f"{name} is '{value}', which no star has, and is not used")
        else:
            return given * column.factor
        return None

    def _is_limit(self, name: str, value: object) -> bool:
        flag = _number(self.cells[self.limits[name]]) if name in self.limits else None
        return bool(flag) or bool(re.match(rf"\s*{MARKED}", str(value)))


def _is_nothing(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().lower() in NOTHING
    return value is None or bool(pd.isna(value))


def _number(value: object) -> float | None:
    """A cell as a number; None if it is none, or if its comma has two meanings (1,520)."""
    if _is_nothing(value):
        return None
    text = str(value).strip().replace("\N{MINUS SIGN}", "-").replace("_", "?")
    if re.fullmatch(THOUSANDS, text):
        text = text.replace(",", "") if text.count(",") > 1 or "." in text else text
    elif re.fullmatch(DECIMAL_COMMA, text):
        text = text.replace(",", ".")
    try:
        return float(text)
    except ValueError:
        return None


def _request(row: _Row, folder: Path, defaults: VettingRequest) -> VettingRequest:
    """The request of one row; ``refused`` says why it cannot be judged."""
    target, name = _target_and_name(row)
    files = tuple(str(folder / one.strip()) for one in row.text("file").split(";") if one.strip())
    if any(cell.strip() for cell in row.cells.get(None) or ()):
        row.problems.append("it has more cells than there are columns")
    if row.is_cut_off:
        row.problems.append("it has fewer cells than there are columns; write empty cells too")
    if not (target or files or row.problems):
        row.problems.append("it has neither target nor file; give one")
    period, epoch, duration = (row.number_of(quantity) for quantity in EPHEMERIS)
    _check_ephemeris(row, period, epoch, duration)
    parameters = {name: row.star_parameter(quantity) for quantity, name in STAR.items()}
    if not (name or target or files):
        name = f"row {row.number}"
    return replace(
        defaults,
        target=target or None,
        files=files,
        name=name,
        period_days=period or None,
        epoch_days=epoch,
        duration_hours=duration,
        star=tuple((one, value) for one, value in parameters.items() if value is not None),
        notes=tuple(row.notes),
        refused="; ".join(row.problems),
        row=row.number,
    )


def _target_and_name(row: _Row) -> tuple[str, str]:
    """The star, or the signal where no star or no ephemeris is given; and the event's name."""
    star = _star_of(row)
    signal = _signal_of(row, star)
    name = row.text("event")
    if star and signal:
        has_ephemeris = any(row.cell(quantity) for quantity in EPHEMERIS)
        return (star if has_ephemeris else signal), name or signal
    return star or signal, name


def _star_of(row: _Row) -> str:
    found = row.cell("target")
    if found is None:
        return ""
    name, value, column = found
    try:
        number = star_number(value, prefix=column.letters)
        # a number that lost its last digits may stand behind the letters of any catalogue
        _letters(str(value))
    except BadParameter as error:
        row.problems.append(str(error))
        return ""
    if number is None and column.letters:
        row.problems.append(f"{name} is '{value}', no number of a star")
        return ""
    # a column of text names stars in any way, which the mission understands
    return str(value).strip() if number is None else f"{column.letters} {number}".strip()


def _signal_of(row: _Row, star: str) -> str:
    """The name of the row's TOI, KOI or planet; empty if it has none."""
    found = row.cell("signal")
    if found is None:
        return row.text("planet")
    name, value, column = found
    signal = toi_name(value) if column.letters == "TOI" else _koi_name(value)
    if signal is None and not star:
        row.problems.append(f"{name} is '{value}', no {column.letters} with its number, as in 2.01")
    return signal or ""


def _koi_name(number: object) -> str | None:
    """The name of an object of interest; None without the number of its signal, as in 157.01."""
    # a float has no zeros at its end: 157.1 is number 10 of its star
    text = f"{number:.2f}" if isinstance(number, float) else str(number).strip()
    if not re.fullmatch(r"(?:K|KOI)?[\s_-]*\d+\.\d+", text, re.IGNORECASE):
        return None
    return f"KOI-{text}" if text[0].isdigit() else text


def _check_ephemeris(
    row: _Row, period: float | None, epoch: float | None, duration: float | None
) -> None:
    """Collect what makes an ephemeris unusable."""
    if row.problems:
        return
    asked = VettingRequest(period_days=period, epoch_days=epoch, duration_hours=duration)
    if asked.impossible:
        row.problems.append(asked.impossible)
    given = {"period": period, "epoch": epoch, "duration": duration}
    missing = [name for name, value in given.items() if value is None]
    # an empty period, or 0, means one transit, whose other two numbers must be known
    missing = [name for name in missing if name != "period"] if len(missing) < 3 else []
    if missing:
        row.problems.append(
            f"{', '.join(missing)} missing; give period, epoch and duration together, or leave all "
            "three out to search the light curve"
        )


def _letters(target: str | None) -> str:
    """The catalogue of a star's number; empty for a bare number and for other names."""
    if target is None or star_number(target) is not None:
        return ""
    return next((one for one in CATALOGUES if star_number(target, prefix=one) is not None), "")


def _star(row: VettingRequest, bare: str) -> tuple[object, tuple[str, ...]]:
    """What rows of one star share, however they spell its name.

    ``bare`` is the catalogue of bare numbers, the only one of the table.
    """
    letters = _letters(row.target)
    number = None if row.target is None else star_number(row.target, prefix=letters)
    if number is not None:
        return (letters or bare, number), row.files
    # signals of one star differ in what stands at the end: TOI-1136.01, Kepler-11 b
    return re.sub(r"(?<=\d)(?:\.\d+|\s?[a-z])$", "", (row.target or "").lower()), row.files


def _ephemeris(row: VettingRequest) -> tuple[float | None, float | None, float | None]:
    return row.period_days, row.epoch_days, row.duration_hours


def _others(own: tuple, of_star: list[tuple]) -> tuple[tuple[float | None, float, float], ...]:
    """The star's other events; ``VettingRequest`` leaves out those of one signal."""
    return tuple(one for one in of_star if None not in one[1:] and one != own)
