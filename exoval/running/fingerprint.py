"""Fingerprints: what identifies settings, and the data that a run reads, on any machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from exoval.errors import DataNotFound


def files_fingerprint(files: Iterable[str | Path]) -> dict[str, int | str]:
    """The number of files, their bytes, and a hash of their names and sizes.

    Folders and times do not count, so that a copy on another machine is the same. A file whose
    content changes at the same size is not noticed. Raises DataNotFound for a file that has gone.
    """
    try:
        listed = sorted((path.name, path.stat().st_size) for path in map(Path, files))
    except OSError as error:
        raise DataNotFound(
            f"{error.filename} has gone ({error.strerror}); give the command again"
        ) from error
    return {
        "files": len(listed),
        "bytes": sum(size for _, size in listed),
        "fingerprint": fingerprint(listed),
    }


def fingerprint(values: object) -> str:
    """Sixteen hex digits of a hash of plain values; others count by their text.

    >>> fingerprint({"seed": 1, "host": "real"}) == fingerprint({"host": "real", "seed": 1})
    True
    """
    text = json.dumps(values, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
