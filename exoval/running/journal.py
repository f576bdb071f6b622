"""A file of finished entries of a long run, so that a killed run resumes where it stopped."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from exoval.errors import BadTable
from exoval.running.checksums import CHECKSUMS, check_seal, sealed
from exoval.running.output_path import replacing, writing

log = logging.getLogger(__name__)


class Journal:
    """The finished entries of a run, in one file of JSON lines, each with its checksum.

    ``fingerprint`` identifies the run: a file of another run is ignored with a warning, and so is
    a line that was cut short or has changed. ``entries`` holds the entries that the file had, by
    key. Raises DataNotFound if the file cannot be written.
    """

    def __init__(self, path: Path, fingerprint: str) -> None:
        self.path = path
        self.entries: dict[str, dict] = {}
        lines = self._read()
        if lines and lines[0] == {"work": fingerprint}:
            self.entries = {line["key"]: line["entry"] for line in lines[1:] if "key" in line}
        elif lines:
            log.warning(
                "%s is of another run, of other data or of another version of exoval: nothing of "
                "it is used",
                path,
            )
        kept = [{"key": key, "entry": entry} for key, entry in self.entries.items()]
        with replacing(self.path) as draft:
            draft.write_text(_as_text([{"work": fingerprint}, *kept]))

    def add(self, key: str, entry: dict) -> None:
        """Write a finished entry of strings and numbers, which is not kept in memory."""
        with writing(self.path) as path, path.open("a") as file:
            file.write(_as_text([{"key": key, "entry": entry}]))

    def remove(self) -> None:
        """Delete the file once the run is finished."""
        self.path.unlink(missing_ok=True)

    def _read(self) -> list[dict]:
        """The lines that are as they were written."""
        try:
            texts = self.path.read_bytes().splitlines()
        except OSError:
            return []  # no file yet
        lines = []
        for text in texts:
            try:
                plain = json.loads(text)
                check_seal(plain, LINE, remedy="")
            except (ValueError, BadTable):
                continue
            lines.append({name: value for name, value in plain.items() if name != CHECKSUMS})
        if len(lines) < len(texts):
            log.warning(
                "%d of %d lines of %s are damaged and are not used",
                len(texts) - len(lines),
                len(texts),
                self.path,
            )
        return lines


#: the name under which a line has its checksum
LINE = "line"


def _as_text(lines: list[dict]) -> str:
    """Lines of JSON, each with its checksum."""
    plain = json.loads(json.dumps(lines, default=float))
    return "".join(json.dumps(sealed(line, name=LINE)) + "\n" for line in plain)
