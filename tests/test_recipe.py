"""How events were measured is written and read in one way."""

import pytest
from hydra import compose, initialize_config_module
from hydra.utils import instantiate
from omegaconf import OmegaConf

from exoval.errors import BadTable
from exoval.missions.kepler import kepler
from exoval.recipe import PARTS, Recipe, read_recipe, recipe_settings
from exoval.views.fine import FineViews


def simulation(*overrides):
    with initialize_config_module("conf", version_base="1.3"):
        return compose("simulate", list(overrides))


def written(*overrides, segments=4):
    config = simulation(*overrides)
    return recipe_settings(
        {name: OmegaConf.to_container(config, resolve=True)[name] for name in PARTS}, segments
    )


def test_a_recipe_is_rebuilt_from_what_a_simulation_writes():
    rebuilt = read_recipe(written("search.minimum_transits=5"), "manifest.json")
    assert rebuilt.search.minimum_transits == 5 and rebuilt.search.threshold == 7.1
    assert rebuilt.segments_per_light_curve == 4
    assert "strength" in rebuilt.features and rebuilt.features["strength"].columns
    assert isinstance(rebuilt.view_form, FineViews)
    assert read_recipe(written("views=false"), "manifest.json").view_form is None


def test_a_rebuilt_recipe_equals_the_configurations_own_parts():
    config = simulation()
    rebuilt = read_recipe(written(), "manifest.json")
    for name, part in (("search", rebuilt.search), ("detrend", rebuilt.detrend)):
        assert instantiate(config[name], _convert_="all") == part
    groups = instantiate(config.feature, _convert_="all")
    # a recipe for one event of a star compares it with no others
    own = {"siblings", "ephemeris_match"}
    assert {name: one for name, one in groups.items() if name not in own} == rebuilt.features
    several = read_recipe(written("max_events=3", "survey_events=none.csv"), "manifest.json")
    assert several.features == groups and several.max_events == 3
    assert instantiate(config.mission, _convert_="all") == rebuilt.mission == rebuilt.simulated


def test_the_default_recipe_is_that_of_the_default_simulation():
    rebuilt, default = read_recipe(written(), "manifest.json"), Recipe(mission=kepler())
    assert default.search == rebuilt.search and default.detrend == rebuilt.detrend
    assert default.features == rebuilt.features


def test_light_curves_of_another_product_keep_the_range_of_periods_that_was_simulated():
    settings = written("mission.maximum_period_days=12")
    rebuilt = read_recipe(settings, "manifest.json", kepler())
    assert rebuilt.mission == kepler() and rebuilt.periods[1] == 12


def test_settings_that_do_not_say_how_are_refused_with_the_name_of_the_file():
    with pytest.raises(
        BadTable, match=r"set/manifest\.json does not .*\(no mission, detrend, search, feature"
    ):
        read_recipe({}, "set/manifest.json")


def test_a_file_cannot_name_code_outside_the_library(tmp_path):
    settings = written()
    settings["feature"]["shape"] = {"_target_": "os.mkdir", "path": str(tmp_path / "x")}
    with pytest.raises(BadTable, match=r"set/manifest\.json.*may not name .os\.mkdir"):
        read_recipe(settings, "set/manifest.json")
    assert not (tmp_path / "x").exists()


def test_events_are_compared_with_a_survey_only_if_the_recipe_names_one(tmp_path, caplog):
    assert "ephemeris_match" in simulation().feature
    assert not read_recipe(written(), "manifest.json").has_survey
    path = tmp_path / "survey.csv"
    path.write_text(
        "target,period_days,epoch_days,duration_hours,depth_ppm\nKIC 1,3.0,130.0,2.4,900\n"
    )
    rebuilt = read_recipe(written(f"survey_events={path}"), "manifest.json")
    assert len(rebuilt.survey_events) == 1 and "ephemeris_match" in rebuilt.features
    path.unlink()
    without = read_recipe(written(f"survey_events={path}"), "set/manifest.json")
    # its columns stay, as models need them, and are missing
    assert without.survey_events is None and "ephemeris_match" in without.features
    assert "set/manifest.json compares events with those of its survey" in caplog.text
