"""The mission of a name, with its default settings."""

from __future__ import annotations

import importlib

from exoval.errors import BadParameter
from exoval.missions.mission import Mission


def named_mission(name: str) -> Mission:
    """The mission that ``exoval/missions/NAME.py`` describes.

    Raises BadParameter if there is none of that name.
    """
    try:
        module = importlib.import_module(f"exoval.missions.{name}")
        mission = getattr(module, name)()
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise BadParameter(
            f"no mission named '{name}': write exoval/missions/{name}.py, or give "
            "what is needed of the mission yourself"
        ) from error
    return mission
