"""A search of one .py and one .yaml finds the events of a simulation and of its recipe."""

import json

from recipe_run import done

from exoval.recipe import read_recipe
from exoval.table.feature_table import load_feature_table


def test_a_simulation_searches_with_it(tmp_path, add):
    found = add("exoval/search/coarse.py", "conf/search/coarse.yaml")
    done(
        tmp_path,
        "simulate",
        found,
        "search=coarse",
        "+search.periods=2000",
        "host=procedural",
        "executor=serial",
        "feature=[ephemeris]",
        "scenario=[eclipsing_binary]",
        "mission.minimum_period_days=2",
        "mission.maximum_period_days=6",
        "mission.targets.faintest=11",
        "n_systems=4",
        "views=false",
        "output=set",
    )
    manifest = json.loads((tmp_path / "set/manifest.json").read_text())
    assert manifest["counts"]["eclipsing_binary"]["recovered"] > 0
    assert len(load_feature_table(tmp_path / "set/features.parquet")) > 0
    search = read_recipe(manifest["recipe"], "manifest.json").search
    assert (type(search).__name__, search.periods) == ("CoarseSearch", 2000)
