"""A mission's clock: days since its time zero."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

#: a day beyond this is a Julian date: no mission's clock reaches it
JULIAN = 2e6

Days = TypeVar("Days", float, np.ndarray)


def on_clock(days: Days, time_zero: float) -> Days:
    """Return days since ``time_zero`` (a Julian date), converting Julian dates to that clock.

    >>> float(on_clock(2457001.5, 2457000.0)), float(on_clock(1.5, 2457000.0))
    (1.5, 1.5)
    """
    return np.where(np.asarray(days) > JULIAN, np.asarray(days) - time_zero, days)[()]
