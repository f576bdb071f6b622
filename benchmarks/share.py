"""A binomial share with its interval."""

from __future__ import annotations

from scipy.stats import beta


def share(hits: float, number: int) -> dict:
    """Share of ``hits`` in ``number`` as ``{value, low, high, n}``, Jeffreys' 68 % interval."""
    if not number:
        return {"value": None, "low": None, "high": None, "n": 0, "reason": "none were tried"}
    low, high = beta(hits + 0.5, number - hits + 0.5).ppf([0.16, 0.84])
    return {"value": hits / number, "low": float(low), "high": float(high), "n": int(number)}


def as_text(found: dict) -> str:
    """A share as text, such as ``0.62 (0.52-0.71) of 24``."""
    if found["value"] is None:
        return "none were tried"
    return f"{found['value']:.2f} ({found['low']:.2f}-{found['high']:.2f}) of {found['n']}"
