"""The noise of a band as it changes with time."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from exoval.noise.robust_scatter import MAD_TO_SIGMA

#: least share of a window that must be known
LEAST_KNOWN = 0.25


def running_noise(
    values: np.ndarray, known: np.ndarray, *, window: int, stride: int = 1
) -> np.ndarray:
    """Standard deviation from the median absolute value in windows of ``window`` samples.

    ``values`` have mean zero, shape (n,); unknown ones do not count. Windows overlap by half; the
    noise is interpolated between their middles, and across windows of which less than a quarter is
    known. A band that changes slowly is sampled every ``stride``. Without a window that is known
    well enough the noise is that of all known values; NaN if there are none.
    """
    size = np.abs(values[::stride]).astype(np.float32)
    size[~known[::stride]] = np.inf
    length = min(max(window // stride, 2), len(size))
    windows = sliding_window_view(size, length)[:: max(length // 2, 1)]
    # the unknown ones come last
    ordered = np.sort(windows, axis=1)
    count = np.isfinite(ordered).sum(axis=1)
    enough = count >= max(LEAST_KNOWN * length, 1)
    if not enough.any():
        rest = np.abs(values[known])
        return np.full(len(values), MAD_TO_SIGMA * np.median(rest) if len(rest) else np.nan)
    row = np.flatnonzero(enough)
    median = 0.5 * (ordered[row, (count[row] - 1) // 2] + ordered[row, count[row] // 2])
    middle = stride * (row * max(length // 2, 1) + 0.5 * (length - 1))
    return np.interp(np.arange(len(values)), middle, MAD_TO_SIGMA * median)
