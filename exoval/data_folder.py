"""The folder of real data: the one EXOVAL_DATA names, or the sample that ships with exoval."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exoval.errors import BadParameter, DataNotFound

VARIABLE = "EXOVAL_DATA"
#: light curves and catalogue rows that ship with exoval
SAMPLE = Path(__file__).parent / "sample"
#: name of the shipped sample wherever a folder is given; write ``./sample`` for your own folder
SAMPLE_NAME = "sample"
#: subfolders of a data folder
PARTS = ("light_curves", "tables")


def data_folder() -> Path:
    """Return the folder that EXOVAL_DATA names or, if it is not set, the sample.

    Raises BadParameter if EXOVAL_DATA names no folder.
    """
    named = os.environ.get(VARIABLE)
    if named and not Path(named).is_dir():
        raise BadParameter(
            f"{VARIABLE} is set to {named}, which is no folder; set it to a folder with "
            "light_curves/ and tables/, or unset it to take the sample that ships with exoval"
        )
    return Path(named or SAMPLE)


def is_sample(folder: str | Path) -> bool:
    """Return whether a path is the sample that ships with exoval, or lies in it."""
    return Path(folder).resolve().is_relative_to(SAMPLE.resolve())


def folder_named(name: str | Path) -> Path:
    """Return the folder of a name; ``sample`` is the one that ships with exoval."""
    return SAMPLE if str(name) == SAMPLE_NAME else Path(name)


def holds_data(folder: str | Path) -> bool:
    """Return whether a folder has a subfolder ``light_curves/`` or ``tables/``."""
    return any((Path(folder) / part).is_dir() for part in PARTS)


@contextmanager
def data_from(folder: str | Path | None) -> Iterator[None]:
    """Use a folder in place of EXOVAL_DATA within a ``with`` block.

    Processes started inside the block use it too. ``sample`` is the folder that ships with exoval;
    None changes nothing. Raises DataNotFound if the folder holds neither ``light_curves/`` nor
    ``tables/``.
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
