"""Every classifier has a search space, of settings that it has and values that it takes."""

from pathlib import Path

import pytest
from hydra import compose, initialize_config_module
from hydra.utils import instantiate
from omegaconf import OmegaConf

import conf
from train.fitting.hyperparameter_search import HyperparameterSearch, first_settings

NAMES = sorted(
    path.stem for folder in conf.__path__ for path in Path(folder, "classifier").glob("*.yaml")
)


def composed(classifier):
    with initialize_config_module("conf", version_base="1.3"):
        return compose(
            "train", [f"classifier={classifier}", "tuning=optuna", "~real", "labelled_set=none"]
        )


def test_the_spaces_are_those_of_the_chosen_classifiers():
    assert set(composed("[logistic,forest]").tuning.space) == {"logistic", "forest"}


def test_tuning_is_built_and_others_are_not():
    tuning = instantiate(composed("logistic").tuning, _convert_="all")
    assert isinstance(tuning, HyperparameterSearch) and tuning.trials == 40


@pytest.mark.parametrize("name", NAMES)
def test_a_space_holds_settings_that_the_classifier_has_and_its_own_values(name):
    config = composed(name)
    ranges = OmegaConf.to_container(config.tuning.space)[name]
    if name == "boosted_trees":
        pytest.importorskip("xgboost")
    classifier = instantiate(config.classifier, _convert_="all")[name]
    assert set(ranges) <= set(classifier.get_params())
    # otherwise the first trial would not be the settings that the yaml gives
    given = {"max_features"} if name in ("forest", "extra_trees") else set()
    assert set(first_settings(classifier, ranges)) >= set(ranges) - given
