"""The labelled set on disk: features, truths, views and completeness, written shard by shard.

``features.parquet`` holds the features; ``views.npy``, ``views_missing.npy`` and
``views_layout.json`` the views of a run with ``views=true``; ``truth.parquet`` the drawn parameters
of every example, kept or not; ``completeness.json`` the share of signals that was found;
``manifest.json`` the settings and counts; and ``shards/`` the finished work, from which an
interrupted run resumes. The two tables of a long set are folders of files
(``exoval.table.parquet_parts``). All are written beside their places and renamed, the manifest last
(``exoval.running.whole_folder``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute

from exoval.injection.completeness import save_completeness
from exoval.injection.importance_weights import REQUIRED
from exoval.labels import LabelMeaning
from exoval.table.column import Column
from exoval.table.feature_table import feature_schema
from exoval.table.parquet_parts import writing_parts
from exoval.views.layout import ViewLayout
from exoval.views.store import save_views
from simulate.draw_density import Drawn, count_drawn, log_proposal_of
from simulate.example import FAILED, KEPT
from simulate.proposal import Proposal
from simulate.repeats import COLUMNS, REPEAT, repeated_rows
from simulate.shard import OF_THE_EVENT, OF_THE_WORK, Shard
from simulate.tally import Tally

FEATURES, TRUTH = "features.parquet", "truth.parquet"


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What the rows of a set are: its scenarios, feature columns, recipe, labels and views.

    ``proposal`` is the one that chose which draws were searched.
    """

    scenarios: Sequence[str]
    columns: tuple[Column, ...]
    recipe: dict
    meanings: Mapping[str, LabelMeaning]
    layout: ViewLayout | None = None
    proposal: Proposal | None = None


def write_labelled_set(folder: Path, shards: Sequence[Shard], contents: Contents) -> dict:
    """Write the tables of all shards, in their order; return the manifest's entries about them.

    One shard is in memory at a time. Repeats of a light curve without an injection
    (``simulate.repeats``) count as failed. Raises DataNotFound if a file cannot be written and
    BadTable if a shard cannot be read.
    """
    again = repeated_rows((one.outcomes(COLUMNS) for one in shards), folder / ".repeats")
    drawn = count_drawn(shards, contents.proposal)
    tally = Tally(contents.scenarios)
    schema = feature_schema(contents.columns, recipe=contents.recipe, meanings=contents.meanings)
    with (
        writing_parts(folder / FEATURES, schema) as features,
        writing_parts(folder / TRUTH, _truth_schema(shards)) as truth,
    ):
        for shard, repeated in _with_repeats(shards, again):
            outcomes = _as_drawn(_marked(shard.outcomes(), repeated), drawn)
            tally.add(outcomes.to_pandas())
            truth.write(outcomes.filter(outcomes["has_truth"]))
            features.write(_kept_features(shard, repeated, contents.meanings))
    if contents.layout is not None:
        save_views(
            folder,
            "views",
            size=features.rows,
            rows=_view_rows(_with_repeats(shards, again), contents.layout.length),
            layout=contents.layout,
        )
    completeness = tally.completeness()
    save_completeness(completeness, folder)
    return {
        "counts": tally.counts(),
        "effective_sample_size": tally.effective_sample_size(),
        "completeness": {name: one.summary() for name, one in completeness.items()},
        "kept": features.rows,
        "failures": tally.failures(),
        "drawn": [drawn.plain()],
    }


def _with_repeats(shards: Sequence[Shard], again: np.ndarray) -> Iterator[tuple[Shard, np.ndarray]]:
    """Every shard with the mask of its outcomes that repeat an earlier one."""
    place = 0
    for shard in shards:
        rows = shard.description().outcomes
        yield shard, again[place : place + rows]
        place += rows


def _marked(outcomes: pa.Table, repeated: np.ndarray) -> pa.Table:
    """The outcomes with the repeats among them as failures."""
    if not repeated.any():
        return outcomes
    mask = pa.array(repeated)
    for name, value in {"status": FAILED, **REPEAT}.items():
        values = pa.compute.if_else(mask, value, outcomes[name])
        outcomes = outcomes.set_column(outcomes.column_names.index(name), name, values)
    return outcomes


def _as_drawn(outcomes: pa.Table, drawn: Drawn) -> pa.Table:
    """The outcomes with the density that a proposal has left."""
    if drawn.proposal is None or "log_proposal" not in outcomes.column_names:
        return outcomes
    density = log_proposal_of(outcomes.to_pandas(), [drawn])
    place = outcomes.column_names.index("log_proposal")
    return outcomes.set_column(place, "log_proposal", pa.array(density, from_pandas=True))


def _kept_rows(shard: Shard, repeated: np.ndarray) -> np.ndarray:
    """Mask of the shard's kept events that are no repeats."""
    kept = np.asarray(shard.outcomes(["status"])["status"].to_pylist()) == KEPT
    return ~repeated[kept]


def _kept_features(
    shard: Shard, repeated: np.ndarray, meanings: Mapping[str, LabelMeaning]
) -> pa.Table:
    rows = shard.features().filter(pa.array(_kept_rows(shard, repeated)))
    dispositions = [str(meanings[label].disposition) for label in rows["label"].to_pylist()]
    return rows.append_column("disposition", pa.array(dispositions, pa.string()))


def _truth_schema(shards: Sequence[Shard]) -> pa.Schema:
    """The columns of the truths of all shards, in the order in which they first appear."""
    fields = {name: pa.field(name, pa.string()) for name in OF_THE_EVENT}
    fields["event_number"] = pa.field("event_number", pa.float64())
    for shard in shards:
        for field in shard.schema():
            known = fields.get(field.name)
            # a text that is missing throughout a shard has the type of numbers there
            if field.name not in OF_THE_WORK and (known is None or known.type == pa.float64()):
                fields[field.name] = field
    for name in REQUIRED:
        # if every example failed: readers need the columns of a table without rows too
        fields.setdefault(name, pa.field(name, pa.float64()))
    return pa.schema(list(fields.values()))


def _view_rows(
    shards: Iterator[tuple[Shard, np.ndarray]], length: int
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Number, views (``length``) and counts of empty bins of every row of features."""
    number = 0
    for shard, repeated in shards:
        rows = _kept_rows(shard, repeated)
        if not len(rows):
            continue
        for row in shard.views()[rows]:
            yield number, row[:length], row[length:]
            number += 1
