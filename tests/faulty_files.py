"""What befalls files and those who write them: bits that flip, kills, and disks that are full."""

import contextlib
import os
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
from labelled_sets import RECIPE, gaussian_table

from exoval.injection.completeness import measure_completeness, save_completeness
from exoval.running.output_path import make_folder
from exoval.running.whole_folder import folder_draft, publish
from exoval.views.layout import ViewLayout
from exoval.views.store import save_views

LAYOUT = ViewLayout({"event": 20, "orbit": 12})


def write_whole_set(folder: Path, *, rows: int = 40, seed: int = 0) -> Path:
    """A labelled set of made-up rows with views, written as python -m simulate does."""
    table = gaussian_table(rows, columns=4, stars=20, seed=seed)
    random = np.random.default_rng(seed)
    views = random.normal(size=(rows, LAYOUT.length)).astype(np.float32)
    truth = pd.DataFrame(
        {
            "event": table.frame["event"],
            "label": table.labels,
            "status": "kept",
            "period_days": random.uniform(1, 9, rows),
            "depth_ppm": random.uniform(100, 1000, rows),
            "planet_radius_earth": 2.0,
            "log_transit_probability": -2.0,
            "log_prior": -4.0,
            "log_proposal": -2.0,
        }
    )
    with folder_draft(make_folder(folder)) as draft:
        table.save(draft / "features.parquet")
        truth.to_parquet(draft / "truth.parquet")
        save_completeness({"planet": measure_completeness(truth, "planet")}, draft)
        save_views(
            draft,
            "views",
            size=rows,
            rows=((row, views[row], np.full(2, row)) for row in range(rows)),
            layout=LAYOUT,
        )
        publish(draft, {"recipe": RECIPE, "seed": seed, "kept": rows, "counts": {}, "host": {}})
    return folder


def flip(path: Path, bit: int) -> None:
    """Flip one bit of a file."""
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def cut(path: Path) -> None:
    """Leave the first half."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def zero(path: Path) -> None:
    """Zeros to the same size, as after a loss of power."""
    path.write_bytes(bytes(path.stat().st_size))


#: what may happen to a file, by name
FAULTS: dict[str, Callable[[Path], None]] = {
    "a bit flips": lambda path: flip(path, 4 * path.stat().st_size),
    "it is cut short": cut,
    "it is emptied": lambda path: path.write_bytes(b""),
    "it is zeros": zero,
    "it is deleted": Path.unlink,
}


def killed_at(call: str, number: int, work: Callable[[], object]) -> bool:
    """Do work in a process that is killed before a call, such as ``os.replace``, of this number.

    Returns whether it was killed; False if there were fewer calls.
    """
    child = os.fork()
    if child == 0:
        module, _, name = call.rpartition(".")
        original = getattr(__import__(module), name)
        left = iter(range(number, -1, -1))

        def deadly(*arguments: object, **named: object) -> object:
            if next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, **named)

        try:
            with patch(call, deadly):
                work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@contextlib.contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """A limit on the size of files (bytes), which ends a write as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
