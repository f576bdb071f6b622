"""Answers to a list of requests, judged many at a time as they come from measuring."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from exoval.vetting.request import VettingRequest

Examined = TypeVar("Examined")
Answered = TypeVar("Answered")

#: longest time that a measured event waits for others to be judged with
MOST_SECONDS = 5.0


class JudgedInBatches(Generic[Examined, Answered]):
    """Iterates over requests and their answers; what is measured is never lost.

    ``measured`` yields requests as they are measured, ``judge`` answers some of them, in their
    order. A batch is judged once it has ``size`` of them or the first has waited ``MOST_SECONDS``.
    After an interrupt ``rest`` has the answers to all that was measured and not handed out.
    """

    def __init__(
        self,
        measured: Iterable[tuple[VettingRequest, Examined]],
        judge: Callable[[Sequence[tuple[VettingRequest, Examined]]], list[Answered]],
        *,
        size: int,
    ) -> None:
        self._measured, self._judge, self._size = measured, judge, size
        self._waiting: list[tuple[VettingRequest, Examined]] = []
        self._ready: deque[tuple[VettingRequest, Answered]] = deque()
        self._since = 0.0

    def __iter__(self) -> Iterator[tuple[VettingRequest, Answered]]:
        for one in self._measured:
            if not self._waiting:
                self._since = time.monotonic()
            self._waiting.append(one)
            if self._is_full():
                yield from self._handed_out()
        yield from self._handed_out()

    def rest(self) -> list[tuple[VettingRequest, Answered]]:
        """Every answer that was not handed out, also the last one, which may not have arrived."""
        self._judge_waiting()
        left = list(self._ready)
        self._ready.clear()
        return left

    def _handed_out(self) -> Iterator[tuple[VettingRequest, Answered]]:
        self._judge_waiting()
        while self._ready:
            # taken off once its receiver asks for the next
            yield self._ready[0]
            self._ready.popleft()

    def _judge_waiting(self) -> None:
        if not self._waiting:
            return
        answers = self._judge(self._waiting)
        self._ready.extend(
            (request, answer) for (request, _), answer in zip(self._waiting, answers, strict=True)
        )
        self._waiting = []

    def _is_full(self) -> bool:
        waited = time.monotonic() - self._since
        return len(self._waiting) >= self._size or waited > MOST_SECONDS
