"""The height of a periodogram's peaks above their neighbourhood."""

from __future__ import annotations

import numpy as np

from exoval.noise.robust_scatter import robust_scatter


def signal_detection_efficiency(power: np.ndarray, *, window: int = 201) -> np.ndarray:
    """Return the height of a periodogram above its local median, in robust standard deviations.

    ``power`` is in order of frequency, shape (periods,), as is the result. Medians of ``window``
    trial periods, joined by straight lines, follow the rise of noise towards long periods (Ofir
    2014, A&A 561, A138). The cost is linear in the number of trial periods.
    """
    excess = power - local_median(power, window=window)
    return excess / max(robust_scatter(excess), 1e-12)


def local_median(values: np.ndarray, *, window: int) -> np.ndarray:
    """Return medians of blocks of about ``window`` values, linearly interpolated, (values,)."""
    count = max(len(values) // window, 1)
    size = len(values) // count
    # the last block takes the remainder, so it has between one and two windows
    medians = np.median(values[: (count - 1) * size].reshape(-1, size), axis=1)
    medians = np.append(medians, np.median(values[(count - 1) * size :]))
    centres = size * (np.arange(count) + 0.5) - 0.5
    centres[-1] = 0.5 * ((count - 1) * size + len(values) - 1)
    return np.interp(np.arange(len(values)), centres, medians)
