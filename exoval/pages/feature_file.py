"""The features of one event as a file for a spreadsheet or a script."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

from exoval.errors import BadParameter
from exoval.measure import declared_columns
from exoval.pages.event_page import EventPage
from exoval.running.output_path import replacing
from exoval.running.spreadsheet import as_cell


def write_features(page: EventPage, path: str | Path) -> None:
    """Write all features of the page as CSV or JSON, by the ending of ``path``.

    CSV has one line per feature: name, value, unit, description; the value of a missing feature
    is empty. JSON has target, mission, the refined ephemeris and ``features`` by name; a missing
    feature is null. Raises BadParameter for another ending, DataNotFound if the file cannot be
    written.
    """
    path = Path(path)
    writers = {".csv": _write_csv, ".json": _write_json}
    if path.suffix.lower() not in writers:
        raise BadParameter(f"cannot write features to '{path.name}'; end the name in .csv or .json")
    with replacing(path, setting="file") as draft:
        writers[path.suffix.lower()](page, draft)


def _values(page: EventPage) -> dict[str, float | None]:
    return {name: value if math.isfinite(value) else None for name, value in page.row.items()}


def _write_csv(page: EventPage, path: Path) -> None:
    values = _values(page)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "value", "unit", "description"])
        for column in declared_columns(page.features):
            cells = (column.name, values[column.name], column.unit, column.description)
            writer.writerow(map(as_cell, cells))


def _write_json(page: EventPage, path: Path) -> None:
    event = page.folded.event
    content = {
        "target": page.raw.target,
        "mission": page.raw.mission,
        "source": event.source,
        "period_days": event.ephemeris.period if event.period_is_known else None,
        "possible_periods": str(event.possible_periods or ""),
        "epoch_days": event.ephemeris.epoch,
        "time_zero_bjd": page.time_zero,
        "duration_days": event.ephemeris.duration,
        "features": _values(page),
    }
    path.write_text(json.dumps(content, indent=1) + "\n")
