"""Measured events as a table whose columns carry unit, description and source.

One row is one event. Identity columns (``event``, ``target``, ``label`` ...) say what the row
is; a model sees the feature columns alone. The two are kept apart by name, so that no label
reaches a model by accident.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from exoval.errors import BadTable, DataNotFound, foreign_errors_as, listed
from exoval.labels import PLANET, LabelMeaning, meanings_to_plain
from exoval.running.whole_folder import FULL, check_files
from exoval.schema import as_record
from exoval.table.column import Column
from exoval.table.label_bearing import refuse_label_bearing
from exoval.table.parquet_parts import names_to_check, parquet_files, writing_parts

AGAIN = "simulate the set again"
#: feature values beyond this are no measurement: their squares overflow
LARGEST = 1e100
#: feature values closer to zero than this become zero
SMALLEST = 1e-100
#: identity columns in the order they are written; all strings
IDENTITY = ("event", "target", "label", "disposition")


class RowViews(Protocol):
    """Views of the rows of a table; choosing rows reads nothing from disk."""

    #: which stretches a row of views has, a ``ViewLayout``
    layout: object

    def __len__(self) -> int:
        """Number of rows."""

    def __getitem__(self, chosen: np.ndarray | slice) -> np.ndarray:
        """Views of the chosen rows, float32 of shape (chosen rows, length)."""

    def select(self, chosen: np.ndarray) -> RowViews:
        """The rows that a mask or indexes choose."""


@dataclass(frozen=True)
class FeatureTable:
    """A table of events: identity columns and feature columns, one row an event.

    ``frame`` holds the identity columns (``event`` unique id, ``target`` star and split group,
    ``label`` scenario key or catalogue class, ``disposition`` planet / false_positive / unknown)
    and one float column per entry of ``columns``; missing values are NaN. ``recipe`` says how the
    events were measured (JSON-able). ``views``, if the set has them, are folded light curves of
    the same rows in fixed-length bins; they are stored beside the table's file. ``meanings`` says
    what each label stands for, as the scenarios declare it; it is empty for catalogue classes.
    ``weight`` (rows,) says how much each row counts in fitting; None where all count alike. It is
    not saved.

    Raises BadTable if a declared column is missing, an undeclared one is present, a column
    gives the label away (``exoval.table.label_bearing``), or weights and rows differ in number.

    >>> identity = {"event": ["a"], "target": ["KIC 1"], "label": ["planet"]}
    >>> frame = pd.DataFrame({**identity, "disposition": ["planet"], "period": [3.5]})
    >>> table = FeatureTable(frame, columns=(Column("period", "d", "orbital period"),))
    >>> len(table), table.feature_names, table.features.tolist()
    (1, ['period'], [[3.5]])
    """

    frame: pd.DataFrame
    columns: tuple[Column, ...]
    _: KW_ONLY
    recipe: dict = field(default_factory=dict)
    views: RowViews | None = field(default=None, repr=False)
    meanings: Mapping[str, LabelMeaning] = field(default_factory=dict)
    weight: np.ndarray | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        refuse_label_bearing(self.columns)
        wanted = [*IDENTITY, *self.feature_names]
        missing = [name for name in wanted if name not in self.frame]
        undeclared = [name for name in self.frame if name not in wanted]
        if missing or undeclared:
            raise BadTable(
                f"feature table lacks {listed(missing) or 'nothing'} and has undeclared "
                f"{listed(undeclared) or 'nothing'}; "
                "declare every column in the feature group that measures it"
            )
        if self.weight is not None and len(self.weight) != len(self.frame):
            raise BadTable(f"{len(self.weight)} weights for {len(self.frame)} rows; give one a row")
        object.__setattr__(self, "frame", self.frame[wanted].reset_index(drop=True))

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def feature_names(self) -> list[str]:
        """Names of the feature columns, in order."""
        return [column.name for column in self.columns]

    @property
    def features(self) -> np.ndarray:
        """The features as float64, shape (rows, columns); subnormal values become zero."""
        return self.matrix(self.feature_names)

    def matrix(self, names: Sequence[str]) -> np.ndarray:
        """The features of these names, in their order, as ``features`` gives them."""
        values = self.frame[list(names)].to_numpy(dtype=float, copy=True)
        # the slope between two subnormal values overflows, and a scaler then returns NaN
        values[np.abs(values) < SMALLEST] = 0.0
        return values

    def usable_matrix(self, names: Sequence[str]) -> np.ndarray:
        """As ``matrix``; BadTable, naming the columns, for values that no model can take."""
        values = self.matrix(names)
        wrong = np.any(np.abs(values) > LARGEST, axis=0)
        if wrong.any():
            raise BadTable(
                f"infinite values, or values beyond {LARGEST:g}, in columns "
                f"{listed(np.array(names)[wrong])}; what cannot be measured must be NaN"
            )
        return values

    @property
    def unusable(self) -> np.ndarray:
        """Mask of the features that no model can take, shape (rows, columns).

        They are infinite or beyond ``LARGEST``; missing ones are NaN and usable.
        """
        return np.abs(self.features) > LARGEST

    @property
    def targets(self) -> np.ndarray:
        """The star of every row; a split keeps all rows of a star on one side."""
        return self.frame["target"].to_numpy(dtype=str)

    @property
    def labels(self) -> np.ndarray:
        """The scenario key or catalogue class of every row."""
        return self.frame["label"].to_numpy(dtype=str)

    @property
    def is_planet(self) -> np.ndarray:
        """Whether each row is a planet by its disposition, shape (rows,)."""
        return (self.frame["disposition"] == PLANET).to_numpy()

    def label_meanings(self) -> dict[str, LabelMeaning]:
        """What every label of the rows stands for, in alphabetical order.

        A label without a declared meaning counts as planet where its rows are planets. Raises
        BadTable for rows whose disposition contradicts their label.
        """
        found, planet = {}, self.is_planet
        for label in np.unique(self.labels):
            rows = planet[self.labels == label]
            meaning = self.meanings.get(str(label)) or LabelMeaning(
                short=str(label), description="class of a catalogue", counts_as_planet=bool(rows[0])
            )
            wrong = int((rows != meaning.counts_as_planet).sum())
            if wrong:
                raise BadTable(
                    f"{wrong} of {len(rows)} rows labelled '{label}' have a disposition that "
                    "contradicts their label; simulate or read the set again"
                )
            found[str(label)] = meaning
        return found

    @property
    def schema_hash(self) -> str:
        """Eight hex digits that change when a column's name, unit or order does."""
        return schema_hash(self.columns)

    def select(self, rows: np.ndarray) -> FeatureTable:
        """The table of the rows that a boolean mask or indexes choose."""
        rows = np.asarray(rows)
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        views = None if self.views is None else self.views.select(rows)
        weight = None if self.weight is None else self.weight[rows]
        return replace(self, frame=self.frame.iloc[rows], views=views, weight=weight)

    def only(self, names: Sequence[str]) -> FeatureTable:
        """The table with the feature columns of these names, in their order.

        Raises BadTable for a name that the table lacks.
        """
        declared = {column.name: column for column in self.columns}
        missing = [name for name in names if name not in declared]
        if missing:
            raise BadTable(
                f"the table has no column {', '.join(missing)}; it has {', '.join(declared)}"
            )
        return replace(
            self,
            frame=self.frame[[*IDENTITY, *names]],
            columns=tuple(declared[name] for name in names),
        )

    def require_columns_of(self, other: FeatureTable) -> None:
        """Raise BadTable unless both tables have the same columns in the same units."""
        mine, theirs = ({c.name: c.unit for c in t.columns} for t in (self, other))
        differing = sorted({*mine.items()} ^ {*theirs.items()})
        if differing or self.schema_hash != other.schema_hash:
            raise BadTable(
                f"feature tables differ in {differing or 'column order'}; measure both with the "
                "same feature groups"
            )

    def save(self, path: str | Path) -> None:
        """Write Parquet, with units, descriptions, sources and meanings of labels as metadata.

        A long table becomes a folder of files (``exoval.table.parquet_parts``). Raises DataNotFound
        if it cannot be written.
        """
        schema = feature_schema(self.columns, recipe=self.recipe, meanings=self.meanings)
        chunk = pa.Table.from_pandas(self.frame, preserve_index=False)
        with writing_parts(path, schema) as parts:
            parts.write(chunk)


def feature_schema(
    columns: Sequence[Column], *, recipe: Mapping, meanings: Mapping[str, LabelMeaning]
) -> pa.Schema:
    """The Arrow schema of a feature table with these columns, with all that describes its rows."""
    fields = [pa.field(name, pa.string()) for name in IDENTITY]
    fields += [
        pa.field(column.name, pa.float64()).with_metadata(
            {"unit": column.unit, "description": column.description, "source": column.source}
        )
        for column in columns
    ]
    metadata = {
        "exoval_recipe": json.dumps(dict(recipe), sort_keys=True),
        "exoval_schema": schema_hash(columns),
        "exoval_labels": json.dumps(meanings_to_plain(meanings)),
    }
    return pa.schema(fields, metadata=metadata)


def schema_hash(columns: Sequence[Column]) -> str:
    """Eight hex digits that change when a column's name, unit or order does."""
    text = json.dumps([(column.name, column.unit) for column in columns])
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def load_feature_table(path: str | Path, *, verify: str = FULL) -> FeatureTable:
    """Read a table written by ``FeatureTable.save``.

    It is compared with the manifest of its folder, if there is one
    (``exoval.running.whole_folder.check_files`` explains ``verify``). Raises DataNotFound if the
    file does not exist, BadTable if exoval did not write it or it has changed.
    """
    files = parquet_files(path)
    if not files:
        raise DataNotFound(f"no feature table at {path}; make one with python -m simulate")
    check_files(Path(path).parent, names_to_check(path), verify=verify)
    with foreign_errors_as(BadTable, f"cannot read {path}", AGAIN):
        table = pa.concat_tables([pq.read_table(str(one)) for one in files])
        metadata = table.schema.metadata or {}
        if b"exoval_recipe" not in metadata:
            raise BadTable(
                f"{path} was not written by exoval; measure the events with exoval.measure"
            )
        written = as_record(
            {
                "recipe": json.loads(metadata[b"exoval_recipe"]),
                "labels": json.loads(metadata.get(b"exoval_labels", b"{}")),
            },
            _Metadata,
            source=f"the metadata of {path}",
            remedy=AGAIN,
        )
        columns = tuple(
            _column(item, str(path)) for item in table.schema if item.name not in IDENTITY
        )
        odd = [item.name for item in table.schema if item.name in IDENTITY and not _is_text(item)]
        # columns of a table without rows have no type
        if odd and table.num_rows:
            raise BadTable(f"{path}: {', '.join(odd)} must hold texts; {AGAIN}")
        frame = table.to_pandas()
    made = FeatureTable(frame, columns, recipe=written.recipe, meanings=written.labels)
    empty = [name for name in IDENTITY if made.frame[name].isna().any()]
    if empty:
        raise BadTable(f"{path} has rows without {', '.join(empty)}; {AGAIN}")
    return made


@dataclass(frozen=True, kw_only=True)
class _Metadata:
    """What a table's file says of its rows, beside the columns."""

    recipe: dict
    labels: dict[str, LabelMeaning]


def _is_text(item: pa.Field) -> bool:
    return pa.types.is_string(item.type) or pa.types.is_large_string(item.type)


def _column(item: pa.Field, path: str) -> Column:
    """The column of a field; BadTable for one that holds no numbers or says nothing of itself."""
    if not (pa.types.is_floating(item.type) or pa.types.is_integer(item.type)):
        raise BadTable(f"{path}: column {item.name[:60]} holds {item.type}, no numbers; {AGAIN}")
    texts = [(item.metadata or {}).get(key) for key in (b"unit", b"description", b"source")]
    if None in texts:
        raise BadTable(
            f"{path}: column {item.name[:60]} has no unit, description and source; {AGAIN}"
        )
    return Column(item.name, *(text.decode() for text in texts))
