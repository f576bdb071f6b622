"""Checks of the paths that results are written to; their folders are made here."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exoval.errors import DISK_FULL, BadParameter, DataNotFound, disk_is_full

#: characters of a file's name before its ending; file systems take 255 bytes
LONGEST_NAME = 60


def output_path(path: str | Path, *, setting: str = "output") -> Path:
    """The path to write to; BadParameter if it begins with ``-``.

    Such a path is an option that was taken for a file name, as in a folder ``--help``, and shells
    make it hard to delete. ``setting`` is the option that the message tells the user to change.

    >>> output_path("figures/depth.png").name
    'depth.png'
    """
    path = Path(path)
    if str(path).startswith("-"):
        raise BadParameter(
            f"will not write to '{path}': a path that begins with '-' is a misplaced option; "
            f"choose another {setting}"
        )
    return path


def file_name(name: str) -> str:
    """A name from somebody's data as the name of a file in the folder that it is written to.

    >>> file_name("KIC 10666592"), file_name("../../etc/x")
    ('KIC_10666592', 'etc_x')
    """
    return re.sub(r"[^\w.+-]", "_", name).lstrip("._-")[:LONGEST_NAME] or "unnamed"


def make_folder(folder: str | Path, *, setting: str = "output=DIR") -> Path:
    """The folder to write to, created with its parents if it does not exist.

    ``setting`` is the option that the message tells the user to change. Raises BadParameter for a
    name that begins with ``-`` and DataNotFound if the folder cannot be created.
    """
    folder = output_path(folder, setting=setting)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataNotFound(
            f"cannot write to {folder} ({error.strerror}); choose another {setting} or change "
            "its permissions"
        ) from error
    return folder


@contextmanager
def writing(path: str | Path, *, setting: str = "output") -> Iterator[Path]:
    """The path to write to; the block's file-system errors become messages with a remedy.

    ``setting`` is the option that the message tells the user to change. Raises BadParameter for a
    path that begins with ``-`` and DataNotFound if the file cannot be written.
    """
    path = output_path(path, setting=setting)
    try:
        yield path
    except OSError as error:
        reason = error.strerror or error
        if error.errno in DISK_FULL:
            raise DataNotFound(
                f"{disk_is_full(error, path)}, or choose another {setting}"
            ) from error
        raise DataNotFound(f"cannot write {path} ({reason}); choose another {setting}") from error


@contextmanager
def replacing(path: str | Path, *, setting: str = "output") -> Iterator[Path]:
    """A draft beside ``path``, which takes its place at the end of the block.

    Whoever reads ``path`` finds what was there before or the whole file. A block that fails leaves
    ``path`` as it was. The draft has the same ending. Raises as ``writing`` does.
    """
    with writing(path, setting=setting) as path:
        draft = path.with_name(f".draft-{os.getpid()}-{path.name}")
        try:
            yield draft
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)


def check_overrides(arguments: list[str]) -> None:
    """Check the output folders of a sweep, which Hydra makes before the app starts.

    ``arguments`` are overrides such as ``output=DIR``. Raises BadParameter for ``output=-x``.
    """
    for argument in arguments:
        setting, _, value = argument.partition("=")
        if setting in ("output", "hydra.sweep.dir", "hydra.run.dir"):
            output_path(value.strip("'\""), setting=f"{setting}=DIR")
