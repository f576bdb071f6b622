"""Why a feature group could not measure a column: the values of its reason column."""

from __future__ import annotations

from enum import IntEnum


class Reason(IntEnum):
    """Why a feature is missing; 0 if it was measured."""

    MEASURED = 0
    TOO_FEW_CADENCES = 1
    ONE_EVENT = 2
    NO_CENTROID = 3
    NOT_COVERED = 4
    NO_CONVERGENCE = 5
    UNKNOWN_STAR = 6
    NO_DIP = 7
    NOT_GIVEN = 8


#: how the reason columns are described in the tables
CODES = ", ".join(f"{reason.value} {reason.name.lower().replace('_', ' ')}" for reason in Reason)
