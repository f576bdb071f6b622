"""The labelled set on disk: features, truths, manifest and failures.

``features.parquet`` holds the features; ``views.npy``, ``views_missing.npy`` and
``views_layout.json`` the views of a run with ``views=true``; ``truth.parquet`` the drawn parameters
of every example, kept or not; ``completeness.json`` the share of signals that was found;
``manifest.json`` the settings and counts; and ``shards/`` the finished batches, from which an
interrupted run resumes. All are written beside their places and renamed, the manifest last
(``exoval.running.whole_folder``).
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd

from exoval.errors import BadParameter, BadTable, ExovalError
from exoval.injection.completeness import Completeness, measure_completeness
from exoval.labels import LabelMeaning
from exoval.running.checksums import check_seal, sealed
from exoval.running.output_path import make_folder, replacing
from exoval.running.provenance import code_version
from exoval.running.whole_folder import difference
from exoval.schema import read_json
from exoval.table.column import Column
from exoval.table.feature_table import IDENTITY, FeatureTable
from exoval.views.layout import ViewLayout
from exoval.views.store import save_views
from simulate.event_kinds import FURTHER, MISSED
from simulate.example import DRAWN, FAILED, KEPT, RECOVERED, VISIBLE, Outcome
from simulate.executor import Batch

log = logging.getLogger(__name__)

SHARDS = "shards"
#: name of a finished batch's file: scenario, first system, and the one behind the last
BATCH = r"(.+)-(\d{7,})-(\d{7,})\.json"
#: file of JSON that says what the shards beside it are made of, and how many are planned
ORIGIN = "origin.txt"
ANEW = "choose another output=DIR, or delete the folder and simulate again"
#: statuses of examples that passed each stage
PASSED = {
    DRAWN: (DRAWN, VISIBLE, RECOVERED, KEPT),
    VISIBLE: (VISIBLE, RECOVERED, KEPT),
    RECOVERED: (RECOVERED, KEPT),
    KEPT: (KEPT,),
}
#: why a repeat of a light curve without an injection does not count
REPEAT = {
    "stage": "repeat",
    "reason": "the same light curve without an injection was already searched",
}


class Shards:
    """Finished batches of one run in a folder; each is one JSON file, written atomically.

    With ``views`` an array of the kept events' views lies beside each file and is written first.
    The JSON holds the checksums of both (``exoval.running.checksums``).
    """

    def __init__(
        self,
        folder: Path,
        *,
        fingerprint: str,
        views: bool = False,
        data: Mapping[str, object] | None = None,
        plan: Mapping[str, object] | None = None,
    ) -> None:
        """Open the folder, which is made if needed.

        ``fingerprint`` is that of the settings, ``data`` identifies the data that are read, and
        ``plan`` says what the run will make (``simulate.status``). Raises BadParameter if the
        folder holds shards of other settings, of other data or of another version of exoval,
        DataNotFound if it cannot be written.
        """
        self.folder = folder / SHARDS
        self.views = views
        make_folder(self.folder)
        self.data = dict(data or {})
        mine = {"settings": fingerprint, "version": code_version(), "data": self.data}
        origin = self._origin()
        reason = "" if origin is None else _why_another(origin, mine)
        if reason:
            raise BadParameter(f"{folder} holds a labelled set made {reason}")
        described = sealed(mine if plan is None else mine | {"plan": plan}, name=ORIGIN)
        if origin != described:
            with replacing(self.folder / ORIGIN, setting="output=DIR") as draft:
                draft.write_text(json.dumps(described, indent=1))

    def _origin(self) -> dict | None:
        """What the shards in the folder are made of; None if there are none."""
        path = self.folder / ORIGIN
        if path.is_file():
            plain = read_json(path, remedy=ANEW)
            check_seal(plain, path, remedy=ANEW)
            return plain
        if any(self.folder.iterdir()):
            raise BadParameter(
                f"{self.folder} holds shards without {ORIGIN}, which says what they are made of: "
                f"an older version made them, or the file was deleted; {ANEW}"
            )
        return None

    def _path(self, batch: Batch) -> Path:
        return self.folder / batch.file

    def load(self, batch: Batch) -> list[Outcome] | None:
        """The outcomes of a finished batch, without views; None if it is missing or damaged."""
        path = self._path(batch)
        if not path.is_file():
            return None
        try:
            plain = read_json(path, remedy=ANEW)
            sums = check_seal(plain, path, remedy=ANEW)
            if self.views:
                views = path.with_suffix(".npy")
                wrong = difference(views, None, sums.get(views.name, ""))
                if wrong:
                    raise BadTable(f"{views} {wrong}")
            return [Outcome(**entry) for entry in plain["outcomes"]]
        except (ExovalError, TypeError, KeyError, OSError) as error:
            log.warning("a finished batch is damaged and is simulated again: %s", error)
            return None

    def save(self, batch: Batch, outcomes: list[Outcome]) -> None:
        """Write the outcomes of a batch atomically; DataNotFound if that fails."""
        path = self._path(batch)
        files = {}
        if self.views:
            views = path.with_suffix(".npy")
            rows = [np.concatenate(o.views) for o in outcomes if o.status == KEPT]
            # into memory first: NumPy's own writer does not notice that a disk is full
            whole = BytesIO()
            np.save(whole, np.array(rows, dtype=np.float32))
            with replacing(views, setting="output=DIR") as draft:
                draft.write_bytes(whole.getbuffer())
            files[views.name] = views
        names = [field.name for field in fields(Outcome) if field.name != "views"]
        plain = [{name: getattr(outcome, name) for name in names} for outcome in outcomes]
        text = json.dumps(sealed({"outcomes": plain}, name=path.name, files=files))
        with replacing(path, setting="output=DIR") as draft:
            draft.write_text(text)

    def kept_views(self, batch: Batch, length: int) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        """Name, views (``length``) and counts of empty bins of every kept event of a batch."""
        kept = [o for o in self.load(batch) or [] if o.status == KEPT]
        rows = np.load(self._path(batch).with_suffix(".npy"))
        for outcome, row in zip(kept, rows, strict=True):
            yield event_name(outcome), row[:length], row[length:]


def finished_batches(folder: Path) -> list[Batch]:
    """The batches whose files a labelled set's folder holds, by name; none of them is read."""
    found = [re.fullmatch(BATCH, path.name) for path in sorted((folder / SHARDS).glob("*.json"))]
    return [Batch(one[1], int(one[2]), int(one[3])) for one in found if one]


def _why_another(origin: Mapping[str, object], mine: Mapping[str, object]) -> str:
    """How the origin of shards differs from that of a run, and what to do; empty if it does not."""
    if origin.get("version") != mine["version"]:
        return (
            f"by exoval {origin.get('version')}, and this is {mine['version']}: their rows may "
            "differ; go on with that version, or choose another output=DIR or delete it"
        )
    if origin.get("settings") != mine["settings"]:
        return "with other settings or by other catalogues; choose another output=DIR or delete it"
    if origin.get("data") != mine["data"]:
        known, now = dict(origin.get("data") or {}), dict(mine["data"])
        other = sorted(name for name in known | now if known.get(name) != now.get(name))
        return (
            f"from other data ({', '.join(other).replace('_', ' ')}); give the data that it was "
            "made from, or choose another output=DIR or delete it"
        )
    return ""


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
                outcome = replace(outcome, status=FAILED, row={}, views=None, **REPEAT)
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
