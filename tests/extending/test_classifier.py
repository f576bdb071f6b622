"""A classifier of one .py and one .yaml is fitted, saved, loaded, tuned and compared in a sweep."""

import json
import sys

import numpy as np
import pandas as pd
import pytest
from labelled_sets import gaussian_table, write_labelled_set
from recipe_run import RECIPES, added, done

from exoval.errors import BadTable
from exoval.models.fitted_model import load_fitted_model

PATHS = ("exoval/classifiers/nearest_mean.py", "conf/classifier/nearest_mean.yaml")
SHORT = (
    "real=none",
    "bootstrap_resamples=5",
    "learning_curve=[]",
    "error_draws=0",
    "labelled_set=set",
)


def test_it_is_fitted_saved_and_loaded_and_its_row_cap_counts(tmp_path, add):
    found = add(*PATHS)
    table = gaussian_table()
    write_labelled_set(tmp_path / "set", table)
    said = done(tmp_path, "train", found, *SHORT, "classifier=[nearest_mean]", "output=run")
    assert "nearest_mean: ROC AUC" in said
    saved = json.loads((tmp_path / "run/metrics.json").read_text())
    assert saved["configuration"]["row_cap"]["nearest_mean"] is None
    model = load_fitted_model(tmp_path / "run/models/nearest_mean")
    assert type(model.pipeline[-1]).__module__ == "exoval.classifiers.nearest_mean"
    written = pd.read_csv(tmp_path / "run/predictions_simulated.csv")
    rows = table.select(np.isin(table.frame["event"], written["event"]))
    probability = dict(zip(rows.frame["event"], model.planet_probability(rows)[0]))
    expected = written["event"].map(probability)
    np.testing.assert_allclose(written["nearest_mean_probability"], expected, rtol=1e-9)


def test_without_its_file_its_model_is_not_built(tmp_path):
    write_labelled_set(tmp_path / "set")
    with added(tmp_path, *PATHS) as found:
        done(tmp_path, "train", found, *SHORT, "classifier=[nearest_mean]", "output=run")
    assert "exoval.classifiers.nearest_mean" not in sys.modules
    with pytest.raises(BadTable, match="nearest_mean"):
        load_fitted_model(tmp_path / "run/models/nearest_mean")


def test_it_is_tuned_by_the_space_of_its_yaml(tmp_path, add):
    pytest.importorskip("optuna")
    found = add(*PATHS)
    write_labelled_set(tmp_path / "set")
    settings = ("classifier=[nearest_mean]", "tuning=optuna", "tuning.trials=3", "output=run")
    done(tmp_path, "train", found, *SHORT, *settings)
    tried = pd.read_csv(tmp_path / "run/trials.csv")
    assert len(tried) == 3 and tried["width"].between(0.1, 10.0).all()


def test_one_without_a_space_is_trained_and_only_refused_when_tuned(tmp_path, add):
    pytest.importorskip("optuna")
    found = add("conf/classifier/decision_tree.yaml")
    write_labelled_set(tmp_path / "set")
    settings = (found, *SHORT, "classifier=[decision_tree]", "output=run")
    assert "decision_tree: ROC AUC" in done(tmp_path, "train", *settings)
    with pytest.raises(AssertionError, match=r"no search space for decision_tree.*conf/classifier"):
        done(tmp_path, "train", *settings, "tuning=optuna")


def test_a_sweep_compares_it_with_others(tmp_path, add):
    found = add(*PATHS, "conf/classifier/decision_tree.yaml")
    write_labelled_set(tmp_path / "set")
    swept = ("classifier=nearest_mean,decision_tree", "output=sweep")
    done(tmp_path, "train", "-m", found, *SHORT, *swept)
    table = pd.read_csv(tmp_path / "sweep/sweep.csv")
    assert {"nearest_mean", "decision_tree"} <= set(table.astype(str).to_numpy().ravel())


def test_a_yaml_of_several_keys_without_its_first_line_says_what_is_missing(tmp_path, add):
    found = add(*PATHS)
    yaml = tmp_path / PATHS[1]
    yaml.write_text(yaml.read_text().partition("\n")[2])
    write_labelled_set(tmp_path / "set")
    with pytest.raises(AssertionError, match="'# @package _global_' as its first line"):
        done(tmp_path, "train", found, *SHORT, "classifier=[nearest_mean]", "output=run")


def test_the_page_shows_every_file_that_these_tests_use():
    assert set(PATHS) < set(RECIPES)
