"""A part of another package is built from a file once its module has named it by ``allow``."""

import importlib
import json

import pytest
from commands import run_command
from recipe_run import QUICK, done

from exoval import allow_list
from exoval.errors import BadTable
from exoval.recipe import read_recipe


def test_a_set_made_with_it_is_read_where_it_is_allowed(tmp_path, add, monkeypatch):
    monkeypatch.setattr(allow_list, "_allowed", {})
    found = add("mypackage/long_median.py", "conf/detrend/long_median.yaml")
    asked = ("detrend=long_median", "scenario=[planet]", "n_systems=1", "feature=[ephemeris]")
    command = ("simulate", found, *QUICK, *asked, "views=false", "output=set")
    refused = run_command(tmp_path, *command)
    assert refused.returncode == 2
    assert "EXOVAL_PARTS" in refused.stderr
    monkeypatch.setenv("EXOVAL_PARTS", "mypackage.long_median")
    done(tmp_path, *command)
    recipe = json.loads((tmp_path / "set/manifest.json").read_text())["recipe"]
    # a process that never imported the module knows nothing of it
    monkeypatch.delenv("EXOVAL_PARTS")
    monkeypatch.setattr(allow_list, "_allowed", {})
    with pytest.raises(BadTable, match=r"may not name .mypackage.long_median.LongMedian"):
        read_recipe(recipe, "manifest.json")
    importlib.reload(importlib.import_module("mypackage.long_median"))
    assert read_recipe(recipe, "manifest.json").detrend.window_days == 3.0
