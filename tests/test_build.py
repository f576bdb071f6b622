"""Files name parts of exoval and what a user allows, and nothing else."""

import sys
from types import ModuleType

import pytest

from exoval import allow_list
from exoval.build import allow, build, check_settings
from exoval.detrend.biweight import Biweight
from exoval.errors import BadParameter


def test_settings_become_objects_parts_first():
    made = build({"a": [{"_target_": "exoval.detrend.biweight.Biweight"}, 3], "b": "text"}, "x")
    assert made == {"a": [Biweight(), 3], "b": "text"}


@pytest.mark.parametrize(
    "target",
    [
        "os.system",
        "builtins.eval",
        # found in a module of exoval, which merely imports it
        "exoval.running.worker_pool.os",
        "exoval.running.worker_pool.os.system",
        "exoval.missions.mission_file.re.compile",
        "exoval.missions.mission_file.build",
        # of exoval, but no part that measures anything
        "exoval.running.worker_pool.in_workers",
        "exoval.models.model_archive.read_archive",
        "exoval.build.allow",
        # a function that makes no mission
        "exoval.missions.mission_file.mission_settings",
        "exoval.detrend.biweight",
        "exoval",
        "",
    ],
)
def test_what_is_no_part_is_not_built(target, monkeypatch):
    with pytest.raises(BadParameter, match="detrend"):
        build({"_target_": target, "command": "touch mark"}, "detrend")


def test_an_own_part_is_built_once_it_is_allowed(monkeypatch):
    module = ModuleType("mypackage_parts")

    class Mine:
        def __init__(self, size: int = 1):
            self.size = size

    Mine.__module__, Mine.__qualname__ = module.__name__, "Mine"
    module.Mine = Mine
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(allow_list, "_allowed", {})
    with pytest.raises(BadParameter, match=r"may not name 'mypackage_parts\.Mine'"):
        build({"_target_": "mypackage_parts.Mine"}, "detrend")
    assert allow(Mine) is Mine
    assert build({"_target_": "mypackage_parts.Mine", "size": 3}, "detrend").size == 3


def test_an_unknown_setting_names_the_nearest_and_where_to_read():
    with pytest.raises(BadParameter, match=r"did you mean window_days\?") as caught:
        build({"_target_": "exoval.detrend.biweight.Biweight", "window_day": 2}, "detrend")
    assert "detrend: unknown setting window_day" in str(caught.value)
    with pytest.raises(BadParameter, match=r"conf/detrend/ has a yaml"):
        check_settings(
            {"_target_": "exoval.detrend.biweight.Biweight", "window_days": "x"}, "detrend"
        )
