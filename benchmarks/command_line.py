"""The command line that all benchmarks share: ``--help``, ``--json FILE`` and paths to write to.

A benchmark parses its command line before it imports numerical libraries, so that help and errors
appear at once. It prints a table to read and, last, its numbers as one line of JSON, which
``--json FILE`` also writes to a file.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from pathlib import Path

from exoval.errors import BadParameter
from exoval.running.output_path import output_path


def command_line(document: str) -> argparse.ArgumentParser:
    """A parser whose help is the docstring of the benchmark, with the flags that all have."""
    parser = argparse.ArgumentParser(
        description=document, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--json",
        type=written,
        metavar="FILE",
        help="also write the numbers to this file of results",
    )
    return parser


def written(path: str) -> Path:
    """The type of an argument that names a file or folder to write."""
    try:
        return output_path(path)
    except BadParameter as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def data_folder() -> Path:
    """The folder of real light curves and tables; exits with a message if it is not set."""
    folder = os.environ.get("EXOVAL_DATA")
    if not folder:
        raise SystemExit("EXOVAL_DATA is not set; set it to the folder of light curves and tables")
    return Path(folder)


def last_line(numbers: Mapping, options: argparse.Namespace) -> None:
    """Print the numbers as one line of JSON, null for NaN; ``--json FILE`` writes them to a file.

    ``options`` are the parsed options; all others are the configuration in the file, which has the
    frame of all results. The seeds of a benchmark are in its code.
    """
    # imported here so that --help does not pay for the numerical libraries
    from train.report.result_file import frame, nan_as_null, write_result

    if options.json is not None:
        chosen = {name: value for name, value in vars(options).items() if name != "json"}
        write_result(options.json, frame(chosen, seed=0) | {"metrics": dict(numbers)})
    print(json.dumps(nan_as_null(numbers), allow_nan=False))
