"""Objects from settings, out of the one list of what a file may name.

A labelled set, a model and a mission's yaml are data: they say by ``_target_`` which parts they
were made with. What they may name are the parts of exoval (classes of the folders in ``ROOMS`` and
functions that return a mission), and what a user's own Python code allows by calling ``allow``.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import math
from collections.abc import Callable, Collection
from typing import TypeVar

from exoval.errors import BadParameter

#: folders of exoval whose classes a file may name
ROOMS = (
    "detrend",
    "features",
    "missions",
    "noise",
    "physics",
    "populations",
    "search",
    "views",
)
#: what functions that a file may name return
MADE_BY_FUNCTIONS = "Mission"
#: annotations of settings whose values are checked here; all others check themselves
KINDS = {"float": "number", "int": "whole number"}

Part = TypeVar("Part", bound=Callable[..., object])
_allowed: dict[str, Callable[..., object]] = {}


def allow(part: Part) -> Part:
    """Let files name a class or function of one's own; returns it, so it serves as a decorator.

    The name that files use is that of its module and its own: ``mypackage.module.MyFeatures``.
    """
    _allowed[f"{part.__module__}.{part.__qualname__}"] = part
    return part


def build(settings: object, place: str) -> object:
    """The object that settings with ``_target_`` describe, parts first; other values as they are.

    ``place`` names them in messages, such as ``mission.noise``. Raises BadParameter for a part
    that a file may not name, and for settings that it does not take.
    """
    if isinstance(settings, list):
        return [build(value, place) for value in settings]
    if not isinstance(settings, dict):
        return settings
    values = {
        key: build(value, f"{place}.{key}") for key, value in settings.items() if key != "_target_"
    }
    if "_target_" not in settings:
        return values
    maker = _maker(settings["_target_"], place)
    _check(values, maker, place)
    try:
        return maker(**values)
    except TypeError as error:
        raise BadParameter(f"{place}: {error}; {_explained(place)}") from error


def is_part(name: str, rooms: Collection[str]) -> bool:
    """Whether a dotted name is a class of some folders of exoval, or was allowed by ``allow``.

    To find out, modules of these folders are imported and no others.
    """
    if name in _allowed:
        return True
    module, _, own = name.rpartition(".")
    return is_own_class(module, own) if _lies_in(module, rooms) else False


def is_own_class(module: str, name: str) -> bool:
    """Whether a module, which is imported, defines a class; what it merely imports is not its."""
    try:
        made = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        return False
    return inspect.isclass(made) and made.__module__ == module


def check_settings(settings: object, place: str = "mission") -> None:
    """Raise BadParameter for an unknown setting, with the nearest known one, or a missing one.

    Parts that are not of exoval are left to whoever builds them.
    """
    if isinstance(settings, list):
        for value in settings:
            check_settings(value, place)
    if not isinstance(settings, dict):
        return
    if str(settings.get("_target_", "")).startswith("exoval."):
        _check(settings, _maker(settings["_target_"], place), place)
    for key, value in settings.items():
        check_settings(value, f"{place}.{key}")


def _maker(target: str, place: str) -> Callable[..., object]:
    """The class or function of a dotted name; BadParameter unless a file may name it."""
    target = str(target)
    if target in _allowed:
        return _allowed[target]
    module, _, name = target.rpartition(".")
    if module.split(".")[0] != "exoval":
        raise BadParameter(
            f"{place}: _target_ {target} is no part of exoval; name one of "
            f"{', '.join(f'exoval.{room}' for room in ROOMS)}, or allow your own by "
            "exoval.build.allow"
        )
    try:
        made = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise BadParameter(f"{place}: there is no {target}; {_explained(place)}") from error
    if not _may_be_named(made, module):
        raise BadParameter(
            f"{place}: {target} is not something that a file may name; {_explained(place)}"
        )
    return made


def _may_be_named(made: object, module: str) -> bool:
    """Whether something found in a module is one of its own parts."""
    if not _lies_in(module, ROOMS):
        return False
    # what a module merely imports, such as os, is no part of it
    if getattr(made, "__module__", None) != module:
        return False
    if inspect.isclass(made):
        return True
    return inspect.isfunction(made) and made.__annotations__.get("return") == MADE_BY_FUNCTIONS


def _lies_in(module: str, rooms: Collection[str]) -> bool:
    """Whether a module is one of exoval and lies in one of its folders."""
    package, _, inside = module.partition(".")
    return package == "exoval" and inside.partition(".")[0] in rooms


def _explained(place: str) -> str:
    """Where a reader finds what the settings of a place mean."""
    group = place.split(".")[0]
    if group == "mission":
        return "conf/mission/template.yaml explains the settings of a mission"
    return f"conf/{group}/ has a yaml for every choice"


def _check(values: dict, maker: Callable[..., object], place: str) -> None:
    parameters = inspect.signature(maker).parameters
    known = list(parameters)
    unknown = [key for key in values if key not in known and not str(key).startswith("_")]
    name = getattr(maker, "__name__", maker)
    if unknown:
        close = difflib.get_close_matches(str(unknown[0]), known, n=1)
        guess = f"did you mean {close[0]}? " if close else ""
        raise BadParameter(
            f"{place}: unknown setting {', '.join(map(str, unknown))}; {guess}"
            f"{name} takes {', '.join(known)}"
        )
    for key in known:
        if key in values and not _is_of_kind(values[key], str(parameters[key].annotation)):
            raise BadParameter(
                f"{place}: {key}={values[key]!r} is no "
                f"{KINDS[str(parameters[key].annotation)]}; {_explained(place)}"
            )
    missing = [
        key
        for key in known
        if key not in values and parameters[key].default is inspect.Parameter.empty
    ]
    if missing:
        raise BadParameter(f"{place}: {name} needs {', '.join(missing)}; {_explained(place)}")


def _is_of_kind(value: object, annotation: str) -> bool:
    """Whether a value is what a setting is annotated as, as far as it is a number."""
    if annotation not in KINDS or str(value).startswith("${"):
        return True
    if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(value):
        return False
    return annotation == "float" or isinstance(value, int)
