"""Runs many examples on a cluster through dask.distributed, which schedules and repeats them."""

from __future__ import annotations

import importlib.util
import os
import pickle
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numba

from exoval.errors import BadParameter, DataNotFound, MissingDependency, foreign_errors_as
from exoval.running.provenance import code_version
from simulate.example import Outcome, Simulation
from simulate.executor import Batch, run_batch, worker_died

if TYPE_CHECKING:
    from distributed import Client, Future

#: deaths of workers that a batch survives on this machine; a cluster has a setting of its own
#: (``distributed.scheduler.allowed-failures``)
ALLOWED_FAILURES = 1


@dataclass(frozen=True)
class DaskExecutor:
    """Runs examples on the workers of the dask scheduler at ``address``, such as ``tcp://host:8786``.

    Without an address ``workers`` processes of this machine are started (0: one per core). Workers
    have one thread each, the same version of exoval and the same data at the same place. Raises
    BadParameter for a negative number and MissingDependency where distributed is not installed.
    """

    address: str | None = None
    workers: int = 0

    def __post_init__(self) -> None:
        if self.workers < 0:
            raise BadParameter(f"executor.workers={self.workers}; give 0 (all cores) or more")
        if importlib.util.find_spec("distributed") is None:
            raise MissingDependency(
                "executor=dask needs distributed, which is not installed: "
                "pip install 'exoval[dask]', or choose another executor"
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
        with ExitStack() as stack:
            client = self._client(stack, most=len(batches))
            # a task and no data of the client: dask makes it anew where a worker with it has died
            there = client.submit(pickle.loads, pickle.dumps(simulation), pure=False)
            killed = []
            for batch, future in _in_order_of_completion(client, there, batches):
                outcomes = self._outcomes(future)
                if outcomes is None:
                    killed.append(batch)
                else:
                    yield batch, outcomes
            # alone, so that no example is blamed for the death that another one brings
            for batch in killed:
                yield (
                    batch,
                    [one for part in _examples(batch) for one in self._alone(client, there, part)],
                )

    def _client(self, stack: ExitStack, *, most: int) -> Client:
        """A client of the cluster, which is started if there is no address."""
        from distributed import Client, LocalCluster

        if self.address is None:
            cluster = LocalCluster(
                n_workers=min(self.workers or os.cpu_count() or 1, most),
                threads_per_worker=1,
                processes=True,
                dashboard_address=None,
                # with a limit, dask pauses workers that are near it, for good if all are
                memory_limit=0,
                scheduler_kwargs={"allowed_failures": ALLOWED_FAILURES},
            )
            return stack.enter_context(Client(stack.enter_context(cluster)))
        try:
            return stack.enter_context(Client(self.address))
        except (OSError, ValueError) as error:
            raise DataNotFound(
                f"no dask scheduler answers at executor.address={self.address} ({error}); start "
                "one there with dask scheduler, or leave the address out for workers of this "
                "machine"
            ) from error

    def _alone(self, client: Client, there: Future, example: Batch) -> list[Outcome]:
        """The outcomes of one example while nothing else runs."""
        ((_, future),) = _in_order_of_completion(client, there, [example])
        outcomes = self._outcomes(future)
        return [worker_died(example.scenario, example.start)] if outcomes is None else outcomes

    def _outcomes(self, future: Future) -> list[Outcome] | None:
        """The result of a finished task; None if its workers died."""
        from distributed import KilledWorker

        with foreign_errors_as(
            BadParameter,
            f"the dask cluster at {self.address or 'this machine'} cannot run a batch",
            "start its scheduler and workers with the same exoval and packages as here, and give "
            "the same command again, which keeps what is finished",
        ):
            try:
                return future.result()
            except KilledWorker:
                return None


def _in_order_of_completion(
    client: Client, there: Future, batches: list[Batch]
) -> Iterator[tuple[Batch, Future]]:
    """Every batch with its task, once that has ended."""
    from distributed import as_completed

    tasks = {
        client.submit(_run_here, there, batch, code_version(), pure=False): batch
        for batch in batches
    }
    for future in as_completed(list(tasks)):
        # forgotten here, so that the cluster forgets the result too
        yield tasks.pop(future), future


def _run_here(simulation: Simulation, batch: Batch, version: str) -> list[Outcome]:
    """The outcomes of a batch, in a worker of the cluster."""
    from distributed import get_worker

    worker = get_worker()
    if code_version() != version:
        raise BadParameter(
            f"the worker {worker.address} has exoval {code_version()}, and this is {version}: "
            "their rows may differ; install the same on all machines"
        )
    if worker.state.nthreads != 1:
        raise BadParameter(
            f"the worker {worker.address} has {worker.state.nthreads} threads, and examples are "
            "run one at a time in a process; start it with dask worker --nthreads 1 --nworkers "
            f"{worker.state.nthreads}"
        )
    # numba does not heed OMP_NUM_THREADS, which dask sets
    numba.set_num_threads(1)
    return run_batch(simulation, batch)


def _examples(batch: Batch) -> list[Batch]:
    """The examples of a batch as batches of one."""
    return [Batch(batch.scenario, index, index + 1) for index in range(batch.start, batch.stop)]
