"""Name, unit and description of one feature."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Column:
    """One feature: name, unit, description and, in ``source``, the archive's column for it.

    A feature that ``needs_period`` is missing for an event whose period is unknown.
    """

    name: str
    unit: str
    description: str
    source: str = ""
    needs_period: bool = field(default=False, kw_only=True)
