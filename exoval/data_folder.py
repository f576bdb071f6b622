"""Where real data lie: in the folder that EXOVAL_DATA names, or in the sample of the package."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exoval.errors import DataNotFound

VARIABLE = "EXOVAL_DATA"
#: light curves and catalogue rows that ship with exoval
SAMPLE = Path(__file__).parent / "sample"
#: stands for that folder where a folder is asked for; one of yours of that name is ``./sample``
SAMPLE_NAME = "sample"
#: what lies in a folder of data
PARTS = ("light_curves", "tables")


def data_folder() -> Path:
    """The folder of real data: that of EXOVAL_DATA or, where it is not set, the sample."""
    return Path(os.environ.get(VARIABLE) or SAMPLE)


def is_sample(folder: str | Path) -> bool:
    """Whether a folder or file is the sample that ships with exoval, or in it."""
    return Path(folder).resolve().is_relative_to(SAMPLE.resolve())


def folder_named(name: str | Path) -> Path:
    """The folder of a name, where ``sample`` is the one that ships with exoval."""
    return SAMPLE if str(name) == SAMPLE_NAME else Path(name)


def holds_data(folder: str | Path) -> bool:
    """Whether a folder has ``light_curves/`` or ``tables/`` in it."""
    return any((Path(folder) / part).is_dir() for part in PARTS)


@contextmanager
def data_from(folder: str | Path | None) -> Iterator[None]:
    """Let a folder stand for EXOVAL_DATA meanwhile, in processes begun then as well.

    ``sample`` is the one that ships with exoval; None changes nothing. Raises DataNotFound if
    the folder holds neither ``light_curves/`` nor ``tables/``.
    """
    before = os.environ.get(VARIABLE)
    if folder is not None:
        folder = folder_named(folder)
        if not holds_data(folder):
            raise DataNotFound(
                f"{folder} holds neither {' nor '.join(f'{part}/' for part in PARTS)}; give a "
                f"folder that does, or '{SAMPLE_NAME}' for the one that ships with exoval"
            )
        os.environ[VARIABLE] = str(folder)
    try:
        yield
    finally:
        os.environ.pop(VARIABLE, None)
        os.environ.update({} if before is None else {VARIABLE: before})
