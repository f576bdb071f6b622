"""A scenario of one .py and one .yaml is simulated, trained on and reported, meaning and all."""

import json

import numpy as np
import pytest

from exoval.models.fitted_model import load_fitted_model
from exoval.table.feature_table import load_feature_table

pytestmark = pytest.mark.slow


def test_it_is_simulated_and_its_label_comes_with_its_meaning(taught):
    manifest = json.loads((taught / "set/manifest.json").read_text())
    assert manifest["counts"]["white_dwarf_binary"]["kept"] > 5
    table = load_feature_table(taught / "set/features.parquet")
    rows = table.labels == "white_dwarf_binary"
    assert set(table.frame["disposition"][rows]) == {"false_positive"}
    assert table.meanings["white_dwarf_binary"].short == "WD"
    assert manifest["labels"]["white_dwarf_binary"]["transits"] == "star"


def test_it_is_trained_on_and_reported_without_its_code(taught):
    metrics = json.loads((taught / "run/metrics.json").read_text())
    assert metrics["labels"]["white_dwarf_binary"]["on_target"] is True
    assert "learned planets against WD from" in metrics["verdict"][0]
    assert "against WD" in (taught / "run/report.html").read_text()


def test_the_model_knows_what_counts_as_planet(taught):
    model = load_fitted_model(taught / "run/models/forest")
    assert model.classes == ["planet", "white_dwarf_binary"]
    assert model.meanings["white_dwarf_binary"].description.startswith("white dwarf")
    table = load_feature_table(taught / "set/features.parquet")
    probability = model.probabilities(table)
    np.testing.assert_array_equal(model.planet_probability(table)[0], probability[:, 0])
