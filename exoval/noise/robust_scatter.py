"""Standard deviation robust against outliers, from the median absolute deviation."""

from __future__ import annotations

import numpy as np

#: a normal distribution's standard deviation over its median absolute deviation
MAD_TO_SIGMA = 1.4826


def robust_scatter(values: np.ndarray) -> float:
    """Return the standard deviation of normal values from their median absolute deviation.

    Up to half of the values may be outliers. Any shape; NaN for an empty array or if a value is
    NaN.

    >>> robust_scatter([1.0, 2.0, 3.0, 4.0, 1000.0])
    1.4826
    """
    values = np.asarray(values, dtype=float)
    if values.size == 0:
        return float("nan")
    return float(MAD_TO_SIGMA * np.median(np.abs(values - np.median(values))))
