"""Name, unit and description of one feature."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One feature: name, unit, description and, in ``source``, the archive's column for it."""

    name: str
    unit: str
    description: str
    source: str = ""
