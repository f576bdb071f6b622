"""Find and read a catalogue's table, and convert its rows to candidates."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from exoval.catalogs.candidate import Candidate
from exoval.data_folder import data_folder, is_sample
from exoval.ephemeris import Ephemeris
from exoval.errors import BadTable, DataNotFound
from exoval.labels import from_disposition

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


@dataclass(frozen=True)
class CatalogTable:
    """A published table: its place under ``tables/`` of the data, its name and its source."""

    file: str
    name: str
    download: str

    def read(
        self, path: str | Path | None, required: tuple[str, ...], *, optional: tuple[str, ...] = ()
    ) -> pd.DataFrame:
        """Read columns of the table; missing optional columns become NaN.

        The file is Parquet or CSV with ``#`` comments. Without a path and without EXOVAL_DATA these
        are the rows of the sample's stars. Raises DataNotFound, naming the archive's table, if the
        file is missing or the sample's lacks columns, and BadTable if it cannot be read or lacks a
        required column.
        """
        path = self._find(path)
        frame = self._load(path)
        missing = [column for column in required if column not in frame]
        if missing and is_sample(path):
            raise self._not_whole()
        if missing:
            raise BadTable(
                f"{path} lacks the columns {', '.join(missing)} of {self.name}; "
                f"get it with them: {self.download}"
            )
        return frame.reindex(columns=[*required, *optional])

    def read_all(self, path: str | Path | None) -> pd.DataFrame:
        """Read all columns of the table; DataNotFound and BadTable as in ``read``."""
        path = self._find(path)
        if is_sample(path):
            raise self._not_whole()
        return self._load(path)

    def _load(self, path: Path) -> pd.DataFrame:
        """Read a Parquet or CSV file; BadTable if it cannot be read."""
        try:
            return (
                pd.read_parquet(path)
                if path.suffix == ".parquet"
                else pd.read_csv(path, comment="#", low_memory=False)
            )
        except (OSError, ValueError, pa.ArrowException) as error:
            raise BadTable(
                f"cannot read {path} ({error}); get it again: {self.download}"
            ) from error

    def _find(self, path: str | Path | None) -> Path:
        found = Path(path or data_folder() / "tables" / self.file)
        if is_sample(found) and not found.is_file():
            raise DataNotFound(
                f"no {self.name}: EXOVAL_DATA is not set; set it, or give the path "
                f"of the table. {self.download}"
            )
        if not found.is_file():
            raise DataNotFound(f"no {self.name} at {found}. {self.download}")
        return found

    def _not_whole(self) -> DataNotFound:
        return DataNotFound(
            f"no complete {self.name}: EXOVAL_DATA is not set, and the sample that ships with "
            f"exoval holds a few columns of its own stars; set it, or give the path of the table. "
            f"{self.download}"
        )


def candidates(frame: pd.DataFrame, *, provenance: str) -> list[Candidate]:
    """Convert the rows of a table with the columns CANDIDATE_COLUMNS to candidates.

    Rows without period, epoch and duration with 0 < duration < period are skipped and counted in
    the log. Raises BadParameter for an unknown disposition.
    """
    usable = np.isfinite(frame[["period", "epoch", "duration"]]).all(axis=1)
    usable &= (frame["duration"] > 0) & (frame["duration"] < frame["period"])
    if not usable.all():
        log.info(
            "%s: %d of %d rows have no usable ephemeris and are left out",
            provenance,
            (~usable).sum(),
            len(frame),
        )
    frame = frame[usable]
    known = {text: from_disposition(text) for text in frame["disposition"].unique()}
    columns = [frame[name].to_numpy() for name in CANDIDATE_COLUMNS]
    return [
        Candidate(
            target=str(target),
            name=str(name),
            ephemeris=Ephemeris(float(period), float(epoch), float(duration)),
            depth=float(depth),
            label=str(label),
            disposition=known[disposition],
            provenance=provenance,
            signal_to_noise=float(strength),
        )
        for target, name, period, epoch, duration, depth, label, disposition, strength in zip(
            *columns, strict=True
        )
    ]
