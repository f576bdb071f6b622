"""Checksums of files, kept inside a description in JSON that has a checksum of its own.

A sealed description has the entry ``checksums``: SHA-256 in hex of every file that it describes, by
name, and under its own name that of all its other entries. ``model.json``, ``manifest.json`` and
the shards of a simulation are sealed so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from exoval.errors import BadTable

CHECKSUMS = "checksums"

#: checksums of files that were read in this process, by path, size, times and inode
_read: dict[tuple, str] = {}


def checksum(path: str | Path) -> str:
    """SHA-256 of a file, in hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checksum_once(path: str | Path) -> str:
    """SHA-256 of a file as ``checksum``, which reads a file once in a process until it changes."""
    path = Path(path).resolve()
    state = path.stat()
    key = (str(path), state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino)
    if key not in _read:
        _read[key] = checksum(path)
    return _read[key]


def checksum_of(description: Mapping[str, object]) -> str:
    """SHA-256 of all entries of a description but its checksums, in hex."""
    entries = {name: value for name, value in description.items() if name != CHECKSUMS}
    return hashlib.sha256(json.dumps(entries, sort_keys=True).encode()).hexdigest()


def sealed(
    description: Mapping[str, object], *, name: str, files: Mapping[str, str | Path] | None = None
) -> dict:
    """A description with the checksums of ``files`` (name to path) and of itself, called ``name``.

    Values that JSON does not have become texts.
    """
    # as it will be read: JSON has no tuples and no names that are numbers
    plain = json.loads(json.dumps(description, default=str))
    sums = {file: checksum(path) for file, path in (files or {}).items()}
    return plain | {CHECKSUMS: sums | {name: checksum_of(plain)}}


def check_seal(plain: object, path: str | Path, *, remedy: str) -> dict[str, str]:
    """The checksums in a description that was read from ``path``, by the names of files.

    Raises BadTable, which ends with ``remedy``, for one that is not as it was written.
    """
    sums = plain.get(CHECKSUMS) if isinstance(plain, dict) else None
    own = sums.get(Path(path).name) if isinstance(sums, dict) else None
    if own is None or checksum_of(plain) != own:
        raise BadTable(f"{path} has changed since it was written; {remedy}")
    return {name: str(value) for name, value in sums.items() if name != Path(path).name}
