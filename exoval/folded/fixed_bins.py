"""Means in a fixed number of bins; empty bins are interpolated."""

from __future__ import annotations

import numpy as np


def mean_in_bins(
    time: np.ndarray, values: np.ndarray, weight: np.ndarray, *, half_window: float, bins: int
) -> tuple[np.ndarray, np.ndarray]:
    """Weighted means in bins of (-half_window, half_window), and which bins hold data."""
    near = np.flatnonzero(np.abs(time) < half_window)
    index = ((time[near] / half_window + 1) * (0.5 * bins)).astype(np.int64)
    index = np.minimum(index, bins - 1)
    total = np.bincount(index, weight[near], bins)
    mean = np.bincount(index, weight[near] * values[near], bins)
    filled = total > 0
    return mean / np.where(filled, total, 1.0), filled


def fill_gaps(values: np.ndarray, filled: np.ndarray) -> np.ndarray:
    """The values, empty bins interpolated from their neighbours; all 0 if every bin is empty.

    >>> fill_gaps(np.array([1.0, 0.0, 3.0]), np.array([True, False, True])).tolist()
    [1.0, 2.0, 3.0]
    """
    if filled.all():
        return values
    if not filled.any():
        return np.zeros(len(values))
    places = np.arange(len(values))
    return np.interp(places, places[filled], values[filled])
