"""The contract of feature groups, and all groups with their default settings."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Protocol

import exoval.features
from exoval.folded.folded_event import FoldedEvent
from exoval.table.column import Column


class FeatureGroup(Protocol):
    """Some columns and the way to measure them; NaN where a column cannot be measured."""

    columns: tuple[Column, ...]

    def __call__(self, folded: FoldedEvent) -> dict[str, float]: ...


def default_features() -> dict[str, FeatureGroup]:
    """The groups in ``exoval/features`` by the name of their file, in alphabetical order.

    A class of ``exoval/features/NAME.py`` with declared columns is the group NAME. Those that are
    measured ``on_request`` are left out.

    >>> list(default_features())[:3]
    ['ephemeris', 'ephemeris_match', 'odd_even']
    """
    groups = {}
    for module in pkgutil.iter_modules(exoval.features.__path__):
        here = importlib.import_module(f"exoval.features.{module.name}")
        for group in vars(here).values():
            own = getattr(group, "__module__", "") == here.__name__ and hasattr(group, "columns")
            if own and not getattr(group, "on_request", False):
                groups[module.name] = group()
    return groups
