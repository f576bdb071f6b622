"""Build objects from settings, from an allow-list of the classes that a file may name.

A labelled set, a model and a mission's yaml are data: their ``_target_`` entries say which parts
they were made with. They may name parts of exoval (classes in the folders of ``ROOMS`` and
functions that return a mission) and whatever a user's own Python code has passed to ``allow``.
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
#: a file may name a function only if it returns this class
MADE_BY_FUNCTIONS = "Mission"
#: annotations whose values are checked here; classes check their other settings themselves
KINDS = {"float": "number", "int": "whole number"}

Part = TypeVar("Part", bound=Callable[..., object])
_allowed: dict[str, Callable[..., object]] = {}


def allow(part: Part) -> Part:
    """Allow files to name your own class or function; returns it, so it works as a decorator.

    Files use its full dotted name, such as ``mypackage.module.MyFeatures``.
    """
    _allowed[f"{part.__module__}.{part.__qualname__}"] = part
    return part


def build(settings: object, place: str) -> object:
    """Build the object that settings with ``_target_`` describe, its parts first.

    Settings without ``_target_`` are returned as they are. ``place`` names the settings in
    messages, such as ``mission.noise``. Raises BadParameter for a part that a file may not name and
    for a setting that the part does not take.
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
    """Raise BadParameter for an unknown setting (naming the nearest known one) or a missing one.

    Parts from outside exoval are not checked here.
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
    """Return the class or function of a dotted name; BadParameter unless a file may name it."""
    target = str(target)
    if target in _allowed:
        return _allowed[target]
    module, _, name = target.rpartition(".")
    if module.split(".")[0] != "exoval":
        raise BadParameter(
            f"{place}: _target_ {target} is not a part of exoval; name one of "
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
    # a name that a module merely imports, such as os, does not count
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
    """Say where the settings of a place are explained."""
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
                f"{place}: {key}={values[key]!r} is not a "
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
    """Return whether a value matches a numeric annotation; True for other annotations."""
    if annotation not in KINDS or str(value).startswith("${"):
        return True
    if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(value):
        return False
    return annotation == "float" or isinstance(value, int)
