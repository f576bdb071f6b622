"""Every feature group with its default settings, without any configuration."""

from __future__ import annotations

import importlib
import pkgutil

import exoval.features
from exoval.features.folded_event import FeatureGroup


def default_features() -> dict[str, FeatureGroup]:
    """The groups in ``exoval/features`` by the name of their file.

    ``NAME.py`` holds a group if it has a class ``NameFeatures`` with declared columns.
    """
    groups = {}
    for module in pkgutil.iter_modules(exoval.features.__path__):
        here = importlib.import_module(f"exoval.features.{module.name}")
        group = getattr(here, f"{module.name.title().replace('_', '')}Features", None)
        if group is not None and hasattr(group, "columns"):
            groups[module.name] = group()
    return groups
