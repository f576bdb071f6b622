"""Files of results: one frame for the metrics of every training, task and benchmark."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np

from exoval.errors import BadParameter
from exoval.running import provenance
from exoval.running.output_path import make_folder, output_path, replacing

#: keys that every file of results has
FRAME = ("command", "configuration", "seed", "version", "date", "machine", "metrics")
#: packages that influence the numbers
PACKAGES = ("numpy", "scipy", "pandas", "scikit-learn", "skops", "torch", "gpytorch")
#: a number with its interval in indented JSON
NUMBER = re.compile(r'\{\s*"value":[^{}]*\}')


def frame(configuration: dict, *, seed: int) -> dict:
    """The frame of a result of this process, without ``metrics``."""
    return {
        "command": provenance.command(),
        "configuration": configuration,
        "seed": seed,
        "version": provenance.versions(PACKAGES),
        "date": provenance.today(),
        "machine": provenance.machine(),
    }


def write_result(path: str | Path, result: dict) -> None:
    """Write a result as JSON, with a number and its interval on one line and null for NaN.

    The folder is created. Raises BadParameter for a result with an incomplete frame, DataNotFound
    if the file cannot be written.
    """
    missing = [key for key in FRAME if key not in result]
    if missing:
        raise BadParameter(f"the result lacks {', '.join(missing)}; start it with frame(...)")
    text = json.dumps(nan_as_null(result), indent=1, default=str, allow_nan=False)
    make_folder(output_path(path, setting="file").parent, setting="file")
    with replacing(path, setting="file") as draft:
        draft.write_text(NUMBER.sub(lambda found: " ".join(found[0].split()), text) + "\n")


def nan_as_null(value: object) -> object:
    """The nested value with Python's own numbers, and None for NaN, which JSON does not have.

    >>> nan_as_null({"value": float("nan"), "rows": 3})
    {'value': None, 'rows': 3}
    """
    if isinstance(value, dict):
        return {str(key): nan_as_null(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [nan_as_null(item) for item in value]
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value
