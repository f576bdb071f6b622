"""A mission by its name, with default settings."""

from __future__ import annotations

import importlib

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
