"""Every feature group with its default settings, without any configuration."""

from __future__ import annotations

import importlib
import pkgutil

import exoval.features
from exoval.features.folded_event import FeatureGroup


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
