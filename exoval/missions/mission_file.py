"""A mission from a user's own yaml in any folder.

The yaml holds the arguments of ``described_mission`` (conf/mission/template.yaml explains each), or
names another function of this package as ``_target_``. Parts listed in ``PLAIN_PARTS`` need no
``_target_``. A list ``defaults`` names mission files whose settings it extends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from exoval.allow_list import CONF
from exoval.build import DEEPEST, build
from exoval.errors import BadParameter, DataNotFound, reason_of

if TYPE_CHECKING:
    from exoval.missions.mission import Mission

DESCRIBED = "exoval.missions.described_mission.described_mission"
#: the class of a mission's part where the yaml gives no ``_target_``
PLAIN_PARTS = {
    ("noise",): "exoval.noise.procedural_noise.ProceduralNoise",
    ("noise", "schedule"): "exoval.noise.schedule.Schedule",
    ("noise", "white"): "exoval.noise.white_noise.WhiteNoise",
    ("noise", "centroid"): "exoval.noise.centroid_jitter.CentroidJitter",
    ("targets",): "exoval.populations.target_stars.TargetStars",
}
#: values that a mission's yaml may hold; the shipped ones hold about a hundred
MOST_VALUES = 10_000


def is_mission_file(value: str) -> bool:
    """Return whether the value of ``mission=`` is a path rather than a name."""
    return Path(value).suffix.lower() in (".yaml", ".yml") or "/" in value or "\\" in value


def mission_settings(path: str | Path) -> dict:
    """Return the settings of a mission's yaml, with the ``_target_`` of its plain parts filled in.

    A yaml with ``defaults`` is returned unchanged: the files that it extends name these. Raises
    DataNotFound for a missing file and BadParameter if it is not a yaml of settings.
    """
    if not Path(path).is_file():
        raise DataNotFound(
            f"no mission file {path}; give the path of a yaml that describes a "
            "mission, or the name of one that is already known"
        )
    try:
        settings = yaml.safe_load(Path(path).read_text())
    except (yaml.YAMLError, ValueError, OSError, RecursionError) as error:
        raise BadParameter(
            f"{path} is not a yaml ({reason_of(error)}); conf/mission/template.yaml shows the form"
        ) from error
    if not isinstance(settings, dict):
        raise BadParameter(
            f"{path} holds no settings; give lines such as exposure_seconds: 600, "
            "as in conf/mission/template.yaml"
        )
    settings = _plain(settings, path, [MOST_VALUES])
    if "defaults" in settings:
        return settings
    settings = {"_target_": DESCRIBED, **settings}
    if settings["_target_"] == DESCRIBED:
        settings.setdefault("name", option_name(path))
    for place, target in PLAIN_PARTS.items():
        part = settings
        for key in place:
            part = part.get(key) if isinstance(part, dict) else None
        if isinstance(part, dict):
            part.setdefault("_target_", target)
    return settings


def _plain(value: object, path: str | Path, budget: list[int], depth: int = 0) -> object:
    """Convert numbers that YAML 1.1 reads as text, such as 1e-3 without a point.

    Raises BadParameter for a reference to other settings and for more than ``budget`` values: a
    few lines of yaml that repeat one another can stand for billions.
    """
    budget[0] -= 1
    if budget[0] < 0:
        raise BadParameter(f"{path} holds more than {MOST_VALUES} values; give those of a mission")
    if depth > DEEPEST:
        # an entry may hold itself
        raise BadParameter(
            f"{path}: settings lie more than {DEEPEST} deep in one another; give flat ones"
        )
    if isinstance(value, dict):
        return {key: _plain(part, path, budget, depth + 1) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part, path, budget, depth + 1) for part in value]
    if isinstance(value, str) and "${" in value:
        raise BadParameter(
            f"{path} refers to other settings ({value[:80]}); a mission's file gives values"
        )
    exponential = isinstance(value, str) and re.fullmatch(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+", value)
    return float(value) if exponential else value


def read_mission(path: str | Path, *, others: str | Path | None = None) -> Mission:
    """Return the mission that a yaml describes.

    Missions named in its ``defaults`` lie beside it or in the folder ``others``. Raises
    DataNotFound for a missing file and BadParameter if it is not a yaml, names an unknown setting
    or has an impossible value.
    """
    return build(_merged(Path(path), Path(others or Path(path).parent)), "mission")


def mission_files(arguments: Sequence[str]) -> tuple[list[str], dict[str, dict]]:
    """Replace the paths after ``mission=`` in command-line arguments by names.

    Returns the arguments and the settings of each name. A sweep may mix paths and names, separated
    by commas. Raises as ``read_mission`` does.
    """
    files: dict[str, dict] = {}
    replaced = []
    for argument in arguments:
        key, equals, text = argument.partition("=")
        if key != "mission" or not equals:
            replaced.append(argument)
            continue
        values = [value.strip().strip("'\"") for value in text.split(",")]
        for number, value in enumerate(values):
            if is_mission_file(value):
                values[number] = _free_name(f"{option_name(value)}_file", files)
                # merged here: Hydra's defaults may name anything and put it anywhere
                files[values[number]] = _merged(Path(value), CONF[0] / "mission")
        replaced.append(f"mission={','.join(values)}")
    return replaced, files


def option_name(path: str | Path) -> str:
    """Return the name of a mission whose file does not give it."""
    return re.sub(r"\W", "_", Path(path).stem) or "mission"


def _free_name(name: str, taken: dict) -> str:
    number = 1
    while (free := name if number == 1 else f"{name}_{number}") in taken:
        number += 1
    return free


def _merged(path: Path, others: Path, above: tuple[Path, ...] = ()) -> dict:
    """The settings of a file over those of the missions in its ``defaults``."""
    if path in above:
        raise BadParameter(f"{path} extends itself; take its name out of defaults")
    settings = mission_settings(path)
    merged: dict = {}
    names = settings.pop("defaults", [])
    if not isinstance(names, list) or not all(_is_name(name) for name in names):
        raise BadParameter(
            f"{path} has defaults: {str(names)[:80]}; give a list of missions' names, such as "
            "[plato, _self_]"
        )
    for name in [*names, *([] if "_self_" in names else ["_self_"])]:
        beside = path.parent / f"{name}.yaml"
        other = (
            settings
            if name == "_self_"
            else _merged(
                beside if beside.is_file() else others / f"{name}.yaml", others, (*above, path)
            )
        )
        merged = _over(other, merged)
    return merged


def _is_name(name: object) -> bool:
    return isinstance(name, str) and re.fullmatch(r"[\w-]{1,100}", name) is not None


def _over(upper: dict, lower: dict) -> dict:
    """Merge ``upper`` over ``lower``, key by key on every level."""
    both = {
        key: _over(value, lower[key])
        if isinstance(value, dict) and isinstance(lower.get(key), dict)
        else value
        for key, value in upper.items()
    }
    return {**lower, **both}
