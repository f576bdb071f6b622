"""Find and read a catalogue's table, and convert its rows to candidates."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_integer_dtype, is_list_like, is_numeric_dtype

from exoval.catalogs.candidate import NOT_A_SIGNAL, Candidate
from exoval.catalogs.disposition_column import dispositions_of, labels_of
from exoval.catalogs.table_content import UNREADABLE, Header, plain, read_columns
from exoval.catalogs.table_search import FoundTable, tables_with
from exoval.data_folder import data_folder, is_sample
from exoval.ephemeris import Ephemeris
from exoval.errors import BadTable, DataNotFound

log = logging.getLogger(__name__)

#: columns that ``candidates`` needs; period, epoch and duration in days
CANDIDATE_COLUMNS = (
    "target",
    "name",
    "period",
    "epoch",
    "duration",
    "depth",
    "label",
    "disposition",
    "signal_to_noise",
)


@dataclass(frozen=True, kw_only=True)
class CatalogTable:
    """A kind of published table: its name, its source, the columns by which it is recognised.

    Any file under ``tables/`` of the data folder with the ``columns`` is one, whatever its name; a
    file with a column of ``without`` is of another kind. A kind without ``columns`` lies at the
    place ``file``. The newest file counts; files with a column of ``older_with``, an older release,
    only where there is no other. ``also`` holds other names of a column, ``words`` those of
    ``columns`` that are no numbers, and ``whole`` the whole numbers without which a row cannot be
    used. ``gives`` and ``absence`` say what the table is for and what it costs to be without it.
    """

    file: str
    name: str
    download: str
    columns: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    older_with: tuple[str, ...] = ()
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    words: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    gives: str = ""
    absence: str = ""

    @property
    def title(self) -> str:
        """The name without its source."""
        return self.name.partition(" (")[0]

    def read(
        self, path: str | Path | None, required: tuple[str, ...], *, optional: tuple[str, ...] = ()
    ) -> pd.DataFrame:
        """Read columns of the table; missing optional columns become NaN.

        The default path is the newest such table of the data folder; its content, not its name,
        says how it is read (``exoval.catalogs.table_content``). Without EXOVAL_DATA these are the
        rows of the sample's stars. Rows without a whole number in a column of ``whole`` are left
        out, texts among numbers become NaN, and both are counted in the log. ``attrs["read_as"]``
        of the frame names the file's column where it has another name.

        Raises DataNotFound, naming the archive's table, if the file is missing or the sample's
        lacks columns, and BadTable if it cannot be read or lacks a required column.
        """
        path = self._find(path, required)
        frame = self._load(path, (*required, *optional))
        missing = [column for column in required if column not in frame]
        if missing and is_sample(path):
            raise self._not_whole()
        if missing:
            raise BadTable(
                f"{path} lacks the columns {', '.join(missing)} of {self.name}; "
                f"get it with them: {self.download}"
            )
        return self._numbers(frame.reindex(columns=[*required, *optional]), path)

    def read_all(self, path: str | Path | None) -> pd.DataFrame:
        """Read all columns of the table; DataNotFound and BadTable as in ``read``."""
        path = self._find(path, ())
        if is_sample(path):
            raise self._not_whole()
        frame = self._load(path, self.columns)
        return self._numbers(frame, path)

    def found(self, folder: Path) -> list[FoundTable]:
        """Return the tables of this kind in a data folder, the one that is read first.

        Of files of one date that at the place ``file`` comes first.
        """
        if not self.columns:
            return []
        found = tables_with(folder, self._is_kind)
        at_place = (folder / "tables" / self.file).resolve()
        return sorted(
            sorted(found, key=lambda one: one.path.resolve() != at_place),
            key=lambda one: (self._is_older(one), -one.date.timestamp()),
        )

    def _is_kind(self, header: Header) -> bool:
        names = set(map(plain, header.columns))
        return all(self.names_of(column) & names for column in self.columns) and not names & set(
            map(plain, self.without)
        )

    def _is_older(self, found: FoundTable) -> bool:
        return bool(set(map(plain, found.columns)) & set(map(plain, self.older_with)))

    def names_of(self, column: str) -> set[str]:
        """All names of a column, in the form in which they are compared."""
        return {plain(column), *map(plain, self.also.get(column, ()))}

    def _load(self, path: Path, wanted: tuple[str, ...]) -> pd.DataFrame:
        """Read a file under the table's names of its columns; BadTable if it cannot be read."""
        names = [other for column in wanted for other in self.names_of(column)]
        try:
            frame = read_columns(path, names)
        except UNREADABLE as error:
            raise BadTable(
                f"cannot read {path} ({error}); get it again: {self.download}"
            ) from error
        if frame.empty:
            raise BadTable(f"{path} holds no row; get it again: {self.download}")
        frame = self._renamed(frame, wanted)
        read_as = frame.attrs["read_as"]
        if read_as:
            names = ", ".join(f"{name} as {column}" for column, name in read_as.items())
            _log_once(f"{path}: reads {names}")
        return frame

    def _renamed(self, frame: pd.DataFrame, wanted: tuple[str, ...]) -> pd.DataFrame:
        """The columns under the table's names; ``attrs["read_as"]`` has those of the file."""
        in_file: dict[str, str] = {}
        for name in frame.columns:
            in_file.setdefault(plain(name), name)
        read_as = {}
        for column in dict.fromkeys((*wanted, *self.columns, *self.also)):
            if column in frame:
                continue
            others = [plain(column), *map(plain, self.also.get(column, ()))]
            name = next((in_file[other] for other in others if other in in_file), None)
            if name is not None and name not in read_as.values():
                read_as[column] = name
        frame = frame.rename(columns={name: column for column, name in read_as.items()})
        frame.attrs["read_as"] = read_as
        return frame

    def _numbers(self, frame: pd.DataFrame, path: Path) -> pd.DataFrame:
        """Texts that are numbers as numbers, and rows with the whole numbers that they need."""
        frame = self._whole_numbers(frame, path)
        for name in frame.columns[[not is_numeric_dtype(one) for one in frame.dtypes]]:
            texts = frame[name].notna()
            if name in self.words or frame[name][texts].head(1).map(is_list_like).any():
                continue
            given = frame[name]
            points = _with_points(given)
            if points is not given:
                _log_once(f"{path}: {name} is read with decimal commas")
            values = pd.to_numeric(points, errors="coerce")
            lost = int((values.isna() & texts).sum())
            # a column of which nothing is known is one of numbers if most of its values are
            if name not in self.columns and 2 * lost > texts.sum():
                continue
            if lost:
                log.warning(
                    "%s: %d values of %s are no numbers and count as missing", path, lost, name
                )
            frame[name] = values
        return frame

    def _whole_numbers(self, frame: pd.DataFrame, path: Path) -> pd.DataFrame:
        """Rows whose columns of ``whole`` hold whole numbers, which they then are."""
        names = [name for name in self.whole if name in frame and not is_integer_dtype(frame[name])]
        if not names:
            return frame
        numbers = {name: whole_numbers(frame[name]) for name in names}
        usable = np.logical_and.reduce([values.notna() for values in numbers.values()])
        if not usable.all():
            log.warning(
                "%s: %d of %d rows have no whole number in %s and are left out",
                path,
                (~usable).sum(),
                len(frame),
                ", ".join(names),
            )
        frame = frame[usable].reset_index(drop=True)
        whole = {name: values[usable].astype("int64") for name, values in numbers.items()}
        return frame.assign(**{name: values.to_numpy() for name, values in whole.items()})

    def _find(self, path: str | Path | None, required: tuple[str, ...]) -> Path:
        if path is not None:
            if not Path(path).is_file():
                raise DataNotFound(f"no {self.name} at {path}. {self.download}")
            return Path(path)
        folder = data_folder()
        found = self.found(folder)
        if found:
            # a newer copy may lack columns that a reader needs
            names = [self.names_of(column) for column in required]
            whole = [
                one
                for one in found
                if all(any(plain(name) in other for name in one.columns) for other in names)
            ]
            chosen = (whole or found)[0]
            others = f", the first of {len(found)}" if len(found) > 1 else ""
            if chosen is not found[0]:
                others = f", as {found[0].path.name} lacks columns that are needed"
            _log_once(f"{self.name}: {chosen.path} of {chosen.day}{others}")
            return chosen.path
        if (folder / "tables" / self.file).is_file():
            return folder / "tables" / self.file
        if is_sample(folder):
            raise DataNotFound(
                f"no {self.name}: EXOVAL_DATA is not set; set it, or give the path "
                f"of the table. {self.download}, and put it into tables/ of that folder; "
                "python -m exoval doctor lists the tables"
            )
        raise DataNotFound(
            f"no {self.name} in {folder / 'tables'}. {self.download}, and put it "
            f"{self._place(folder)}; python -m exoval doctor lists all tables"
        )

    def _place(self, folder: Path) -> str:
        """Where the table is looked for."""
        if not self.columns:
            return f"at {folder / 'tables' / self.file}"
        return "there under any name, as CSV or Parquet"

    def _not_whole(self) -> DataNotFound:
        return DataNotFound(
            f"no complete {self.name}: EXOVAL_DATA is not set, and the sample that ships with "
            f"exoval holds a few columns of its own stars; set it, or give the path of the table. "
            f"{self.download}"
        )


def _with_points(texts: pd.Series) -> pd.Series:
    """Texts with points for decimal commas, if a comma of the column can be nothing else."""
    words = texts.astype(str).str.strip()
    commas = words.str.fullmatch(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")
    if not (commas & ~words.str.fullmatch(r"[+-]?\d{1,3},\d{3}")).any():
        return texts
    return texts.mask(commas, words.str.replace(",", "."))


def whole_numbers(values: pd.Series) -> pd.Series:
    """Return numbers without fraction, as floats; NaN where there is none."""
    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    return numbers.where(np.isfinite(numbers) & (numbers >= 0) & (numbers % 1 == 0))


@lru_cache(maxsize=256)
def _log_once(message: str) -> None:
    """Write a message to the log, once a process: tables are read again and again."""
    log.info(message)


def candidates(frame: pd.DataFrame, *, provenance: str) -> list[Candidate]:
    """Convert the rows of a table with the columns CANDIDATE_COLUMNS to candidates.

    Rows without period, epoch and duration with 0 < duration < period are left out and counted in
    the log; ``without_ephemeris`` names their stars. A row without disposition, or with one that is
    not known, is of unknown disposition.
    """
    reasons = _why_no_ephemeris(frame)
    unusable = reasons != ""
    if unusable.any():
        log.info(
            "%s: %d of %d rows have no usable ephemeris and are left out",
            provenance,
            unusable.sum(),
            len(frame),
        )
    frame = frame[~unusable]
    frame = frame.assign(
        label=labels_of(frame["label"]),
        disposition=dispositions_of(frame["disposition"], provenance),
        name=frame["name"].where(frame["name"].notna(), frame["target"]),
    )
    columns = [frame[name].to_numpy() for name in CANDIDATE_COLUMNS]
    return [
        Candidate(
            target=str(target),
            name=str(name),
            ephemeris=Ephemeris(float(period), float(epoch), float(duration)),
            depth=float(depth),
            label=str(label),
            disposition=disposition,
            provenance=provenance,
            signal_to_noise=float(strength),
        )
        for target, name, period, epoch, duration, depth, label, disposition, strength in zip(
            *columns, strict=True
        )
    ]


@dataclass(frozen=True)
class EntryWithoutEphemeris:
    """An entry of a catalogue that gives no ephemeris: its star, its names and what it lacks."""

    target: str
    names: tuple[str, ...]
    lacks: str


def without_ephemeris(frame: pd.DataFrame) -> list[EntryWithoutEphemeris]:
    """Return the entries that ``candidates`` leaves out, and what each lacks.

    The star of such an entry has a signal that is known and cannot be cut out of its light curve.
    Rows of variability and artefacts do not count. Columns are those of ``candidates``, and
    ``other_name`` where there is one.
    """
    reasons = _why_no_ephemeris(frame)
    lacking = (reasons != "") & (frame["label"] != NOT_A_SIGNAL)
    names = frame.reindex(columns=["name", "other_name"])[lacking]
    return [
        EntryWithoutEphemeris(
            str(target), tuple(str(one) for one in of_entry if pd.notna(one)), reason
        )
        for target, of_entry, reason in zip(
            frame["target"][lacking],
            names.itertuples(index=False),
            reasons[lacking],
            strict=True,
        )
    ]


def _why_no_ephemeris(frame: pd.DataFrame) -> pd.Series:
    """What each row lacks for an ephemeris; empty where it has one."""
    period, epoch, duration = (
        frame[name].astype(float) for name in ("period", "epoch", "duration")
    )
    lacks = {
        "no period": ~(np.isfinite(period) & (period > 0)),
        "no epoch": ~np.isfinite(epoch),
        "no duration": ~(np.isfinite(duration) & (duration > 0)),
        "a duration as long as its period": ~(duration < period),
    }
    reasons = pd.Series("", frame.index, dtype=object)
    for reason, lacking in reversed(lacks.items()):
        reasons[lacking] = reason
    return reasons
