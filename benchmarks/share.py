"""A share of yes among yes and no, with its interval."""

from __future__ import annotations

from scipy.stats import beta


def share(hits: float, number: int) -> dict:
    """Share of ``hits`` in ``number`` with Jeffreys' 68 % interval; null for none at all."""
    low, high = beta(hits + 0.5, number - hits + 0.5).ppf([0.16, 0.84])
    return {
        "share": hits / number if number else None,
        "low": float(low),
        "high": float(high),
        "n": int(number),
    }
