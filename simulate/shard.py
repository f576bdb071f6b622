"""A shard: some hundred systems of one scenario in Parquet files, with what each event became.

``NAME.outcomes.parquet`` has a row for every outcome, kept or not, with the drawn parameters;
``NAME.features.parquet`` one for every kept event; ``NAME.views.npy``, of a run with views, their
views and after them the counts of empty bins. ``NAME.shard.json`` is written last, with the
checksums of the others and the batches that the shard was joined from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from exoval.errors import BadTable, foreign_errors_as
from exoval.running.checksums import check_seal, sealed
from exoval.running.output_path import replacing
from exoval.running.whole_folder import difference
from exoval.schema import as_record, read_json
from simulate.example import KEPT, Outcome
from simulate.executor import Batch

AGAIN = "give the command that made it again"
DESCRIPTION, OUTCOMES, FEATURES, VIEWS = (
    "{}.shard.json",
    "{}.outcomes.parquet",
    "{}.features.parquet",
    "{}.views.npy",
)
#: columns that say what an outcome is; those behind them are what was drawn
OF_THE_EVENT = ("event", "target", "label", "scenario", "event_number", "status")
OF_THE_WORK = ("system", "stage", "reason", "has_truth")


@dataclass(frozen=True, kw_only=True)
class FinishedBatch:
    """A batch in a shard: its systems, how many failed, and when it was finished (unix time, s)."""

    start: int
    stop: int
    failed: int
    finished: float


@dataclass(frozen=True, kw_only=True)
class ShardDescription:
    """What a shard's JSON says: how many outcomes and kept events, and from which batches."""

    outcomes: int
    kept: int
    views: bool
    batches: list[FinishedBatch]


@dataclass(frozen=True)
class Shard:
    """The files of a finished shard in a folder; ``stretch`` are its systems."""

    folder: Path
    stretch: Batch

    def path(self, pattern: str) -> Path:
        """The path of one of its files."""
        return self.folder / pattern.format(self.stretch.name)

    def description(self) -> ShardDescription:
        """What the shard holds; BadTable if its description is damaged."""
        path = self.path(DESCRIPTION)
        plain = read_json(path, remedy=AGAIN)
        check_seal(plain, path, remedy=AGAIN)
        entries = {name: plain[name] for name in ShardDescription.__annotations__ if name in plain}
        return as_record(entries, ShardDescription, source=str(path), remedy=AGAIN)

    def damage(self) -> str:
        """What is wrong with its files, in words; empty if nothing is."""
        path = self.path(DESCRIPTION)
        try:
            sums = check_seal(read_json(path, remedy=AGAIN), path, remedy=AGAIN)
            self.description()
        except BadTable as error:
            return str(error)
        for name, expected in sums.items():
            wrong = difference(self.folder / name, None, expected)
            if wrong:
                return f"{self.folder / name} {wrong}"
        return ""

    def delete(self) -> None:
        """Delete the files, the description first, so that no part of it is taken for whole."""
        for pattern in (DESCRIPTION, OUTCOMES, FEATURES, VIEWS):
            self.path(pattern).unlink(missing_ok=True)

    def schema(self) -> pa.Schema:
        """The columns of its outcomes."""
        with self._reading(OUTCOMES) as path:
            return pq.read_schema(path)

    def outcomes(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Its outcomes in order of system and event; those of ``columns`` that it has."""
        with self._reading(OUTCOMES) as path:
            if columns is not None:
                columns = [name for name in columns if name in pq.read_schema(path).names]
            return pq.read_table(path, columns=columns)

    def features(self) -> pa.Table:
        """Event, target, label and features of its kept events, in the order of the outcomes."""
        with self._reading(FEATURES) as path:
            return pq.read_table(path)

    def views(self) -> np.ndarray:
        """Views and counts of empty bins of its kept events, shape (kept, length + views)."""
        with self._reading(VIEWS) as path:
            return np.load(path, mmap_mode="r")

    @contextmanager
    def _reading(self, pattern: str) -> Iterator[Path]:
        path = self.path(pattern)
        with foreign_errors_as(BadTable, f"cannot read {path}", AGAIN):
            yield path


def write_shard(
    shard: Shard,
    outcomes: Iterable[Outcome],
    *,
    views: np.ndarray | None,
    batches: list[FinishedBatch],
) -> None:
    """Write the files of a shard, each beside its place and renamed, the description last.

    ``views`` are those of the kept events, if the run has them. Raises DataNotFound if a file
    cannot be written.
    """
    outcomes = list(outcomes)
    kept = [one for one in outcomes if one.status == KEPT]
    files = {
        shard.path(OUTCOMES): _outcome_rows(outcomes),
        shard.path(FEATURES): _feature_rows(kept),
    }
    for path, rows in files.items():
        with replacing(path, setting="output=DIR") as draft, draft.open("wb") as file:
            pq.write_table(rows, file, compression="zstd")
    if views is not None:
        write_array(shard.path(VIEWS), views)
        files[shard.path(VIEWS)] = None
    description = ShardDescription(
        outcomes=len(outcomes), kept=len(kept), views=views is not None, batches=batches
    )
    path = shard.path(DESCRIPTION)
    text = json.dumps(
        sealed(asdict(description), name=path.name, files={one.name: one for one in files}),
        indent=1,
    )
    with replacing(path, setting="output=DIR") as draft:
        draft.write_text(text)


def write_array(path: Path, values: np.ndarray) -> None:
    """Write an array as ``.npy`` beside its place and rename it.

    It is made in memory first, as NumPy's own writer does not notice that a disk is full. Raises
    DataNotFound if it cannot be written.
    """
    whole = BytesIO()
    np.save(whole, values)
    with replacing(path, setting="output=DIR") as draft:
        draft.write_bytes(whole.getbuffer())


def outcomes_of(rows: pa.Table) -> list[Outcome]:
    """The outcomes that rows of a shard stand for, without features and views."""
    return [
        Outcome(
            scenario=row["scenario"],
            index=row["system"],
            target=row["target"],
            status=row["status"],
            number=int(row["event_number"]),
            label=row["label"],
            stage=row["stage"],
            reason=row["reason"],
            truth={
                name: value
                for name, value in row.items()
                if value is not None and name not in (*OF_THE_EVENT, *OF_THE_WORK)
            },
        )
        for row in rows.to_pylist()
    ]


def event_name(outcome: Outcome) -> str:
    """The unique name of an event; its beginning identifies the example for a repetition."""
    name = f"{outcome.scenario}-{outcome.index:07d}"
    return f"{name}.{outcome.number}" if outcome.number else name


def label_of(outcome: Outcome) -> str:
    """The label of an event: its scenario's, unless it is something else in the star."""
    return outcome.label or outcome.scenario


def _outcome_rows(outcomes: Sequence[Outcome]) -> pa.Table:
    """All outcomes as rows; numbers are float64, and what an outcome has not is missing."""
    columns = {
        "event": pa.array(map(event_name, outcomes), pa.string()),
        "target": pa.array([one.target for one in outcomes], pa.string()),
        "label": pa.array(map(label_of, outcomes), pa.string()),
        "scenario": pa.array([one.scenario for one in outcomes], pa.string()),
        "event_number": pa.array([float(one.number) for one in outcomes], pa.float64()),
        "status": pa.array([one.status for one in outcomes], pa.string()),
        "system": pa.array([one.index for one in outcomes], pa.int64()),
        "stage": pa.array([one.stage for one in outcomes], pa.string()),
        "reason": pa.array([one.reason for one in outcomes], pa.string()),
        "has_truth": pa.array([bool(one.truth) for one in outcomes], pa.bool_()),
    }
    names = dict.fromkeys(name for one in outcomes for name in one.truth)
    columns |= {name: _column([one.truth.get(name) for one in outcomes]) for name in names}
    return pa.table(columns)


def _feature_rows(kept: Sequence[Outcome]) -> pa.Table:
    columns = {
        "event": pa.array(map(event_name, kept), pa.string()),
        "target": pa.array([one.target for one in kept], pa.string()),
        "label": pa.array(map(label_of, kept), pa.string()),
    }
    names = dict.fromkeys(name for one in kept for name in one.row)
    return pa.table(
        columns | {name: _column([one.row.get(name) for one in kept]) for name in names}
    )


def _column(values: list) -> pa.Array:
    if any(isinstance(value, str) for value in values):
        return pa.array(values, pa.string())
    return pa.array(values, pa.float64(), from_pandas=True)
