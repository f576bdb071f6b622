"""Runs many examples on a cluster through dask.distributed, which schedules and repeats them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial

from exoval.errors import BadParameter
from exoval.running.dask_workers import DaskTask, DaskWorkers
from simulate.example import Outcome, Simulation
from simulate.example_limits import ExampleLimits
from simulate.executor import Batch, run_batch, worker_died


@dataclass(frozen=True)
class DaskExecutor:
    """Runs examples on the workers of the dask scheduler at ``address``, such as ``tcp://host:8786``.

    Without an address ``workers`` processes of this machine are started (0: one per core). Workers
    have one thread each, the same version of exoval and the same data at the same place. An example
    that takes more than ``seconds_per_example`` or ``gigabytes_per_example`` ends its worker, which
    dask starts again. Raises BadParameter for a negative number or a limit of zero, and
    MissingDependency where distributed is not installed.
    """

    address: str | None = None
    workers: int = 0
    seconds_per_example: float | None = None
    gigabytes_per_example: float | None = None

    def __post_init__(self) -> None:
        if self.workers < 0:
            raise BadParameter(f"executor.workers={self.workers}; give 0 (all cores) or more")
        # made here, so that what is missing is said at once
        self.limits, self._cluster  # noqa: B018

    @property
    def limits(self) -> ExampleLimits:
        """What one example may take."""
        return ExampleLimits(seconds=self.seconds_per_example, gigabytes=self.gigabytes_per_example)

    @cached_property
    def _cluster(self) -> DaskWorkers:
        return DaskWorkers(
            address=self.address,
            workers=self.workers,
            option="executor.address",
            asked_by="executor=dask",
        )

    def run(
        self, simulation: Simulation, batches: list[Batch]
    ) -> Iterator[tuple[Batch, list[Outcome]]]:
        """Yield every batch with its outcomes, in order of completion.

        A batch whose worker dies is repeated by dask. If its workers die again, its examples are
        run one at a time after all other batches; one that kills its workers also then becomes a
        failed outcome. Raises DataNotFound if no scheduler answers, BadParameter if the workers
        cannot run a batch.
        """
        if not batches:
            return
        run = partial(run_batch, simulation, limits=self.limits)
        with self._cluster.running(run, most=len(batches)) as task:
            for batch, outcomes in task.results(batches):
                if outcomes is None:
                    outcomes = [one for part in _examples(batch) for one in self._alone(task, part)]
                yield batch, outcomes

    def _alone(self, task: DaskTask[Batch, list[Outcome]], example: Batch) -> list[Outcome]:
        """The outcomes of one example while nothing else runs."""
        outcomes = task.alone(example)
        return [worker_died(example, self.limits)] if outcomes is None else outcomes


def _examples(batch: Batch) -> list[Batch]:
    """The examples of a batch as batches of one."""
    return [Batch(batch.scenario, index, index + 1) for index in range(batch.start, batch.stop)]
