"""A mission of conf, built as the applications build it."""

from hydra import compose, initialize_config_module
from hydra.utils import instantiate

from exoval.missions.mission import Mission


def composed_mission(name: str) -> Mission:
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("simulate", [f"mission={name}"])
    return instantiate(config.mission, _convert_="all")
