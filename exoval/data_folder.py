"""Where real data lie: the folder that EXOVAL_DATA names, or else the sample in the package."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "EXOVAL_DATA"
#: light curves and catalogue rows that ship with exoval
SAMPLE = Path(__file__).parent / "sample"
#: stands for that folder where a folder is asked for; one of yours of that name is ``./sample``
SAMPLE_NAME = "sample"


def data_folder() -> Path:
    """The folder with ``light_curves/`` and ``tables/``: EXOVAL_DATA, or the sample if unset."""
    return Path(os.environ.get(VARIABLE) or SAMPLE)


def is_sample(folder: str | Path) -> bool:
    """Whether a folder or file is the sample that ships with exoval, or in it."""
    return Path(folder).resolve().is_relative_to(SAMPLE.resolve())


@contextmanager
def data_from(folder: str | Path | None) -> Iterator[None]:
    """Let a folder stand for EXOVAL_DATA meanwhile; ``sample`` is the one that ships with exoval.

    None changes nothing.
    """
    before = os.environ.get(VARIABLE)
    if folder is not None:
        os.environ[VARIABLE] = str(SAMPLE if str(folder) == SAMPLE_NAME else folder)
    try:
        yield
    finally:
        os.environ.pop(VARIABLE, None)
        os.environ.update({} if before is None else {VARIABLE: before})
