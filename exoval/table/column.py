"""One column of a table of measured events."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One feature: its name, unit, description and where the number comes from."""

    name: str
    unit: str
    description: str
    source: str = ""
