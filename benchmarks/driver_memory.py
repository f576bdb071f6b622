"""Memory of the process that writes a labelled set, from its start to its end.

    python benchmarks/driver_memory.py SET [SET ...] [--every SECONDS] [--log CSV] [--figure PNG]

Run it beside ``python -m simulate ... output=SET``. The process is the one that the lock of SET
names; its resident memory is read from /proc (Linux) until the lock is gone. With --log the
samples are appended to a file, and a file that exists is drawn without watching anything if no
SET has a lock. Flat is judged by the growth between the means of the second and the last fifth of
the time; the first fifth starts workers and compiles. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from command_line import command_line, last_line

if __name__ == "__main__":
    parser = command_line(__doc__)
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET")
    parser.add_argument("--every", type=float, default=20.0, metavar="SECONDS")
    parser.add_argument("--log", type=Path, metavar="CSV")
    parser.add_argument("--figure", type=Path, metavar="PNG")
    OPTIONS = parser.parse_args()

import numpy as np
import pandas as pd

from exoval.running.folder_lock import LOCK
from exoval.running.output_path import replacing

PAGE = 4096


def resident(folder: Path) -> float:
    """Megabytes of the process that writes a set; NaN if none does."""
    try:
        process = int(json.loads((folder / LOCK).read_text())["process"])
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE / 1e6
    except (OSError, ValueError, KeyError):
        return np.nan


def watched(options: argparse.Namespace) -> pd.DataFrame:
    """Samples of all sets: set, seconds since the first sample, megabytes."""
    start, rows = time.time(), []
    while True:
        now = {folder.name: resident(folder) for folder in options.sets}
        if all(np.isnan(one) for one in now.values()):
            return pd.DataFrame(rows, columns=["set", "seconds", "megabytes"])
        rows += [(name, time.time() - start, one) for name, one in now.items() if one == one]
        time.sleep(options.every)


def growth(samples: pd.DataFrame) -> dict:
    """Megabytes at the end over those after the first fifth, and the most there were."""
    part = 5 * samples["seconds"] / max(samples["seconds"].max(), 1e-9)
    second, last = (
        samples["megabytes"][(part >= one) & (part <= one + 1)].mean() for one in (1, 4)
    )
    return {
        "seconds": float(samples["seconds"].max()),
        "after_the_first_fifth": float(second),
        "at_the_end": float(last),
        "most": float(samples["megabytes"].max()),
    }


def draw(samples: pd.DataFrame, path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.2), layout="constrained")
    axes = figure.add_subplot()
    for name, mine in samples.groupby("set"):
        axes.plot(mine["seconds"] / 3600, mine["megabytes"], label=name, linewidth=1.4)
    axes.set_ylim(0, 1.25 * samples["megabytes"].max())
    axes.set_xlabel("hours")
    axes.set_ylabel("resident memory (MB)")
    axes.legend(frameon=False, ncols=4)
    figure.savefig(path, dpi=100)


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    samples = watched(options)
    if options.log is not None and options.log.is_file():
        before = pd.read_csv(options.log)
        samples = before if samples.empty else pd.concat([before, samples], ignore_index=True)
    if samples.empty:
        raise SystemExit("no process writes these sets; start python -m simulate first")
    if options.log is not None:
        with replacing(options.log) as file:
            samples.to_csv(file, index=False)
    found = {str(name): growth(mine) for name, mine in samples.groupby("set")}
    for name, one in found.items():
        print(
            f"{name}: {one['after_the_first_fifth']:.0f} MB after the first fifth of "
            f"{one['seconds']:.0f} s, {one['at_the_end']:.0f} MB at the end, at most "
            f"{one['most']:.0f} MB"
        )
    if options.figure is not None:
        draw(samples, options.figure)
    last_line(found, options)


if __name__ == "__main__":
    main(OPTIONS)
