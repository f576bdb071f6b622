"""Name, unit and description of one feature."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass


@dataclass(frozen=True)
class Column:
    """One feature: name, unit, description and, in ``source``, the archive's column for it.

    A feature that ``needs_period`` is missing for an event whose period is unknown.
    """

    name: str
    unit: str
    description: str
    source: str = ""
    _: KW_ONLY
    needs_period: bool = False
