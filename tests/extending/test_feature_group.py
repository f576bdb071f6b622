"""A feature group of one .py and one .yaml is measured, stands in the table, and is read back."""

import json

import numpy as np
from light_curves import folded
from recipe_run import QUICK, done

from exoval.ephemeris import Ephemeris
from exoval.features.feature_group import default_features
from exoval.recipe import read_recipe
from exoval.table.feature_table import load_feature_table

PATHS = ("exoval/features/asymmetry.py", "conf/feature/asymmetry.yaml")


def test_the_folder_is_the_list(add):
    before = default_features()
    add(*PATHS)
    assert set(default_features()) - set(before) == {"asymmetry"}


def test_it_is_measured_and_in_the_table(tmp_path, add):
    found = add(*PATHS)
    asked = ("feature=[all,asymmetry]", "scenario=[planet]", "n_systems=3", "views=false")
    done(tmp_path, "simulate", found, *QUICK, *asked, "output=set")
    table = load_feature_table(tmp_path / "set/features.parquet")
    column = next(one for one in table.columns if one.name == "asymmetry")
    assert column.unit == "sigma"
    assert len(table.columns) > 50
    assert np.isfinite(table.frame["asymmetry"]).any()
    manifest = json.loads((tmp_path / "set/manifest.json").read_text())
    recipe = read_recipe(manifest["recipe"], "manifest.json")
    event = folded(Ephemeris(3.3, 2.0, 0.25), 2e-3)
    # a transit ends as it begins
    assert abs(recipe.features["asymmetry"](event)["asymmetry"]) < 4
