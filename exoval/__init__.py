"""Vet transit candidates of a survey that has no labels yet.

``exoval.inject``, ``exoval.rebuild`` and ``exoval.reweight`` are at hand here; everything else is
in the module named after it.
"""

from __future__ import annotations

import importlib

#: functions offered by the package itself, and the module each is in
_OFFERED = {
    "inject": "injection.inject",
    "rebuild": "injection.inject",
    "reweight": "injection.importance_weights",
}


def __getattr__(name: str) -> object:
    """Import a function when it is first asked for, so that importing exoval costs nothing."""
    if name not in _OFFERED:
        raise AttributeError(f"module 'exoval' has no attribute '{name}'")
    return getattr(importlib.import_module(f"exoval.{_OFFERED[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_OFFERED])
