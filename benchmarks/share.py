"""A share of yes among yes and no, with its interval."""

from __future__ import annotations

from scipy.stats import beta


def share(hits: float, number: int) -> dict:
    """Share of ``hits`` in ``number`` as ``{value, low, high, n}``, Jeffreys' 68 % interval.

    Of an empty sample the value is None, with a ``reason``.
    """
    if not number:
        return {"value": None, "low": None, "high": None, "n": 0, "reason": "nothing to count"}
    low, high = beta(hits + 0.5, number - hits + 0.5).ppf([0.16, 0.84])
    return {
        "value": hits / number,
        "low": float(low),
        "high": float(high),
        "n": int(number),
    }
