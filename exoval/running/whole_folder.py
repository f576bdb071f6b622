"""Folders of results that are whole or refused: files first, the manifest last.

A folder is written as a draft inside itself and then renamed into place, so that a process that
dies leaves the folder as it was, or a manifest that says ``unfinished``. The manifest lists every
file with its size and its checksum (``exoval.running.checksums``); readers compare what they open.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path

from exoval.errors import BadParameter, BadTable
from exoval.running.checksums import CHECKSUMS, check_seal, checksum_once, sealed
from exoval.running.output_path import make_folder, replacing, writing
from exoval.schema import read_json

log = logging.getLogger(__name__)

MANIFEST, FORMAT = "manifest.json", 2
DRAFT = ".unfinished"
#: entry of a manifest while its files are renamed
UNFINISHED = "unfinished"
#: how a reader checks: sizes and checksums, or sizes alone
FULL, FAST = "full", "fast"
AGAIN = "copy the folder again, or give the command that made it again"


@contextmanager
def folder_draft(folder: str | Path, *, setting: str = "output=DIR") -> Iterator[Path]:
    """An empty folder inside ``folder`` for its new files, deleted at the end of the block.

    ``publish`` puts the files into place. ``setting`` is the option that a message tells the user
    to change. Raises DataNotFound if a file of the block cannot be written.
    """
    draft = Path(folder) / DRAFT
    shutil.rmtree(draft, ignore_errors=True)
    with writing(folder, setting=setting):
        make_folder(draft, setting=setting)
        try:
            yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def publish(
    draft: Path,
    manifest: Mapping[str, object],
    *,
    also: Sequence[str] = (),
    instead_of: Sequence[str] = (),
) -> None:
    """Rename the files of a ``folder_draft`` into place, and write the manifest last.

    The manifest gets ``format``, ``sizes`` (bytes) and ``checksums`` of all files. ``also`` are
    patterns of files that lie in the folder and are listed too, ``instead_of`` of those of an
    earlier run, which are deleted. Raises DataNotFound if a file cannot be written.
    """
    folder = draft.parent
    new = _files_below(draft)
    before = {name: path for name, path in _files_below(folder).items() if name not in new}
    stay = {name: path for name, path in before.items() if _matches(name, also)}
    with writing(folder / MANIFEST):
        # before anything is renamed: what needs room on the disk fails here
        (draft / MANIFEST).write_text(manifest_text(manifest, name=MANIFEST, files=new | stay))
    with replacing(folder / MANIFEST) as path:
        path.write_text(json.dumps({UNFINISHED: "files are being renamed"}))
    with writing(folder):
        for name, path in before.items():
            if _matches(name, instead_of):
                path.unlink()
        for name, path in new.items():
            _make_way(folder, name)
            os.replace(path, folder / name)
        os.replace(draft / MANIFEST, folder / MANIFEST)


def _make_way(folder: Path, name: str) -> None:
    """Make the folder of a file; a file where a folder is needed goes, and the reverse."""
    place = folder / name
    for above in place.relative_to(folder).parents:
        if (folder / above).is_file():
            (folder / above).unlink()
    if place.is_dir():
        shutil.rmtree(place)
    make_folder(place.parent)


def manifest_text(
    manifest: Mapping[str, object], *, name: str, files: Mapping[str, str | Path]
) -> str:
    """A manifest called ``name`` as JSON, with format, sizes and checksums of files by name."""
    sizes = {file: Path(path).stat().st_size for file, path in sorted(files.items())}
    described = {**manifest, "format": FORMAT, "sizes": sizes}
    return json.dumps(sealed(described, name=name, files=dict(sorted(files.items()))), indent=1)


def check_files(
    folder: str | Path, names: Iterable[str], *, verify: str = FULL, remedy: str = AGAIN
) -> None:
    """Compare files of a folder with its manifest; a folder without one is not checked.

    ``names`` are names or patterns such as ``models/*``, which stand for all listed files that
    match. ``verify`` is ``full`` (sizes, and checksums once a process) or ``fast`` (sizes). A
    manifest of an older version, which has no checksums, is taken as it is with a warning. Raises
    BadTable, which says what was found and ends with ``remedy``, for a file that is missing or
    differs, one that the manifest does not list, and an unfinished folder; BadParameter for another
    ``verify``.
    """
    if verify not in (FULL, FAST):
        raise BadParameter(f"verify={verify}; give {FULL} (checksums) or {FAST} (sizes)")
    path = Path(folder) / MANIFEST
    if not path.is_file():
        return
    sizes, sums = read_manifest(path, remedy=remedy)
    if not sums:
        _warn_once(path)
        return
    for name in names:
        found = [one for one in sums if fnmatch(one, name)]
        if not found and not any(sign in name for sign in "*?["):
            raise BadTable(
                f"{path} does not list {name}, which is not of the same run; delete it, or {remedy}"
            )
        for one in found:
            wrong = difference(path.parent / one, sizes.get(one), sums[one], verify=verify)
            if wrong:
                raise BadTable(f"{path.parent / one} {wrong}; {remedy}")


def read_manifest(path: Path, *, remedy: str = AGAIN) -> tuple[dict[str, int], dict[str, str]]:
    """Sizes and checksums in a manifest, by the names of files; both empty for an older one.

    Raises BadTable for a manifest that is damaged or whose folder is unfinished.
    """
    plain = read_json(path, remedy=remedy)
    if isinstance(plain, dict) and UNFINISHED in plain:
        raise BadTable(
            f"{path.parent} is unfinished: the command that wrote {path.name} ended too early; "
            "give it again, which keeps what is finished"
        )
    if isinstance(plain, dict) and not {"format", "sizes", CHECKSUMS} & set(plain):
        return {}, {}
    sums = check_seal(plain, path, remedy=remedy)
    return plain.get("sizes", {}), sums


def difference(path: Path, size: int | None, expected: str, *, verify: str = FULL) -> str:
    """What is wrong with a file, in words that follow its name; empty if nothing is."""
    if not path.is_file():
        return "is missing"
    found = path.stat().st_size
    if size is not None and found != size:
        return f"has {found:,} bytes instead of {size:,}"
    sha256 = checksum_once(path) if verify == FULL else expected
    if sha256 != expected:
        return (
            f"has changed since it was written: its SHA-256 is {sha256[:12]}... instead of "
            f"{expected[:12]}..."
        )
    return ""


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def _files_below(folder: Path) -> dict[str, Path]:
    """All files below a folder by their names in it; names that begin with a dot are left out."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


@lru_cache(maxsize=256)
def _warn_once(path: Path) -> None:
    """Say that a folder cannot be checked, once a process."""
    log.warning(
        "%s is of an older version and has no checksums: its files are taken as they are", path
    )
