"""Repeats of a light curve with nothing injected, found on disk among any number of events.

The same star, segments and transform give the same event, which counts once, as its first one. Two
events are equal if all of these and the found period are, which a 128-bit hash stands for.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa

from exoval.running.output_path import make_folder
from simulate.example import KEPT

#: what tells that an event is a repeat; segments scrambled in another order give another event, at
#: another period
SAME_LIGHT_CURVE = ("target", "segments", "transform", "found_period_days")
COLUMNS = ("status", *SAME_LIGHT_CURVE)
#: why a repeat does not count
REPEAT = {
    "stage": "repeat",
    "reason": "the same light curve without an injection was already searched",
}
#: files that hashes are spread over; one of them is in memory at a time
BUCKETS = 64
RECORD = np.dtype([("high", np.uint64), ("low", np.uint64), ("row", np.int64)])


def repeated_rows(parts: Iterable[pa.Table], folder: Path) -> np.ndarray:
    """Which rows repeat an earlier one, shape (rows of all parts,).

    ``parts`` are outcomes in their order with ``COLUMNS``, as far as they have them. Hashes are
    written into ``folder``, which is made and deleted. Raises DataNotFound if it cannot be made.
    """
    make_folder(folder)
    try:
        buckets = [(folder / f"{number:02d}").open("wb") for number in range(BUCKETS)]
        try:
            rows = 0
            for part in parts:
                _spread(_records(part, first=rows), buckets)
                rows += len(part)
        finally:
            for file in buckets:
                file.close()
        again = np.zeros(rows, dtype=bool)
        for file in buckets:
            again[_repeats(np.fromfile(file.name, dtype=RECORD))] = True
        return again
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _records(part: pa.Table, *, first: int) -> np.ndarray:
    """Hash and number of every kept row with a found period."""
    if "found_period_days" not in part.column_names:
        return np.zeros(0, dtype=RECORD)
    missing = [None] * len(part)
    columns = [part[name].to_pylist() if name in part.column_names else missing for name in COLUMNS]
    records = []
    for row, (status, *key) in enumerate(zip(*columns, strict=True)):
        if status == KEPT and key[-1] is not None:
            digest = hashlib.blake2b("\0".join(map(str, key)).encode(), digest_size=16).digest()
            records.append((*np.frombuffer(digest, np.uint64), first + row))
    return np.array(records, dtype=RECORD)


def _spread(records: np.ndarray, buckets: list) -> None:
    number = records["low"] % BUCKETS
    for chosen in np.unique(number):
        records[number == chosen].tofile(buckets[int(chosen)])


def _repeats(records: np.ndarray) -> np.ndarray:
    """The rows of all records but the first of each hash; rows ascend."""
    _, first = np.unique(records[["high", "low"]], return_index=True)
    return np.delete(records["row"], first)
