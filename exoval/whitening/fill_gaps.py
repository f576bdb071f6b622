"""Filling of gaps, so that a transform sees the noise go on across them."""

from __future__ import annotations

import numpy as np


def fill_gaps(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Unknown values from the data on both sides, mirrored at the edges of the gap.

    The two mirrored stretches are cross-faded linearly: the value next to an edge is that of the
    edge, the noise in the gap is that of its surroundings, and a long variation goes on smoothly.
    Where a mirrored value is itself unknown that of the edge is taken. The array, shape (n,), is a
    circle: its end is followed by its beginning. Zeros if nothing is known.
    """
    if known.all():
        return values
    size, places = len(values), np.flatnonzero(known)
    if len(places) == 0:
        return np.zeros(size)
    gap = np.flatnonzero(~known)
    after = np.searchsorted(places, gap)
    left = places[after - 1]
    right = places[after % len(places)]
    from_left, to_right = (gap - left) % size, (right - gap) % size
    share = from_left / (from_left + to_right)
    filled = values.copy()
    before = _mirrored(values, known, edge=left, place=left - from_left + 1)
    behind = _mirrored(values, known, edge=right, place=right + to_right - 1)
    filled[gap] = (1 - share) * before + share * behind
    return filled


def _mirrored(
    values: np.ndarray, known: np.ndarray, *, edge: np.ndarray, place: np.ndarray
) -> np.ndarray:
    """Values at the mirrored places, those of the edge where they are unknown."""
    place = place % len(values)
    return values[np.where(known[place], place, edge)]
