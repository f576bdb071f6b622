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
from simulate.example_limits import UNLIMITED, ExampleLimits


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

    An example that takes more than ``seconds_per_example``, or needs more than
    ``gigabytes_per_example``, ends its worker; with a limit, one worker is a process of its own.
    Raises BadParameter for a negative number or a limit of zero.
    """

    workers: int = 0
    seconds_per_example: float | None = None
    gigabytes_per_example: float | None = None

    def __post_init__(self) -> None:
        if self.workers < 0:
            raise BadParameter(f"executor.workers={self.workers}; give 0 (all cores) or more")
        self.limits  # noqa: B018

    @property
    def limits(self) -> ExampleLimits:
        """What one example may take."""
        return ExampleLimits(seconds=self.seconds_per_example, gigabytes=self.gigabytes_per_example)

    def run(
        self, simulation: Simulation, batches: list[Batch]
    ) -> Iterator[tuple[Batch, list[Outcome]]]:
        """Yield every batch with its outcomes, in order of completion.

        If a worker process dies, its batch is run again, one example at a time; an example that
        kills its worker again becomes a failed outcome, and the run continues.
        """
        workers = min(self.workers or os.cpu_count() or 1, max(len(batches), 1))
        if workers == 1 and not self.limits.any:
            for batch in batches:
                yield batch, run_batch(simulation, batch)
            return
        yield from in_new_workers(
            partial(run_batch, simulation, limits=self.limits),
            batches,
            workers=workers,
            again=partial(_each_alone, simulation, self.limits),
        )


def run_batch(
    simulation: Simulation, batch: Batch, *, limits: ExampleLimits = UNLIMITED
) -> list[Outcome]:
    """The outcomes of a batch, in order of index and of the events of a star.

    An example beyond the ``limits`` ends this process.
    """
    outcomes = []
    for index in range(batch.start, batch.stop):
        with limits.guard():
            outcomes += simulate_events(simulation, batch.scenario, index)
    return outcomes


def _each_alone(simulation: Simulation, limits: ExampleLimits, batch: Batch) -> list[Outcome]:
    return [
        outcome
        for index in range(batch.start, batch.stop)
        for outcome in _alone(simulation, limits, Batch(batch.scenario, index, index + 1))
    ]


def _alone(simulation: Simulation, limits: ExampleLimits, example: Batch) -> list[Outcome]:
    """The outcomes of one example, in a process of its own."""
    task = partial(run_batch, simulation, limits=limits)
    try:
        return next(in_workers(task, [example], workers=1))[1]
    except BrokenProcessPool:
        return [worker_died(example, limits)]


def worker_died(example: Batch, limits: ExampleLimits) -> Outcome:
    """The failed outcome of an example that kills its worker twice."""
    causes = str(limits) or "out of memory"
    return Outcome(
        scenario=example.scenario,
        index=example.start,
        target="",
        status=FAILED,
        stage="worker",
        reason=f"the worker process died ({causes}, or killed)",
    )
