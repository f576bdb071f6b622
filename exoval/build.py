"""Build objects from settings; what settings may name is on the list of ``exoval.allow_list``."""

from __future__ import annotations

import difflib
import inspect
import math
from collections.abc import Callable

from exoval.allow_list import FUNCTION, allow, function_named, groups, part_named
from exoval.errors import BadParameter, ExovalError, listed, reason_of, shown
from exoval.schema import WORDS

__all__ = ["allow", "build", "check_settings"]

#: annotations, also with ``| None``, whose values are checked here; classes check their other
#: settings themselves
KINDS = {"float": float, "int": int, "str": str, "bool": bool}
#: whole numbers of settings: larger ones are no floats
MOST = 10**300
#: settings within settings, at most
DEEPEST = 50


def build(settings: object, place: str) -> object:
    """Build the object that settings with ``_target_`` describe, its parts first.

    Settings without ``_target_`` are returned as they are. ``place`` names the settings in
    messages, such as ``mission.noise``; where it begins with a group of ``conf``, the part is one
    that the yaml files of this group name. Raises BadParameter for a part that a file may not name
    (``exoval.allow_list``), for a setting that the part does not take, and for settings from which
    it cannot be built.
    """
    return _built(settings, place, ())


def check_settings(settings: object, place: str = "mission") -> None:
    """Raise BadParameter for what ``build`` would refuse to build, and build nothing.

    Settings that refer to others (``${...}``) are taken as they are.
    """
    _checked(settings, place, ())


def _built(settings: object, place: str, above: tuple[object, ...]) -> object:
    """Build what lies inside the parts ``above``, from the outermost to the next."""
    _refuse_depth(place)
    if isinstance(settings, list | tuple):
        return [_built(value, place, above) for value in settings]
    if not isinstance(settings, dict):
        return settings
    if "_target_" not in settings:
        return {
            key: _built(value, f"{place}.{str(key)[:60]}", above) for key, value in settings.items()
        }
    target = settings["_target_"]
    if target == FUNCTION:
        return function_named(settings.get("path"), place)
    maker = part_named(target, place, group=_group(place, above))
    values = {
        key: _built(value, f"{place}.{str(key)[:60]}", (*above, target))
        for key, value in settings.items()
        if key != "_target_"
    }
    _check(values, maker, place)
    try:
        return maker(**values)
    except ExovalError:
        raise
    except Exception as error:
        raise BadParameter(f"{place}: {reason_of(error)}; {_explained(place)}") from error


def _checked(settings: object, place: str, above: tuple[object, ...]) -> None:
    _refuse_depth(place)
    if isinstance(settings, list | tuple):
        for value in settings:
            _checked(value, place, above)
    if not isinstance(settings, dict):
        return
    target = settings.get("_target_")
    if target == FUNCTION:
        function_named(settings.get("path"), place)
        return
    if target is not None:
        values = {key: value for key, value in settings.items() if key != "_target_"}
        _check(values, part_named(target, place, group=_group(place, above)), place)
        above = (*above, target)
    for key, value in settings.items():
        _checked(value, f"{place}.{str(key)[:60]}", above)


def _refuse_depth(place: str) -> None:
    if place.count(".") > DEEPEST:
        raise BadParameter(
            f"{place[:60]}...: settings lie more than {DEEPEST} deep in one another; give flat ones"
        )


def _group(place: str, above: tuple[object, ...]) -> str | None:
    """The group of ``conf`` that lists what may stand at a place; None inside another part."""
    head = place.split(".")[0]
    return head if not above and head in groups() else None


def _explained(place: str) -> str:
    """Say where the settings of a place are explained."""
    group = place.split(".")[0]
    if group == "mission":
        return "conf/mission/template.yaml explains the settings of a mission"
    return f"conf/{group}/ has a yaml for every choice"


def _check(values: dict, maker: Callable[..., object], place: str) -> None:
    parameters = inspect.signature(maker).parameters.values()
    several = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
    takes_any = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters)
    known = {one.name: one for one in parameters if one.kind not in several}
    unknown = [key for key in values if key not in known and not takes_any]
    name = getattr(maker, "__name__", maker)
    if unknown:
        close = difflib.get_close_matches(str(unknown[0]), known, n=1)
        guess = f"did you mean {close[0]}? " if close else ""
        raise BadParameter(
            f"{place}: unknown setting {listed(unknown)}; {guess}{name} takes {', '.join(known)}"
        )
    for key, parameter in known.items():
        annotation = str(parameter.annotation)
        kind = KINDS.get(annotation.removesuffix(" | None"))
        is_open = values.get(key) is None and annotation.endswith(" | None")
        if key in values and kind and not is_open and not _is_of_kind(values[key], kind):
            raise BadParameter(
                f"{place}: {key}={shown(values[key])} is not {WORDS[kind]}; {_explained(place)}"
            )
    missing = [
        key
        for key, parameter in known.items()
        if key not in values and parameter.default is inspect.Parameter.empty
    ]
    if missing:
        raise BadParameter(f"{place}: {name} needs {', '.join(missing)}; {_explained(place)}")


def _is_of_kind(value: object, kind: type) -> bool:
    """Return whether a value is of one of ``KINDS``, or refers to another setting."""
    if isinstance(value, str):
        return kind is str or value.startswith("${")
    if isinstance(value, bool) or kind not in (float, int):
        return isinstance(value, kind)
    if isinstance(value, float):
        return kind is float and not math.isnan(value)
    return isinstance(value, int) and abs(value) <= MOST
