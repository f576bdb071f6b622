"""A mission by its name, with default settings, or by the name of a star or signal."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable
from pathlib import Path

import exoval.missions
from exoval.errors import BadParameter
from exoval.missions.mission import Mission


def named_mission(name: str) -> Mission:
    """Return the mission that ``exoval/missions/NAME.py`` describes.

    Raises BadParameter for an unknown name.

    >>> named_mission("tess").target_prefix
    'TIC'
    """
    try:
        module = importlib.import_module(f"exoval.missions.{name}")
        mission = getattr(module, name)()
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise BadParameter(
            f"no mission named '{name}': write exoval/missions/{name}.py, or "
            "describe the mission in a yaml and give its path"
        ) from error
    return mission


def default_missions() -> list[Mission]:
    """The missions of ``exoval/missions`` with default settings, in alphabetical order.

    A file NAME.py with a function NAME that needs no argument describes one.
    """
    found = []
    for module in pkgutil.iter_modules(exoval.missions.__path__):
        # looked up in the text: importing lightkurve's reader takes seconds
        file = Path(module.module_finder.path) / f"{module.name}.py"
        if f"\ndef {module.name}(" in file.read_text():
            try:
                found.append(named_mission(module.name))
            except BadParameter:
                continue
    return found


def mission_naming(target: str, missions: Iterable[Mission]) -> Mission | None:
    """The first mission one of whose ``name_prefixes`` are the letters that a name begins with."""
    letters = re.match("[A-Za-z]*", target.strip())[0].upper()
    for mission in missions:
        if letters and letters in (prefix.upper() for prefix in mission.name_prefixes):
            return mission
    return None
