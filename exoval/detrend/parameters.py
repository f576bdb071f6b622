"""The check that all detrendings make of their parameters."""

from __future__ import annotations

from dataclasses import fields

from exoval.detrend.detrend import Detrend
from exoval.errors import BadParameter


def require_positive(detrend: Detrend) -> None:
    """Raise BadParameter unless every field of a detrending is positive, or None.

    ``event_margin`` may be 0. The message names every field and its value.
    """
    values = {field.name: getattr(detrend, field.name) for field in fields(detrend)}
    values = {name: value for name, value in values.items() if value is not None}
    if not all(
        value > 0 or (name == "event_margin" and value == 0) for name, value in values.items()
    ):
        listed = ", ".join(f"{name}={value}" for name, value in values.items())
        raise BadParameter(
            f"{type(detrend).__name__} {listed} must all be positive, or 0 for event_margin"
        )
