"""The finished work of a run: batches as they come, joined to shards of some hundred systems.

A batch, the unit of work, is one JSON file (and an array of views) until all batches of its shard
are there; then they become Parquet (``simulate.shard``) and their files are deleted. So a run of
any length has few files and holds one shard in memory. Every file is written beside its place,
renamed, and covered by a checksum.
"""

from __future__ import annotations

import base64
import json
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from exoval.errors import BadParameter, BadTable, ExovalError
from exoval.running.checksums import check_seal, sealed
from exoval.running.output_path import make_folder, replacing
from exoval.running.provenance import code_version
from exoval.running.whole_folder import difference
from exoval.schema import read_json
from simulate.batches import cut_into_batches, grouped_in_shards
from simulate.example import FAILED, KEPT, Outcome
from simulate.executor import Batch
from simulate.shard import FinishedBatch, Shard, write_array, write_shard

log = logging.getLogger(__name__)

SHARDS = "shards"
#: names of files: scenario, first system, and the one behind the last
NAME = r"(.+)-(\d{7,})-(\d{7,})"
#: file of JSON that says what the shards beside it are made of, and how many are planned
ORIGIN = "origin.txt"
ANEW = "choose another output=DIR, or delete the folder and simulate again"


class Shards:
    """The finished batches and shards of one run in a folder."""

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
        self._scenarios: list[str] = []
        #: systems of every shard that is expected
        self._stretches: list[Batch] = []
        #: batches that become a shard, by each that is missing; and how many are, by the first one
        self._group_of: dict[Batch, list[Batch]] = {}
        self._missing: dict[Batch, int] = {}
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
        if any(not path.name.startswith(".") for path in self.folder.iterdir()):
            raise BadParameter(
                f"{self.folder} holds shards without {ORIGIN}, which says what they are made of: "
                f"an older version made them, or the file was deleted; {ANEW}"
            )
        return None

    def whole(self, systems: Mapping[str, int]) -> tuple[list[Batch], list[Batch]]:
        """The stretches of the shards and the batches in the folder that are as they were written.

        All are compared with their checksums. Damaged ones are deleted with a warning, so that they
        are made again, and without one batches that a shard holds too and what a writer that was
        killed left behind. Shards with more ``systems`` (by scenario) than are asked for stay for
        the run that asks for them again, and stand for no batch of this one.
        """
        self._clear_away()
        shards = []
        for stretch in finished_shards(self.folder.parent):
            damage = (shard := Shard(self.folder, stretch)).damage()
            if damage:
                log.warning("a finished shard is damaged and is simulated again: %s", damage)
                shard.delete()
            else:
                shards.append(stretch)
        batches = []
        for batch in finished_batches(self.folder.parent):
            held = any(
                _holds(one, batch) for one in shards if one.stop <= systems.get(one.scenario, 0)
            )
            if held or self.load(batch) is None:
                self._delete(batch)
            else:
                batches.append(batch)
        return shards, batches

    def _clear_away(self) -> None:
        """Delete drafts, and files beside the descriptions of which none is there."""
        for path in list(self.folder.iterdir()):
            name, _, ending = path.name.partition(".")
            description = f"{name}.json" if ending in ("json", "npy") else f"{name}.shard.json"
            unfinished = re.fullmatch(NAME, name) and not (self.folder / description).is_file()
            if unfinished or path.name.startswith(".draft-"):
                path.unlink()

    def expect(
        self, systems: Mapping[str, int], *, batch_size: int, shard_size: int
    ) -> list[Batch]:
        """Plan the work for all ``systems`` (by scenario); return the batches that are left.

        What is finished is kept (``simulate.batches``). Neighbouring batches are joined to shards
        of ``shard_size`` systems or more as soon as they are there. ``finished`` gives the shards
        once every batch is saved.
        """
        self._scenarios = list(systems)
        shards, saved = self.whole(systems)
        batches = cut_into_batches(systems, batch_size, [*shards, *saved])
        groups = grouped_in_shards(batches, shard_size, shards)
        finished = set(shards)
        whole = [one for one in batches if one in finished]
        self._stretches = [*whole, *(_stretch(group) for group in groups)]
        left = set(batches) - finished - set(saved)
        for group in groups:
            waiting = [batch for batch in group if batch in left]
            self._missing[group[0]] = len(waiting)
            self._group_of |= dict.fromkeys(waiting, group)
            if not waiting:
                self._join(group)
        if len(left) < len(batches):
            log.info("%d of %d batches are already done", len(batches) - len(left), len(batches))
        return [batch for batch in batches if batch in left]

    def load(self, batch: Batch) -> list[Outcome] | None:
        """The outcomes of a finished batch, without views; None if it is missing or damaged."""
        path = self.folder / batch.file
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
            rows = dict(zip(plain["measured"], _unpacked(plain["rows"]), strict=True))
            return [
                Outcome(**entry, row=rows.get(number, {}))
                for number, entry in enumerate(plain["outcomes"])
            ]
        except (ExovalError, TypeError, KeyError, ValueError, OSError) as error:
            log.warning("a finished batch is damaged and is simulated again: %s", error)
            return None

    def save(self, batch: Batch, outcomes: list[Outcome]) -> None:
        """Write the outcomes of a batch, and their shard if this was the last one it needs.

        Raises DataNotFound if a file cannot be written.
        """
        path = self.folder / batch.file
        files = {}
        if self.views:
            views = path.with_suffix(".npy")
            rows = [np.concatenate(one.views) for one in outcomes if one.status == KEPT]
            write_array(views, np.array(rows, dtype=np.float32))
            files[views.name] = views
        names = [field.name for field in fields(Outcome) if field.name not in ("views", "row")]
        measured = [number for number, one in enumerate(outcomes) if one.row]
        plain = {
            "measured": measured,
            "rows": _packed([outcomes[number].row for number in measured]),
            "outcomes": [{name: getattr(one, name) for name in names} for one in outcomes],
        }
        text = json.dumps(sealed(plain, name=path.name, files=files))
        with replacing(path, setting="output=DIR") as draft:
            draft.write_text(text)
        group = self._group_of.get(batch)
        if group is not None:
            self._missing[group[0]] -= 1
            if not self._missing[group[0]]:
                self._join(group)

    def finished(self) -> list[Shard]:
        """The shards of all work that was expected, in order of scenarios and systems."""
        order = {name: number for number, name in enumerate(self._scenarios)}
        stretches = sorted(self._stretches, key=lambda one: (order[one.scenario], one.start))
        return [Shard(self.folder, one) for one in stretches]

    def _join(self, group: list[Batch]) -> None:
        """Write the shard of batches that are all there, and delete their files."""
        outcomes, views, batches = [], [], []
        for batch in group:
            loaded = self.load(batch)
            if loaded is None:
                self._delete(batch)
                raise BadTable(
                    f"{self.folder / batch.file} changed after it was written; give the same "
                    "command again, which keeps what is finished"
                )
            outcomes += loaded
            if self.views:
                views.append(np.load((self.folder / batch.file).with_suffix(".npy")))
            batches.append(self._described(batch, loaded))
        whole = None
        if self.views:
            filled = [one for one in views if len(one)]
            whole = np.concatenate(filled) if filled else np.zeros((0, 0), dtype=np.float32)
        write_shard(Shard(self.folder, _stretch(group)), outcomes, views=whole, batches=batches)
        for batch in group:
            self._delete(batch)

    def _described(self, batch: Batch, outcomes: list[Outcome]) -> FinishedBatch:
        return FinishedBatch(
            start=batch.start,
            stop=batch.stop,
            failed=sum(one.status == FAILED for one in outcomes if not one.number),
            finished=(self.folder / batch.file).stat().st_mtime,
        )

    def _delete(self, batch: Batch) -> None:
        path = self.folder / batch.file
        path.unlink(missing_ok=True)
        path.with_suffix(".npy").unlink(missing_ok=True)


def _packed(rows: list[dict[str, float]]) -> dict:
    """Rows of features as the names of their columns and the bytes of float64, in base64.

    As texts the numbers of a batch would take most of the time of the process that writes.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    values = np.array([[row.get(name, np.nan) for name in names] for row in rows], dtype="<f8")
    return {"names": names, "values": base64.b64encode(values.tobytes()).decode()}


def _unpacked(packed: Mapping[str, object]) -> Iterator[dict[str, float]]:
    """The rows that ``_packed`` has packed."""
    names = packed["names"]
    values = np.frombuffer(base64.b64decode(packed["values"], validate=True), dtype="<f8")
    for row in values.reshape(-1, max(len(names), 1)).tolist():
        yield dict(zip(names, row, strict=True))


def finished_batches(folder: Path) -> list[Batch]:
    """The batches that a labelled set's folder holds as files of their own; none is read."""
    return _named(folder, r"\.json")


def finished_shards(folder: Path) -> list[Batch]:
    """The stretches of systems that are joined to shards; none is read."""
    return _named(folder, r"\.shard\.json")


def _named(folder: Path, ending: str) -> list[Batch]:
    files = sorted((folder / SHARDS).glob("*.json"))
    found = [re.fullmatch(NAME + ending, path.name) for path in files]
    return [Batch(one[1], int(one[2]), int(one[3])) for one in found if one]


def _stretch(group: list[Batch]) -> Batch:
    """The systems of neighbouring batches."""
    return replace(group[0], stop=group[-1].stop)


def _holds(stretch: Batch, batch: Batch) -> bool:
    return (
        stretch.scenario == batch.scenario
        and stretch.start <= batch.start
        and batch.stop <= stretch.stop
    )


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
