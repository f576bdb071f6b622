"""Means in a fixed number of bins, with the empty ones interpolated."""

from __future__ import annotations

import numpy as np


def mean_in_bins(
    time: np.ndarray, values: np.ndarray, weight: np.ndarray, *, half_window: float, bins: int
) -> tuple[np.ndarray, np.ndarray]:
    """Weighted means in bins of (-half_window, half_window) and which of them hold anything."""
    near = np.flatnonzero(np.abs(time) < half_window)
    index = ((time[near] / half_window + 1) * (0.5 * bins)).astype(np.int64)
    index = np.minimum(index, bins - 1)
    total = np.bincount(index, weight[near], bins)
    mean = np.bincount(index, weight[near] * values[near], bins)
    filled = total > 0
    return mean / np.where(filled, total, 1.0), filled


def fill_gaps(values: np.ndarray, filled: np.ndarray) -> np.ndarray:
    """The values with empty bins interpolated from their neighbours; 0 where none is filled."""
    if filled.all():
        return values
    if not filled.any():
        return np.zeros(len(values))
    places = np.arange(len(values))
    return np.interp(places, places[filled], values[filled])
