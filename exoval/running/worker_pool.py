"""Worker processes that run one task on many items and end with their parent."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from itertools import islice
from typing import Any, TypeVar

import numba

log = logging.getLogger(__name__)

#: items that are under way or wait for a worker, for each worker
AHEAD = 4

Item = TypeVar("Item")
Result = TypeVar("Result")

_task: Callable[[Any], Any] | None = None


def in_workers(
    task: Callable[[Item], Result], items: Sequence[Item], *, workers: int
) -> Iterator[tuple[Item, Result]]:
    """Yield every item with its result, in order of completion.

    ``task`` and the items must be picklable; ``task`` is sent once to each of ``workers``
    processes. Raises ``BrokenProcessPool`` when a worker dies, after yielding all finished results,
    and whatever the task raises. Closing the generator early ends the workers at once.
    """
    # spawn: threads of numerical libraries do not survive a fork
    context = multiprocessing.get_context("spawn")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    before = multiprocessing.active_children()
    pool = ProcessPoolExecutor(workers, context, _start_worker, (task,))
    finished = False
    try:
        # a few at a time: a long list of items and results that nobody takes would fill the memory
        left, futures = iter(items), {}
        while True:
            with suppress(BrokenProcessPool):  # as the futures under way say too
                for item in islice(left, AHEAD * workers - len(futures)):
                    futures[pool.submit(_run_in_worker, item)] = item
            if not futures:
                break
            ended = wait(futures, return_when=FIRST_COMPLETED).done
            for future in sorted(ended, key=lambda one: one.exception() is not None):
                yield futures.pop(future), future.result()
        finished = True
    finally:
        if not finished:
            # after an interrupt, unfinished items are not waited for; a resumed run repeats them
            for worker in set(multiprocessing.active_children()) - set(before):
                worker.terminate()
        pool.shutdown(wait=finished, cancel_futures=True)


def in_new_workers(
    task: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    workers: int,
    again: Callable[[Item], Result],
) -> Iterator[tuple[Item, Result]]:
    """Like ``in_workers``, but when a worker dies, new workers take the remaining items.

    Unfinished items are passed to ``again`` in this process, one at a time, which finds out
    whether the item kills its worker. Items must be hashable and distinct.
    """
    left = list(items)
    while left:
        done = set()
        try:
            for item, result in in_workers(task, left, workers=workers):
                done.add(item)
                yield item, result
            return
        except BrokenProcessPool:
            log.warning("a worker process died; its unfinished items are repeated one at a time")
        left = [item for item in left if item not in done]
        # items are taken in order, so that the first undone ones were under way
        for item in left[:workers]:
            yield item, again(item)
        left = left[workers:]


def _start_worker(task: Callable[[Any], Any]) -> None:
    global _task
    # the parent process handles an interrupt and ends its workers
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # numba does not heed OMP_NUM_THREADS, and several threads in each worker wait for one another
    numba.set_num_threads(1)
    _task = task


def _end_with_parent() -> None:
    """End this worker when its parent is gone: nobody would take its results."""
    multiprocessing.parent_process().join()
    os._exit(1)


def _run_in_worker(item: Any) -> Any:
    return _task(item)
