"""Labelled sets that cannot be learned from are refused with a sentence."""

import json

import pytest
from labelled_sets import write_labelled_set

from exoval.errors import BadTable
from train.data.labelled_set import read_labelled_set


def test_a_set_of_an_older_layout_is_refused(tmp_path):
    folder = write_labelled_set(tmp_path / "set")
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["recipe"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BadTable, match=r"older layout .* simulate it again"):
        read_labelled_set(folder)


def test_the_recipe_of_a_set_is_that_of_its_manifest(tmp_path):
    recipe = read_labelled_set(write_labelled_set(tmp_path / "set")).recipe()
    assert recipe.mission.name == "kepler" and list(recipe.features) == ["ephemeris"]
