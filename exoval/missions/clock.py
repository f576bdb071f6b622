"""The clock of a mission: days since its time zero."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

#: no clock of a mission reaches it, so that a later day is a Julian date
JULIAN = 2e6

Days = TypeVar("Days", float, np.ndarray)


def on_clock(days: Days, time_zero: float) -> Days:
    """Days on the clock that starts at ``time_zero`` (a Julian date); Julian dates are turned."""
    return np.where(np.asarray(days) > JULIAN, np.asarray(days) - time_zero, days)[()]
