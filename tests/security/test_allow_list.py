"""The list of what a file may name is exact."""

import sys
from pathlib import Path

import pytest
from payloads import mark, ways

from exoval import allow_list
from exoval.allow_list import function_named, part_named, task_named
from exoval.build import build, check_settings
from exoval.errors import BadParameter

__all__ = ["mark"]
PROJECT = {"exoval", "simulate", "train", "sklearn"}


def test_a_payload_would_leave_its_mark(mark):
    import os

    os.mkdir(**{"path": str(mark)})
    assert mark.exists()


@pytest.mark.parametrize("place", ["mission", "detrend", "feature.shape", "anywhere"])
@pytest.mark.parametrize("make", ways())
def test_no_payload_is_built_at_any_place(make, place, mark):
    with pytest.raises(BadParameter):
        build(make(str(mark)), place)
    with pytest.raises(BadParameter):
        check_settings(make(str(mark)), place)
    assert not mark.exists()


def test_everything_on_the_list_exists_and_is_of_the_project():
    listed = allow_list._listed()
    assert len(listed.names) > 90
    for name in sorted(listed.names):
        assert name.split(".")[0] in PROJECT
        if "boosted_trees" not in name:
            assert callable(part_named(name, "it")), name
    for name in listed.functions:
        assert callable(function_named(name, "it"))
    for name in listed.tasks:
        assert callable(task_named(name))


def test_a_part_stands_only_in_its_own_group():
    with pytest.raises(BadParameter, match=r"search: a file may not name .*Biweight"):
        build({"_target_": "exoval.detrend.biweight.Biweight"}, "search")


@pytest.mark.parametrize("name", [None, 3, ["os.mkdir"], {"a": 1}, "", ".", "os", "x" * 10**6])
def test_what_is_no_name_is_refused_in_short(name):
    with pytest.raises(BadParameter) as caught:
        build({"_target_": name}, "detrend")
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "task", ["os.getcwd", "train.__main__.sys.exit", "train.run.shutil.rmtree", "train.run.log"]
)
def test_a_task_is_one_of_the_list(task):
    with pytest.raises(BadParameter, match="task: a file may not name"):
        task_named(task)


def test_modules_of_a_user_are_imported_where_the_environment_lists_them(tmp_path, monkeypatch):
    monkeypatch.setattr(allow_list, "_allowed", {})
    text = "from exoval.build import allow\n@allow\nclass Mine:\n    size = 3\nclass Other: pass\n"
    (tmp_path / "own_part_of_a_user.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    settings = {"_target_": "own_part_of_a_user.Mine"}
    with pytest.raises(BadParameter, match="EXOVAL_PARTS"):
        build(settings, "detrend")
    assert "own_part_of_a_user" not in sys.modules
    monkeypatch.setenv("EXOVAL_PARTS", "own_part_of_a_user")
    assert build(settings, "detrend").size == 3
    with pytest.raises(BadParameter, match="may not name"):
        build({"_target_": "own_part_of_a_user.Other"}, "detrend")
    monkeypatch.setenv("EXOVAL_PARTS", "no_such_module")
    with pytest.raises(BadParameter, match="no_such_module"):
        build({"_target_": "no_such_module.Mine"}, "detrend")


def test_hydra_is_new_enough_to_refuse_by_itself():
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert '"hydra-core>=1.3.8"' in project
