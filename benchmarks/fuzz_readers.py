"""What comes of damaged files: an answer, a clear error, or a traceback that should not be.

    python benchmarks/fuzz_readers.py [--inputs 1000] [--reader NAME] [--examples 5]

Valid files of every reader are damaged: values changed inside them, bits flipped, ends cut, bytes
that were never a file. The files and their readers are those of tests/fuzzed_readers.py; the input
of a number is always the same. Each input may take 20 seconds and 2 GiB. One row a reader: inputs
that were read, inputs that an ExovalError refused with one sentence, and all others, of which the
first few are printed. The last line is one JSON object; the exit status is 1 if there are others.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("--inputs", type=int, default=1000, help="damaged inputs of each reader")
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--reader", default="", help="only readers with this in their names")
    parser.add_argument("--examples", type=int, default=5, help="others to print for each reader")
    OPTIONS = parser.parse_args()

# the files are those of the tests
sys.path.append(str(Path(__file__).parents[1] / "tests"))

import tempfile
import time
from random import Random

from fuzzed_readers import (
    ANSWER,
    CLEAR,
    OTHER,
    READERS,
    FuzzedReader,
    damaged_files,
    outcome_of,
    silent,
)


def counted(reader: FuzzedReader, options: argparse.Namespace) -> dict[str, float]:
    """How many inputs had each outcome, and seconds; prints examples of the others."""
    with tempfile.TemporaryDirectory() as folder, silent():
        valid = reader.valid(Path(folder))
    found, shown, start = Counter(), Counter(), time.monotonic()
    for number in range(options.first, options.first + options.inputs):
        with silent():
            files = damaged_files(reader, valid, Random(f"{reader.name} {number}"))
        outcome = outcome_of(reader, files)
        found[outcome.kind] += 1
        if outcome.kind == OTHER:
            shown[outcome.said.partition(":")[0] + outcome.said.partition(":")[2][:60]] += 1
            if len(shown) <= options.examples and shown.most_common()[-1][1] == 1:
                print(f"  input {number} of {reader.name}: {outcome.said}", flush=True)
    return {
        "answers": found[ANSWER],
        "clear_errors": found[CLEAR],
        "others": found[OTHER],
        "seconds": round(time.monotonic() - start, 1),
    }


def main(options: argparse.Namespace) -> int:
    """Print the table and the numbers; the exit status."""
    chosen = [reader for name, reader in READERS.items() if options.reader in name]
    if not chosen:
        raise SystemExit(f"no reader has '{options.reader}' in its name: {', '.join(READERS)}")
    table = {reader.name: counted(reader, options) for reader in chosen}
    print(f"{'reader':24}{'answers':>10}{'clear errors':>14}{'others':>8}{'seconds':>9}")
    for name, row in table.items():
        print(
            f"{name:24}{row['answers']:10}{row['clear_errors']:14}{row['others']:8}"
            f"{row['seconds']:9.1f}"
        )
    last_line({"inputs": options.inputs, "readers": table}, options)
    return int(any(row["others"] for row in table.values()))


if __name__ == "__main__":
    sys.exit(main(OPTIONS))
