"""The paths that results are written to: checked, and their folders made, in this one place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exoval.errors import BadParameter, DataNotFound


def output_path(path: str | Path, *, setting: str = "output") -> Path:
    """The path to write to, which must not begin with ``-``.

    Such a path is an option that was taken for a file name (``--help`` as a folder), and no
    command can delete it without a trick. ``setting`` is what the user would change. Raises
    BadParameter.
    """
    path = Path(path)
    if str(path).startswith("-"):
        raise BadParameter(
            f"will not write to '{path}': a path that begins with '-' is an option out of place; "
            f"choose another {setting}"
        )
    return path


def make_folder(folder: str | Path, *, setting: str = "output=DIR") -> Path:
    """The folder to write to, made with its parents if need be.

    ``setting`` is what the user would change. Raises BadParameter for a name that begins with
    ``-`` and DataNotFound if the folder cannot be made.
    """
    folder = output_path(folder, setting=setting)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataNotFound(
            f"cannot write to {folder} ({error.strerror}); choose another {setting} or mend "
            "its permissions"
        ) from error
    return folder


@contextmanager
def writing(path: str | Path, *, setting: str = "output") -> Iterator[Path]:
    """The path to write to; inside the block an error of the file system says what to change.

    ``setting`` is what the user would change. Raises BadParameter for a path that begins with
    ``-`` and DataNotFound if the file cannot be written.
    """
    path = output_path(path, setting=setting)
    try:
        yield path
    except OSError as error:
        raise DataNotFound(
            f"cannot write {path} ({error.strerror or error}); choose another {setting}"
        ) from error


def check_overrides(arguments: list[str]) -> None:
    """Check the folders that Hydra itself makes, before the app is asked, for a sweep.

    ``arguments`` are overrides such as ``output=DIR``. Raises BadParameter for ``output=-x``.
    """
    for argument in arguments:
        setting, _, value = argument.partition("=")
        if setting in ("output", "hydra.sweep.dir", "hydra.run.dir"):
            output_path(value.strip("'\""), setting=f"{setting}=DIR")
