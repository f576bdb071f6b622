"""Progress of long runs: a bar in a terminal, lines with the time left elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")
#: how many loops with a progress are under way, one inside the other
_under_way = 0


def progress(
    items: Iterable[Item], *, total: int, description: str, seconds_between_lines: float = 10.0
) -> Iterator[Item]:
    """Yield the items and show the progress on standard error.

    A terminal shows a tqdm bar. A log file gets a line at most every ``seconds_between_lines``
    seconds, and one at the end. A loop inside another is shown only while it runs.
    """
    global _under_way
    is_inner = _under_way > 0
    _under_way += 1
    try:
        if sys.stderr.isatty():
            yield from tqdm(items, total=total, desc=description, leave=not is_inner)
        else:
            end = None if is_inner else total
            yield from _in_lines(items, total, description, seconds_between_lines, end)
    finally:
        _under_way -= 1


def _in_lines(
    items: Iterable[Item],
    total: int,
    description: str,
    seconds_between_lines: float,
    end: int | None,
) -> Iterator[Item]:
    """Yield the items and print a line every so many seconds, and after item number ``end``."""
    start = last = time.monotonic()
    for done, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if done == end or now - last >= seconds_between_lines:
            remaining = (now - start) / done * (total - done)
            print(
                f"{description}: {done}/{total}, {now - start:.0f} s elapsed, "
                f"{remaining:.0f} s to go",
                file=sys.stderr,
                flush=True,
            )
            last = now
