"""Runs one task on many items on a dask cluster, which schedules and repeats them."""

from __future__ import annotations

import importlib.util
import logging
import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numba

from exoval.errors import BadParameter, DataNotFound, MissingDependency, foreign_errors_as
from exoval.running.provenance import code_version

if TYPE_CHECKING:
    from distributed import Client, Future

log = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")

#: deaths of workers that an item survives on this machine; a cluster has a setting of its own
#: (``distributed.scheduler.allowed-failures``)
ALLOWED_FAILURES = 1
#: items that the cluster has at a time: a long list would fill the scheduler's memory
MOST_UNDER_WAY = 2000


@dataclass(frozen=True, kw_only=True)
class DaskWorkers:
    """The workers of the dask scheduler at ``address``, such as ``tcp://host:8786``.

    Without an address ``workers`` processes of this machine are started (0: one per core). Workers
    have one thread each, the same version of exoval and the same data at the same place.
    ``option`` and ``asked_by`` are what a user gave the address and asked for dask with. Raises
    BadParameter for a negative number and MissingDependency where distributed is not installed.
    """

    address: str | None = None
    workers: int = 0
    option: str = "address"
    asked_by: str = "dask"

    def __post_init__(self) -> None:
        if self.workers < 0:
            raise BadParameter(f"workers={self.workers}; give 0 (all cores) or more")
        if importlib.util.find_spec("distributed") is None:
            raise MissingDependency(
                f"{self.asked_by} needs distributed, which is not installed: "
                "pip install 'exoval[dask]', or run without it"
            )

    @contextmanager
    def running(
        self, task: Callable[[Item], Result], *, most: int
    ) -> Iterator[DaskTask[Item, Result]]:
        """A task that is on the cluster during the block, for ``most`` items.

        Raises DataNotFound if no scheduler answers.
        """
        with ExitStack() as stack:
            client = self._client(stack, most=most)
            # a task and no data of the client: dask makes it anew where a worker with it has died
            there = client.submit(pickle.loads, pickle.dumps(task), pure=False)
            yield DaskTask(client, there, self.address or "this machine")

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
            client = stack.enter_context(Client(self.address))
        except (OSError, ValueError) as error:
            raise DataNotFound(
                f"no dask scheduler answers at {self.option}={self.address} ({error}); start "
                "one there with dask scheduler, or leave the address out for workers of this "
                "machine"
            ) from error
        if not client.scheduler_info()["workers"]:
            log.warning(
                "the dask scheduler at %s=%s has no workers yet; the work waits for them: start "
                "some there with dask worker %s --nthreads 1",
                self.option,
                self.address,
                self.address,
            )
        return client


class DaskTask(Generic[Item, Result]):
    """A task on a cluster; ``results`` and ``alone`` give it items."""

    def __init__(self, client: Client, there: Future, place: str) -> None:
        self._client, self._there, self._place = client, there, place

    def results(self, items: Sequence[Item]) -> Iterator[tuple[Item, Result | None]]:
        """Yield every item with its result, in order of completion; last those that kill workers.

        An item whose worker dies is repeated by dask, a few times. If that kills workers too, its
        result is None; then nothing else runs, so that ``alone`` can give it another chance without
        blaming it for what another one does. Raises BadParameter if the workers cannot run the
        task.
        """
        from distributed import as_completed

        left, tasks, killed = iter(items), {}, []
        done = as_completed()
        for item in islice(left, MOST_UNDER_WAY):
            done.add(self._submitted(item, tasks))
        for future in done:
            # forgotten here, so that the cluster forgets the result too
            item, result = tasks.pop(future), self._result(future)
            if result is None:
                killed.append(item)
            else:
                yield item, result
            for item in islice(left, 1):
                done.add(self._submitted(item, tasks))
        yield from ((item, None) for item in killed)

    def alone(self, item: Item) -> Result | None:
        """The result of one item while nothing else runs."""
        ((_, result),) = self.results([item])
        return result

    def _submitted(self, item: Item, tasks: dict[Future, Item]) -> Future:
        future = self._client.submit(_run_here, self._there, item, code_version(), pure=False)
        tasks[future] = item
        return future

    def _result(self, future: Future) -> Result | None:
        """The result of a finished task; None if its workers died."""
        from distributed import KilledWorker

        with foreign_errors_as(
            BadParameter,
            f"the dask cluster at {self._place} cannot run a batch",
            "start its scheduler and workers with the same exoval and packages as here, and give "
            "the same command again, which keeps what is finished",
        ):
            try:
                return future.result()
            except KilledWorker:
                return None


def _run_here(task: Callable[[Any], Any], item: Any, version: str) -> Any:
    """The result of an item, in a worker of the cluster."""
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
    return task(item)
