"""The column of mid-event times of a published table, whose rows may be on several clocks."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd

from exoval.missions.clock import ANY_YEAR, JULIAN, on_clock

log = logging.getLogger(__name__)


def epochs_on_clock(epochs: pd.Series, time_zero: float, *, catalogue: str) -> np.ndarray:
    """Return epochs as days since ``time_zero`` (a Julian date), row by row.

    Full Julian dates are converted and days of that clock stay; one bad row changes no other. An
    epoch of 0 is a missing one, and so is one of a few on no clock that can be told; the log counts
    them under the name of the ``catalogue``. Raises BadParameter if no epoch can be told.
    """
    days = np.asarray(epochs, dtype=float)
    days = np.where(np.isfinite(days), days, np.nan)
    is_empty, is_julian = days == 0, days > JULIAN
    first, last = (year - time_zero for year in ANY_YEAR)
    is_own = ~is_empty & ~is_julian & (days > first) & (days < last)
    is_strange = np.isfinite(days) & ~(is_empty | is_julian | is_own)
    found = np.where(is_julian, days - time_zero, np.where(is_own, days, np.nan))
    if is_strange.any() and not (is_julian | is_own).any():
        found[is_strange] = on_clock(days[is_strange], time_zero)
        is_strange[:] = False
    for bad, why in ((is_empty, "are 0"), (is_strange, "are on no clock that can be told")):
        if bad.any():
            log.warning("%s: %d epochs %s and count as missing", catalogue, bad.sum(), why)
    return found
