"""How far a run of ``python -m simulate`` is, read from its finished batches."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from exoval.errors import BadTable, DataNotFound, ExovalError
from exoval.running.checksums import check_seal
from exoval.running.folder_lock import lock_holder
from exoval.running.whole_folder import MANIFEST, read_manifest
from exoval.schema import as_record, read_json
from simulate.batches import cut_into_batches
from simulate.example import FAILED
from simulate.executor import Batch
from simulate.shard import Shard
from simulate.shards import ORIGIN, SHARDS, finished_batches, finished_shards

#: a gap between two batches that is this many times longer than usual, and this long (s), is one
#: between two runs
GAP_RATIO, GAP_SECONDS = 20.0, 60.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The systems of every scenario that a run has been asked for, and its batch size."""

    systems: dict[str, int]
    batch_size: int


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Batches and systems of one scenario, or of all; ``per_hour`` systems, None if unknown."""

    batches_done: int
    batches_left: int
    systems_done: int
    systems_failed: int
    systems_left: int
    per_hour: float | None


@dataclass(frozen=True, kw_only=True)
class Status:
    """How far a run is, by scenario and in all, and in words; ``hours_left`` is None if unknown."""

    scenarios: dict[str, Progress]
    total: Progress
    state: str
    hours_left: float | None


@dataclass(frozen=True, kw_only=True)
class _Finished:
    """A finished batch: when it was written (s) and its systems."""

    batch: Batch
    time: float
    failed: int

    @property
    def systems(self) -> int:
        return self.batch.stop - self.batch.start


def status_of(folder: str | Path) -> Status:
    """The status of a finished, running or interrupted run; nothing in its folder is changed.

    Damaged batches count as not done, since a run makes them again. The rate is that of the run
    under way, or of the last one. Raises DataNotFound for a folder without batches of a run and
    BadTable if what it says of its plan is damaged.
    """
    folder = Path(folder)
    plan = _plan(folder)
    finished = _found(folder, plan)
    wanted = set(cut_into_batches(plan.systems, plan.batch_size, [one.batch for one in finished]))
    holder = lock_holder(folder)
    since = None if holder is None else datetime.fromisoformat(holder.since).timestamp()
    in_rate, hours = _last_stretch(finished, since)
    finished = [one for one in finished if one.batch in wanted]

    def progress(names: list[str]) -> Progress:
        done = [one for one in finished if one.batch.scenario in names]
        batches = [one for one in wanted if one.scenario in names]
        systems = sum(one.systems for one in done)
        of_rate = sum(one.systems for one in in_rate if one.batch.scenario in names)
        return Progress(
            batches_done=len(done),
            batches_left=len(batches) - len(done),
            systems_done=systems,
            systems_failed=sum(one.failed for one in done),
            systems_left=sum(plan.systems[name] for name in names) - systems,
            per_hour=of_rate / hours if hours and of_rate else None,
        )

    total = progress(list(plan.systems))
    if holder is not None:
        state = f"process {holder.process} on {holder.host} writes it since {holder.since}"
    elif total.batches_left:
        state = "interrupted; the command that began it goes on from here"
    else:
        state = _state_of_tables(folder, plan)
    return Status(
        scenarios={name: progress([name]) for name in plan.systems},
        total=total,
        state=state,
        hours_left=total.systems_left / total.per_hour if total.per_hour else None,
    )


def status_table(folder: str | Path, status: Status) -> str:
    """The status as text: a line on the run and a table with a row for every scenario."""
    header = (
        f"{'':22s}{'batches':>9s}{'left':>7s}{'systems':>10s}{'failed':>9s}{'left':>10s}"
        f"{'per hour':>10s}"
    )
    rows = [_row(name, one) for name, one in [*status.scenarios.items(), ("all", status.total)]]
    lines = [f"{folder}: {status.state}", header, *rows]
    if status.total.systems_left:
        left = "unknown" if status.hours_left is None else _duration(status.hours_left)
        lines.append(f"time left: {left}")
    return "\n".join(lines)


def _plan(folder: Path) -> Plan:
    """What the run has been asked for."""
    path = folder / SHARDS / ORIGIN
    if not path.is_file():
        raise DataNotFound(
            f"{folder} holds no batches of a run; give the output folder of python -m simulate"
        )
    remedy = "give the command that made the folder again"
    plain = read_json(path, remedy=remedy)
    check_seal(plain, path, remedy=remedy)
    if "plan" not in plain:
        raise BadTable(f"{path} does not say how many systems are planned; {remedy}")
    return as_record(plain["plan"], Plan, source=str(path), remedy=remedy)


def _found(folder: Path, plan: Plan) -> list[_Finished]:
    """The finished batches, those in shards among them; damaged ones are left out.

    So are shards with more systems than are planned, which a run does not take.
    """
    found = {}
    # before the shards: what is joined to one meanwhile is found there
    for batch in finished_batches(folder):
        one = _of_its_own(folder, batch)
        if one is not None:
            found[batch] = one
    for stretch in finished_shards(folder):
        if stretch.stop <= plan.systems.get(stretch.scenario, 0):
            found |= {one.batch: one for one in _of_shard(folder, stretch)}
    return list(found.values())


def _of_shard(folder: Path, stretch: Batch) -> list[_Finished]:
    """The batches that a shard was joined from."""
    try:
        batches = Shard(folder / SHARDS, stretch).description().batches
    except (ExovalError, OSError):
        return []
    return [
        _Finished(
            batch=Batch(stretch.scenario, one.start, one.stop),
            time=one.finished,
            failed=one.failed,
        )
        for one in batches
    ]


def _of_its_own(folder: Path, batch: Batch) -> _Finished | None:
    """What a batch's file says; None if it is damaged, or has just been joined to a shard."""
    path = folder / SHARDS / batch.file
    try:
        plain = read_json(path, remedy="")
        check_seal(plain, path, remedy="")
        outcomes = [one for one in plain["outcomes"] if not one["number"]]
        failed = sum(one["status"] == FAILED for one in outcomes)
        return _Finished(batch=batch, time=path.stat().st_mtime, failed=failed)
    except (ExovalError, OSError, KeyError, TypeError):
        return None


def _last_stretch(batches: list[_Finished], since: float | None) -> tuple[list[_Finished], float]:
    """The batches of the run under way or of the last one, and the hours in which it made them.

    ``since`` is when the run under way began. Of a run that has ended the first batch only begins
    the time. The hours are 0 where too few batches tell.
    """
    batches = sorted(batches, key=lambda one: one.time)
    if since is not None:
        new = [one for one in batches if one.time >= since]
        return new, (new[-1].time - since) / 3600 if new else 0.0
    gaps = [later.time - one.time for one, later in pairwise(batches)]
    if not gaps:
        return [], 0.0
    longest = max(GAP_RATIO * statistics.median_low(gaps), GAP_SECONDS)
    first = max((number + 1 for number, gap in enumerate(gaps) if gap > longest), default=0)
    return batches[first + 1 :], (batches[-1].time - batches[first].time) / 3600


def _state_of_tables(folder: Path, plan: Plan) -> str:
    """Whether the tables of all batches have been written, and not those of an earlier plan."""
    planned = sum(plan.systems.values())
    try:
        if (folder / MANIFEST).is_file():
            read_manifest(folder / MANIFEST)
            config = read_json(folder / MANIFEST, remedy="").get("config") or {}
            if config.get("n_systems", planned) == planned:
                return "finished"
    except BadTable:
        pass
    return "its batches are finished and its tables are not; give the command again"


def _row(name: str, one: Progress) -> str:
    rate = "" if one.per_hour is None else f"{one.per_hour:,.0f}"
    return (
        f"{name:22s}{one.batches_done:9d}{one.batches_left:7d}{one.systems_done:10d}"
        f"{one.systems_failed:9d}{one.systems_left:10d}{rate:>10s}"
    )


def _duration(hours: float) -> str:
    minutes = round(60 * hours)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 1 else f"{3600 * hours:.0f} s"
