"""Progress of long runs: a bar in a terminal, lines with the time left elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")


def progress(
    items: Iterable[Item], *, total: int, description: str, seconds_between_lines: float = 10.0
) -> Iterator[Item]:
    """Yield the items and show the progress on standard error.

    A terminal shows a tqdm bar. A log file gets a line at most every ``seconds_between_lines``
    seconds, and one at the end.
    """
    if sys.stderr.isatty():
        yield from tqdm(items, total=total, desc=description)
        return
    start = last = time.monotonic()
    for done, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if done == total or now - last >= seconds_between_lines:
            remaining = (now - start) / done * (total - done)
            print(
                f"{description}: {done}/{total}, {now - start:.0f} s elapsed, "
                f"{remaining:.0f} s to go",
                file=sys.stderr,
                flush=True,
            )
            last = now
