"""Noise of single cadences, insensitive to slow variation."""

from __future__ import annotations

import numpy as np

from exoval.noise.robust_scatter import robust_scatter


def point_scatter(flux: np.ndarray) -> float:
    """Return the robust standard deviation of single cadences, from first differences.

    Slow variation cancels in the differences. NaN for fewer than three values.
    """
    flux = flux[np.isfinite(flux)]
    if len(flux) < 3:
        return float("nan")
    return float(robust_scatter(np.diff(flux)) / np.sqrt(2))
