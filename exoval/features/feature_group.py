"""The contract of feature groups, and every group of this folder with its default settings."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Protocol

import exoval.features
from exoval.folded.folded_event import FoldedEvent
from exoval.table.column import Column


class FeatureGroup(Protocol):
    """A few columns and how to measure them; NaN where there is nothing to measure."""

    columns: tuple[Column, ...]

    def __call__(self, folded: FoldedEvent) -> dict[str, float]: ...


def default_features() -> dict[str, FeatureGroup]:
    """The groups in ``exoval/features`` by the name of their file, in alphabetical order.

    A class of ``exoval/features/NAME.py`` with declared columns is the group NAME.
    """
    groups = {}
    for module in pkgutil.iter_modules(exoval.features.__path__):
        here = importlib.import_module(f"exoval.features.{module.name}")
        for group in vars(here).values():
            if getattr(group, "__module__", "") == here.__name__ and hasattr(group, "columns"):
                groups[module.name] = group()
    return groups
