"""Files of results: one frame around the numbers of every training, task and benchmark."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np

from exoval.errors import BadParameter
from exoval.running import provenance
from exoval.running.output_path import make_folder, output_path, writing

#: what every file of results holds beside what only some have
FRAME = ("command", "configuration", "seed", "version", "date", "machine", "metrics")
#: packages that decide the numbers
PACKAGES = ("numpy", "scipy", "pandas", "scikit-learn", "skops", "torch", "gpytorch")
#: a number with its interval in indented JSON
NUMBER = re.compile(r'\{\s*"value":[^{}]*\}')


def frame(configuration: dict, *, seed: int) -> dict:
    """The frame of what this process finds now, without ``metrics``."""
    return {
        "command": provenance.command(),
        "configuration": configuration,
        "seed": seed,
        "version": provenance.versions(PACKAGES),
        "date": provenance.today(),
        "machine": provenance.machine(),
    }


def write_result(path: str | Path, result: dict) -> None:
    """Write a result as JSON, a number and its interval in one line, null for what is NaN.

    Makes the folder. Raises BadParameter for a result without its whole frame and DataNotFound if
    the file cannot be written.
    """
    missing = [key for key in FRAME if key not in result]
    if missing:
        raise BadParameter(f"a result lacks {', '.join(missing)}; begin with frame(...)")
    text = json.dumps(nan_as_null(result), indent=1, default=str, allow_nan=False)
    make_folder(output_path(path, setting="file").parent, setting="file")
    with writing(path, setting="file") as path:
        path.write_text(NUMBER.sub(lambda found: " ".join(found[0].split()), text) + "\n")


def nan_as_null(value: object) -> object:
    """The same nest in Python's own numbers, None for what is not finite: JSON has no NaN."""
    if isinstance(value, dict):
        return {str(key): nan_as_null(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [nan_as_null(item) for item in value]
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value
