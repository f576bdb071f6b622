"""Memory, files and seconds of the process that writes a labelled set, however long the set is.

    python benchmarks/shard_memory.py [--systems N]

Made-up outcomes, one kept event with 157 features a system, are saved in batches, joined to shards
and written as tables, as a run does with what its workers return. Nothing is simulated. Prints a
table and, last, one line of JSON.
"""

from __future__ import annotations

import argparse
import tempfile
import time as clock
from collections.abc import Iterator
from pathlib import Path

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("--systems", type=int, default=16_000)
    OPTIONS = parser.parse_args()

import numpy as np

from exoval.running.output_path import make_folder
from exoval.table.column import Column
from simulate.example import KEPT, Outcome
from simulate.executor import Batch
from simulate.labelled_set import Contents, write_labelled_set
from simulate.scenarios.no_transit import NoTransit
from simulate.scenarios.planet import Planet
from simulate.shards import Shards

FEATURES, TRUTHS, ROWS_OF_TABLE = 157, 40, 8
MEANINGS = {"planet": Planet.meaning, "no_transit": NoTransit.meaning}


def outcomes_of(batch: Batch, rng: np.random.Generator) -> Iterator[Outcome]:
    for index in range(batch.start, batch.stop):
        truth = {f"drawn_{number}": float(value) for number, value in enumerate(rng.random(TRUTHS))}
        yield Outcome(
            scenario=batch.scenario,
            index=index,
            target=f"KIC {index % 5000}",
            status=KEPT,
            truth=truth | {"log_prior": 0.0, "log_proposal": 0.0, "segments": "1"},
            row={
                f"feature_{number}": float(value)
                for number, value in enumerate(rng.random(FEATURES))
            },
        )


def megabytes() -> float:
    """Memory of this process now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    rng, spent, points = np.random.default_rng(0), 0.0, []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shards = Shards(folder, fingerprint="benchmark")
        systems = dict.fromkeys(MEANINGS, options.systems // len(MEANINGS))
        left = shards.expect(systems, batch_size=16, shard_size=256)
        print(f"{'systems':>10}{'MB':>8}{'files':>8}{'ms a system':>14}")
        for number, batch in enumerate(left, 1):
            outcomes = list(outcomes_of(batch, rng))
            start = clock.perf_counter()
            shards.save(batch, outcomes)
            spent += clock.perf_counter() - start
            if number % max(len(left) // ROWS_OF_TABLE, 1) == 0:
                points.append(megabytes())
                files = len(list(shards.folder.iterdir()))
                made = 16 * number
                print(f"{made:10d}{points[-1]:8.0f}{files:8d}{1e3 * spent / made:14.2f}")
        columns = tuple(Column(f"feature_{number}", "1", "made up") for number in range(FEATURES))
        contents = Contents(scenarios=list(MEANINGS), columns=columns, recipe={}, meanings=MEANINGS)
        labelled_set = make_folder(folder / "set")
        start = clock.perf_counter()
        write_labelled_set(labelled_set, shards.finished(), contents)
        tables = clock.perf_counter() - start
        print(f"tables: {tables:.1f} s, {megabytes():.0f} MB after them")
    last_line(
        {
            "megabytes_first": points[0],
            "megabytes_last": points[-1],
            "milliseconds_a_system": 1e3 * spent / options.systems,
            "seconds_tables": tables,
        },
        options,
    )


if __name__ == "__main__":
    main(OPTIONS)
