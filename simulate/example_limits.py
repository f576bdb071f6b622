"""Limits of time and memory of one example: what goes beyond them ends its worker alone."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from exoval.errors import BadParameter


@dataclass(frozen=True, kw_only=True)
class ExampleLimits:
    """The most ``seconds`` and ``gigabytes`` that one example may take; None for no limit.

    Time is watched by the system's alarm, which also ends compiled code, and memory by the
    system's limit of what a process may hold. A worker has some 0.5 GB before its first example.
    Raises BadParameter for a limit of zero or less.
    """

    seconds: float | None = None
    gigabytes: float | None = None

    def __post_init__(self) -> None:
        for name, limit in (("seconds", self.seconds), ("gigabytes", self.gigabytes)):
            if limit is not None and not limit > 0:
                raise BadParameter(
                    f"executor.{name}_per_example={limit}; give more than 0, or null for no limit"
                )

    @property
    def any(self) -> bool:
        """Whether there is a limit."""
        return self.seconds is not None or self.gigabytes is not None

    @contextmanager
    def guard(self) -> Iterator[None]:
        """End this process if the block takes longer, and let it run out of memory beyond.

        Only for processes that may end. Where memory is short, Python raises MemoryError, or
        compiled code dies.
        """
        before = resource.getrlimit(resource.RLIMIT_DATA)
        try:
            if self.gigabytes is not None:
                most = int(self.gigabytes * 1e9)
                # no process may ask for more than the machine's own limit
                if before[1] != resource.RLIM_INFINITY:
                    most = min(most, before[1])
                resource.setrlimit(resource.RLIMIT_DATA, (most, before[1]))
            if self.seconds is not None:
                signal.setitimer(signal.ITIMER_REAL, self.seconds)
            yield
        finally:
            if self.seconds is not None:
                signal.setitimer(signal.ITIMER_REAL, 0)
            if self.gigabytes is not None:
                resource.setrlimit(resource.RLIMIT_DATA, before)

    def __str__(self) -> str:
        limits = []
        if self.seconds is not None:
            limits.append(f"took more than {self.seconds:g} s")
        if self.gigabytes is not None:
            limits.append(f"needed more than {self.gigabytes:g} GB")
        return ", ".join(limits)


#: no limits
UNLIMITED = ExampleLimits()
