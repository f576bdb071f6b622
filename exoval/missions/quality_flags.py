"""Quality flags as bits, whatever a file writes them as."""

from __future__ import annotations

import numpy as np

#: letters that mark a good cadence; every other one marks a bad one
GOOD_WORDS = ("", "G", "GOOD", "OK")
#: the flag of a cadence of which only that it is bad, or that its flag is lost, is known
ALL_BITS = -1
#: numbers from here on do not fit into the bits of a flag
MOST_BITS = 2.0**63


def quality_bits(values: np.ndarray) -> np.ndarray:
    """Return flags as 64-bit integers, from integers, floats, booleans, numbers as text or letters.

    Cadences with a letter other than ``GOOD_WORDS`` have all bits set, as have those whose flag is
    missing while others have one.

    >>> quality_bits(np.array([0.0, 4096.0, np.nan])), quality_bits(np.array(["G", "X", "8"]))
    (array([   0, 4096,   -1]), array([ 0, -1,  8]))
    """
    values = np.asarray(values)
    if values.dtype.kind in "OSU":
        words = [
            (value.decode() if isinstance(value, bytes) else str(value)).strip().upper()
            for value in values
        ]
        return np.array([_bits_of(word) for word in words], dtype=np.int64)
    if values.dtype.kind == "f":
        known = np.abs(values) < MOST_BITS
        bits = np.where(known, values, 0).astype(np.int64)
        return np.where(known | ~known.any(), bits, ALL_BITS)
    return values.astype(np.int64)


def _bits_of(word: str) -> int:
    if word in GOOD_WORDS:
        return 0
    try:
        value = float(word)
    except ValueError:
        return ALL_BITS
    return int(value) if abs(value) < MOST_BITS else ALL_BITS
