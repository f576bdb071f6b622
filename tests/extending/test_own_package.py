"""A part of another package is built from a file once its module has named it by ``allow``."""

import importlib
import json

import pytest
from recipe_run import QUICK, done

from exoval import build
from exoval.errors import BadTable
from exoval.recipe import read_recipe


def test_a_set_made_with_it_is_read_where_it_is_allowed(tmp_path, add, monkeypatch):
    monkeypatch.setattr(build, "_allowed", {})
    found = add("mypackage/long_median.py", "conf/detrend/long_median.yaml")
    asked = ("detrend=long_median", "scenario=[planet]", "n_systems=1", "feature=[ephemeris]")
    done(tmp_path, "simulate", found, *QUICK, *asked, "views=false", "output=set")
    recipe = json.loads((tmp_path / "set/manifest.json").read_text())["recipe"]
    # a process that never imported the module knows nothing of it
    monkeypatch.setattr(build, "_allowed", {})
    with pytest.raises(BadTable, match=r"mypackage.long_median.LongMedian is not a part of exoval"):
        read_recipe(recipe, "manifest.json")
    importlib.reload(importlib.import_module("mypackage.long_median"))
    assert read_recipe(recipe, "manifest.json").detrend.window_days == 3.0
