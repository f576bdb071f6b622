"""The labelled set on disk: features, truths, manifest and failures.

``features.parquet`` holds the features; ``views.npy``, ``views_missing.npy`` and
``views_layout.json`` the views of a run with ``views=true``; ``truth.parquet`` the drawn parameters
of every example, kept or not; ``completeness.json`` the share of signals that was found;
``manifest.json`` the settings and counts; and ``shards/`` the finished batches, from which an
interrupted run resumes.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd

from exoval.errors import BadParameter
from exoval.injection.completeness import Completeness, measure_completeness
from exoval.labels import LabelMeaning
from exoval.running.output_path import make_folder, writing
from exoval.table.column import Column
from exoval.table.feature_table import IDENTITY, FeatureTable
from exoval.views.layout import ViewLayout
from exoval.views.store import save_views
from simulate.event_kinds import FURTHER, MISSED
from simulate.example import DRAWN, FAILED, KEPT, RECOVERED, VISIBLE, Outcome
from simulate.executor import Batch

#: statuses of examples that passed each stage
PASSED = {
    DRAWN: (DRAWN, VISIBLE, RECOVERED, KEPT),
    VISIBLE: (VISIBLE, RECOVERED, KEPT),
    RECOVERED: (RECOVERED, KEPT),
    KEPT: (KEPT,),
}


class Shards:
    """Finished batches of one run in a folder; each is one JSON file, written atomically.

    With ``views`` an array of the kept events' views lies beside each file and is written first.
    """

    def __init__(self, folder: Path, *, fingerprint: str, views: bool = False) -> None:
        """Open the folder, which is made if needed.

        Raises BadParameter if it holds shards of other settings, DataNotFound if it cannot be
        written.
        """
        self.folder = folder / "shards"
        self.fingerprint = fingerprint
        self.views = views
        stamp = self.folder / "recipe.txt"
        make_folder(self.folder)
        with writing(stamp, setting="output=DIR"):
            if not stamp.exists():
                stamp.write_text(fingerprint)
            known = stamp.read_text()
        if known != fingerprint:
            raise BadParameter(
                f"{folder} holds a labelled set made with other settings or by other catalogues; "
                "choose another output=DIR or delete it"
            )

    def _path(self, batch: Batch) -> Path:
        return self.folder / f"{batch.scenario}-{batch.start:07d}-{batch.stop:07d}.json"

    def load(self, batch: Batch) -> list[Outcome] | None:
        """The outcomes of a finished batch, without views; None if it is missing or incomplete."""
        try:
            outcomes = [Outcome(**entry) for entry in json.loads(self._path(batch).read_text())]
            if self.views:
                # memory-mapped: header and length are checked without reading the views
                rows = np.load(self._path(batch).with_suffix(".npy"), mmap_mode="r")
                if len(rows) != sum(outcome.status == KEPT for outcome in outcomes):
                    return None
            return outcomes
        except (OSError, ValueError, TypeError, EOFError):
            return None

    def save(self, batch: Batch, outcomes: list[Outcome]) -> None:
        """Write the outcomes of a batch atomically."""
        path = self._path(batch)
        draft = path.with_suffix(".draft")
        if self.views:
            rows = [np.concatenate(o.views) for o in outcomes if o.status == KEPT]
            with open(draft, "wb") as file:
                np.save(file, np.array(rows, dtype=np.float32))
            os.replace(draft, path.with_suffix(".npy"))
        names = [field.name for field in fields(Outcome) if field.name != "views"]
        draft.write_text(
            json.dumps([{name: getattr(outcome, name) for name in names} for outcome in outcomes])
        )
        os.replace(draft, path)

    def kept_views(self, batch: Batch, length: int) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        """Name, views (``length``) and counts of empty bins of every kept event of a batch."""
        kept = [o for o in self.load(batch) or [] if o.status == KEPT]
        rows = np.load(self._path(batch).with_suffix(".npy"))
        for outcome, row in zip(kept, rows, strict=True):
            yield event_name(outcome), row[:length], row[length:]


def fingerprint(settings: dict) -> str:
    """A hash of the settings that determine the rows."""
    text = json.dumps(settings, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def drop_repeats(outcomes: list[Outcome]) -> list[Outcome]:
    """Turn repeats of a light curve without an injection into failures.

    The same star, segments and transform give the same event, and only the first one is kept.
    """
    seen: set[tuple] = set()
    kept = []
    for outcome in outcomes:
        # segments scrambled in another order give another event, at another period
        key = (
            outcome.target,
            outcome.truth.get("segments"),
            outcome.truth.get("transform"),
            outcome.truth.get("found_period_days"),
        )
        if outcome.status == KEPT and key[2] is not None:
            if key in seen:
                outcome = Outcome(
                    scenario=outcome.scenario,
                    index=outcome.index,
                    target=outcome.target,
                    status=FAILED,
                    truth=outcome.truth,
                    stage="repeat",
                    reason="the same light curve without an injection was already searched",
                )
            seen.add(key)
        kept.append(outcome)
    return kept


def feature_table(
    outcomes: list[Outcome],
    columns: tuple[Column, ...],
    recipe: dict,
    meanings: Mapping[str, LabelMeaning],
) -> FeatureTable:
    """The table of kept rows, in order of scenario and index; ``meanings`` is by label."""
    rows = [
        {
            "event": event_name(o),
            "target": o.target,
            "label": label_of(o),
            "disposition": meanings[label_of(o)].disposition,
            **o.row,
        }
        for o in outcomes
        if o.status == KEPT
    ]
    names = [*IDENTITY, *(column.name for column in columns)]
    frame = pd.DataFrame(rows, columns=names)
    frame = frame.astype({column.name: float for column in columns})
    return FeatureTable(frame, columns, recipe=recipe, meanings=meanings)


def write_views(
    output: Path,
    *,
    shards: Shards,
    batches: list[Batch],
    table: FeatureTable,
    layout: ViewLayout,
) -> None:
    """Write the views of the table's events, in its order, with one batch in memory at a time."""
    row_of = {event: row for row, event in enumerate(table.frame["event"])}
    # a dropped repeat has views in its shard but no row
    save_views(
        output,
        "views",
        size=len(table),
        rows=(
            (row_of[event], values, missing)
            for batch in batches
            for event, values, missing in shards.kept_views(batch, layout.length)
            if event in row_of
        ),
        layout=layout,
    )


def truth_table(outcomes: list[Outcome]) -> pd.DataFrame:
    """The drawn parameters of every event's example, and the stage that the event reached."""
    rows = [
        {
            "event": event_name(o),
            "target": o.target,
            "label": label_of(o),
            "scenario": o.scenario,
            "event_number": float(o.number),
            "status": o.status,
            **o.truth,
        }
        for o in outcomes
        if o.truth
    ]
    return pd.DataFrame(rows)


def completeness_by_scenario(truth: pd.DataFrame) -> dict[str, Completeness]:
    """Completeness by period and depth of every scenario with signals, from injected signals.

    Every orbit of a star counts once, found or missed.
    """
    if not len(truth):
        return {}
    truth = truth[truth["event_number"].eq(0) | _further_orbit(truth)]
    measured = {str(name): measure_completeness(truth, name) for name in truth["label"].unique()}
    return {name: one for name, one in measured.items() if one is not None}


def _further_orbit(truth: pd.DataFrame) -> pd.Series:
    """Rows that stand for an orbit beside the one that the star's first row stands for."""
    if "orbit_number" not in truth:
        return pd.Series(False, index=truth.index)
    return truth["orbit_number"].notna() & truth["event_kind"].isin([FURTHER, MISSED])


def counts(outcomes: list[Outcome], scenarios: list[str]) -> dict[str, dict[str, int]]:
    """Numbers of injected systems by scenario: drawn, visible, recovered, kept and failed.

    Of a star with several orbits the first row counts: the first orbit, or the one that was found.
    """
    table = {}
    for scenario in scenarios:
        statuses = [o.status for o in outcomes if o.scenario == scenario and o.number == 0]
        row = {stage: sum(s in passed for s in statuses) for stage, passed in PASSED.items()}
        table[scenario] = row | {FAILED: statuses.count(FAILED)}
    return table


def failures(outcomes: list[Outcome]) -> list[dict]:
    """Every reason for which examples failed, with its count and targets."""
    lost: dict[tuple[str, str], list[str]] = {}
    for outcome in outcomes:
        if outcome.reason:
            lost.setdefault((outcome.stage, outcome.reason), []).append(outcome.target)
    return [
        {
            "stage": stage,
            "reason": reason,
            "count": len(targets),
            "targets": sorted({t for t in targets if t})[:20],
        }
        for (stage, reason), targets in sorted(lost.items())
    ]


def event_name(outcome: Outcome) -> str:
    """The unique name of an event; its beginning identifies the example for a repetition."""
    name = f"{outcome.scenario}-{outcome.index:07d}"
    return f"{name}.{outcome.number}" if outcome.number else name


def label_of(outcome: Outcome) -> str:
    """The label of an event: its scenario's, unless it is something else in the star."""
    return outcome.label or outcome.scenario
