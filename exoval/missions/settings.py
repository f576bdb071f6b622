"""Parts of exoval from settings that name them, with a clear word on knobs nobody knows."""

from __future__ import annotations

import difflib
import importlib
import inspect
import math
from collections.abc import Callable

from exoval.errors import BadParameter

#: annotations of knobs whose values are checked here; all others check themselves
KINDS = {"float": "number", "int": "whole number"}


def built(settings: object, place: str) -> object:
    """The object that settings with ``_target_`` describe, parts first; other values as they are.

    ``place`` names them in messages. Only parts of exoval are built. Raises BadParameter.
    """
    if isinstance(settings, list):
        return [built(value, place) for value in settings]
    if not isinstance(settings, dict):
        return settings
    values = {
        key: built(value, f"{place}.{key}") for key, value in settings.items() if key != "_target_"
    }
    if "_target_" not in settings:
        return values
    maker = _maker(settings["_target_"], place)
    _check(values, maker, place)
    try:
        return maker(**values)
    except TypeError as error:
        raise BadParameter(
            f"{place}: {error}; conf/mission/template.yaml explains the knobs"
        ) from error


def check_mission_settings(settings: object, *, place: str = "mission") -> None:
    """Raise BadParameter for a knob nobody knows, with what there is instead, or one that lacks.

    Parts that are not of exoval are left to whoever builds them.
    """
    if isinstance(settings, list):
        for value in settings:
            check_mission_settings(value, place=place)
    if not isinstance(settings, dict):
        return
    if str(settings.get("_target_", "")).startswith("exoval."):
        _check(settings, _maker(settings["_target_"], place), place)
    for key, value in settings.items():
        check_mission_settings(value, place=f"{place}.{key}")


def _maker(target: str, place: str) -> Callable[..., object]:
    module, _, name = str(target).rpartition(".")
    if not module.startswith("exoval."):
        raise BadParameter(
            f"{place}: _target_ {target} is no part of exoval; name one of "
            "exoval.missions, exoval.noise or exoval.populations"
        )
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise BadParameter(
            f"{place}: there is no {target}; conf/mission/template.yaml names the "
            "parts of a mission"
        ) from error


def _check(values: dict, maker: Callable[..., object], place: str) -> None:
    parameters = inspect.signature(maker).parameters
    known = list(parameters)
    unknown = [key for key in values if key not in known and not str(key).startswith("_")]
    name = getattr(maker, "__name__", maker)
    if unknown:
        close = difflib.get_close_matches(str(unknown[0]), known, n=1)
        guess = f"did you mean {close[0]}? " if close else ""
        raise BadParameter(
            f"{place}: unknown knob {', '.join(map(str, unknown))}; {guess}"
            f"{name} takes {', '.join(known)}"
        )
    for key in known:
        if key in values and not _is_of_kind(values[key], str(parameters[key].annotation)):
            raise BadParameter(
                f"{place}: {key}={values[key]!r} is no "
                f"{KINDS[str(parameters[key].annotation)]}; "
                "conf/mission/template.yaml explains the knobs"
            )
    missing = [
        key
        for key in known
        if key not in values and parameters[key].default is inspect.Parameter.empty
    ]
    if missing:
        raise BadParameter(
            f"{place}: {name} needs {', '.join(missing)}; conf/mission/template.yaml explains them"
        )


def _is_of_kind(value: object, annotation: str) -> bool:
    """Whether a value is what a knob is annotated as, as far as it is a number."""
    if annotation not in KINDS or str(value).startswith("${"):
        return True
    if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(value):
        return False
    return annotation == "float" or isinstance(value, int)
