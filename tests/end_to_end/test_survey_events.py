"""A labelled set whose events are compared with a survey's, and a model of it that vets others."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from commands import run_command, simulation

from exoval.catalogs.survey_list import read_survey_list
from exoval.ephemeris_match import NAMES
from exoval.errors import BadParameter
from exoval.vetting.trained_run import load_trained_run, with_survey_events
from simulate.run import run

SETTINGS = (
    "host=procedural",
    "detrend=biweight",
    "search=known_ephemeris",
    "views=false",
    "executor=serial",
)


def simulate(output, *overrides):
    """The table of features and the kept rows of the table of truths, by event."""
    settings, built = simulation(f"output={output}", *SETTINGS, *overrides)
    run(**built, settings=settings)
    features, truth = (
        pd.read_parquet(Path(output) / f"{name}.parquet").set_index("event")
        for name in ("features", "truth")
    )
    return features, truth.loc[features.index]


@pytest.fixture(scope="module")
def survey_file(tmp_path_factory):
    """Two hundred events, none of which coincides with anything but by chance."""
    random = np.random.default_rng(1)
    period = np.exp(random.uniform(0, 3, 200))
    path = tmp_path_factory.mktemp("survey") / "survey.csv"
    pd.DataFrame(
        {
            "target": [f"KIC {900000 + number}" for number in range(200)],
            "period_days": period,
            "epoch_days": 131 + period * random.random(200),
            "duration_hours": 3.0,
            "depth_ppm": 10 ** random.uniform(2, 5, 200),
        }
    ).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def compared(tmp_path_factory, survey_file):
    folder = tmp_path_factory.mktemp("compared")
    return folder, *simulate(
        folder / "set",
        "scenario=[planet,contaminating_binary]",
        "scenario.contaminating_binary.listed_share=0.7",
        "n_systems=50",
        f"survey_events={survey_file}",
    )


def test_a_leak_is_matched_with_its_parent_where_the_survey_lists_it(compared):
    _, features, truth = compared
    leaks = truth["label"] == "contaminating_binary"
    listed = leaks & (truth["parent_is_listed"] == 1)
    matched = features["has_deeper_match"] == 1
    assert listed.sum() >= 5 and matched[listed].mean() > 0.7
    # the parent's own dip is as deep as if all light were its own
    dilution = -np.log10(truth["source_share"])[listed & matched]
    assert features.loc[dilution.index, "match_depth"].to_numpy() == pytest.approx(
        dilution.to_numpy(), abs=0.3
    )
    assert (features["matching_stars"][~listed] == 0).mean() > 0.9
    assert np.isfinite(features["chance_matches"]).all()


def test_without_a_list_nothing_is_compared_and_all_else_is_the_same(compared, tmp_path):
    _, features, _ = compared
    without, _ = simulate(tmp_path, "scenario=[planet]", "n_systems=25")
    assert not set(NAMES) & set(without)
    planets = features[features["label"] == "planet"]
    pd.testing.assert_frame_equal(without, planets[list(without)], check_exact=True)


def test_a_model_compares_with_the_list_that_is_given(compared, survey_file):
    folder = compared[0]
    done = run_command(
        folder,
        "train",
        "labelled_set=set",
        "output=run",
        "classifier=[forest]",
        "bootstrap_resamples=20",
        "learning_curve=[]",
        "error_draws=0",
        "real=none",
    )
    assert done.returncode == 0, done.stderr
    trained = load_trained_run(folder / "run")
    assert len(trained.recipe.survey_events) == 200
    assert set(NAMES) <= {column.name for column in trained.models["forest"].columns}
    both = trained.recipe.survey_events.joined(read_survey_list(survey_file))
    assert len(with_survey_events(trained, both).recipe.survey_events) == 400
    blind = replace(trained, recipe=replace(trained.recipe, survey_events=None, has_survey=False))
    with pytest.raises(BadParameter, match="compares no event with those of other stars"):
        with_survey_events(blind, both)
