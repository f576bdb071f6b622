"""A file of finished entries of a long run, so that a killed run resumes where it stopped."""

from __future__ import annotations

import json
from pathlib import Path

from exoval.running.output_path import writing


class Journal:
    """The finished entries of a run, in one file of JSON lines.

    ``fingerprint`` identifies the run: a file of another run, or a line that was cut short, is
    ignored. ``entries`` holds the finished entries by key. Raises DataNotFound if the file cannot
    be written.
    """

    def __init__(self, path: Path, fingerprint: str) -> None:
        self.path = path
        self.entries: dict[str, dict] = {}
        lines = self._read()
        if lines and lines[0] == {"work": fingerprint}:
            self.entries = {line["key"]: line["entry"] for line in lines[1:]}
        self._write(
            [
                {"work": fingerprint},
                *({"key": key, "entry": entry} for key, entry in self.entries.items()),
            ],
            "w",
        )

    def add(self, key: str, entry: dict) -> None:
        """Write a finished entry of strings and numbers."""
        self.entries[key] = entry
        self._write([{"key": key, "entry": entry}], "a")

    def remove(self) -> None:
        """Delete the file once the run is finished."""
        self.path.unlink(missing_ok=True)

    def _read(self) -> list[dict]:
        lines = []
        try:
            for text in self.path.read_text().splitlines():
                lines.append(json.loads(text))
        except (OSError, ValueError):
            # no file yet, or a line cut short: the lines before it are valid
            pass
        return lines

    def _write(self, lines: list[dict], mode: str) -> None:
        with writing(self.path) as path, path.open(mode) as file:
            file.writelines(json.dumps(line, default=float) + "\n" for line in lines)
