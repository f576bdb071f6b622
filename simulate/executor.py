"""Runs many examples, in this process or in workers, also if a worker dies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial

from exoval.errors import BadParameter
from exoval.running.worker_pool import in_new_workers, in_workers
from simulate.example import FAILED, Outcome, Simulation, simulate_events


@dataclass(frozen=True)
class Batch:
    """Examples ``start`` to ``stop`` (exclusive) of one scenario."""

    scenario: str
    start: int
    stop: int

    @property
    def name(self) -> str:
        """Beginning of the names of the files in ``shards/`` that hold it once it is finished."""
        return f"{self.scenario}-{self.start:07d}-{self.stop:07d}"

    @property
    def file(self) -> str:
        """Name of the file in ``shards/`` that holds it until it becomes part of a shard."""
        return f"{self.name}.json"


@dataclass(frozen=True)
class Executor:
    """Runs examples in ``workers`` processes: 0 means one per core, 1 means this process.

    Raises BadParameter for a negative number.
    """

    workers: int = 0

    def __post_init__(self) -> None:
        if self.workers < 0:
            raise BadParameter(f"executor.workers={self.workers}; give 0 (all cores) or more")

    def run(
        self, simulation: Simulation, batches: list[Batch]
    ) -> Iterator[tuple[Batch, list[Outcome]]]:
        """Yield every batch with its outcomes, in order of completion.

        If a worker process dies, its batch is run again, one example at a time; an example that
        kills its worker again becomes a failed outcome, and the run continues.
        """
        workers = min(self.workers or os.cpu_count() or 1, max(len(batches), 1))
        if workers == 1:
            for batch in batches:
                yield batch, run_batch(simulation, batch)
            return
        yield from in_new_workers(
            partial(run_batch, simulation),
            batches,
            workers=workers,
            again=partial(_each_alone, simulation),
        )


def run_batch(simulation: Simulation, batch: Batch) -> list[Outcome]:
    """The outcomes of a batch, in order of index and of the events of a star."""
    return [
        outcome
        for index in range(batch.start, batch.stop)
        for outcome in simulate_events(simulation, batch.scenario, index)
    ]


def _each_alone(simulation: Simulation, batch: Batch) -> list[Outcome]:
    return [
        outcome
        for index in range(batch.start, batch.stop)
        for outcome in _alone(simulation, batch.scenario, index)
    ]


def _alone(simulation: Simulation, scenario: str, index: int) -> list[Outcome]:
    """The outcomes of one example, in a process of its own."""
    batch = Batch(scenario, index, index + 1)
    try:
        return next(in_workers(partial(run_batch, simulation), [batch], workers=1))[1]
    except BrokenProcessPool:
        return [worker_died(scenario, index)]


def worker_died(scenario: str, index: int) -> Outcome:
    """The failed outcome of an example that kills its worker."""
    return Outcome(
        scenario=scenario,
        index=index,
        target="",
        status=FAILED,
        stage="worker",
        reason="the worker process died (out of memory, or killed)",
    )
