"""A module that is imported when something of it is first used."""

from __future__ import annotations

import importlib
from typing import Any


class LazyModule:
    """Stands for a module that takes long to import, such as torch, where few paths need it.

    ``import`` under ``TYPE_CHECKING`` beside it says the same to readers and tools.

    >>> LazyModule("math").sqrt(4.0)
    2.0
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, own: str) -> Any:
        value = getattr(importlib.import_module(self._name), own)
        # found at once from now on
        vars(self)[own] = value
        return value
