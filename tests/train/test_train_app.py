import json
import subprocess
import sys
from pathlib import Path

import pytest
from commands import run_command
from hydra import compose, initialize_config_module
from labelled_sets import write_labelled_set

import train.__main__ as app
from exoval.errors import BadParameter

ROOT = Path(__file__).parents[2]


def composed(*overrides):
    with initialize_config_module("conf", version_base="1.3"):
        return compose("train", list(overrides))


def test_a_run_writes_into_its_output_and_nowhere_else(tmp_path):
    write_labelled_set(tmp_path / "set")
    done = run_command(
        tmp_path,
        "train",
        "labelled_set=set",
        "output=out",
        "classifier=logistic",
        "~real",
        "bootstrap_resamples=10",
    )
    assert done.returncode == 0, done.stderr
    assert "logistic: ROC AUC" in done.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"set", "out"}
    result = json.loads((tmp_path / "out" / "metrics.json").read_text())
    assert list(result["metrics"]["simulated"]["by_classifier"]) == ["logistic"]
    assert result["configuration"]["bootstrap_resamples"] == 10


def test_every_job_of_a_sweep_has_its_own_folder(tmp_path):
    write_labelled_set(tmp_path / "set")
    done = run_command(
        tmp_path,
        "train",
        "-m",
        "labelled_set=set",
        "output=out",
        "classifier=logistic",
        "~real",
        "bootstrap_resamples=10",
        "seed=0,1",
    )
    assert done.returncode == 0, done.stderr
    for number in (0, 1):
        result = json.loads((tmp_path / "out" / str(number) / "metrics.json").read_text())
        assert result["seed"] == number


def test_a_search_ends_with_the_winner_trained_and_goes_on(tmp_path):
    pytest.importorskip("optuna")
    write_labelled_set(tmp_path / "set")
    command = [
        "labelled_set=set",
        "output=out",
        "classifier=logistic",
        "~real",
        "tuning=optuna",
        "bootstrap_resamples=10",
        "learning_curve=[]",
        "error_draws=0",
        "tuning.folds=2",
    ]
    for trials in (2, 3):
        done = run_command(tmp_path, "train", *command, f"tuning.trials={trials}")
        assert done.returncode == 0, done.stderr
        result = json.loads((tmp_path / "out" / "metrics.json").read_text())
        assert result["tuning"]["logistic"]["trials"] == trials
    assert {"trials.csv", "trials.db", "trials.png", "models"} <= {
        path.name for path in (tmp_path / "out").iterdir()
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["search=box"], "Could not override 'search'"),
        (
            ["tuning=optuna", "task=train.tasks.transfer.transfer", "+source=null", "+target=null"],
            "takes no tuning",
        ),
    ],
)
def test_a_search_that_is_not_for_this_is_refused(tmp_path, arguments, message):
    write_labelled_set(tmp_path / "set")
    done = run_command(
        tmp_path, "train", "labelled_set=set", "classifier=logistic", "~real", *arguments
    )
    assert done.returncode != 0 and message in done.stderr


def test_a_foreseen_error_is_one_line_and_status_2(tmp_path):
    done = run_command(tmp_path, "train", "labelled_set=nowhere", "~real", "classifier=logistic")
    assert done.returncode == 2
    assert done.stderr.startswith("error: no features.parquet in labelled_set=nowhere")
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_unknown_classifier_lists_the_known_ones(tmp_path):
    done = run_command(tmp_path, "train", "labelled_set=set", "classifier=forrest")
    assert done.returncode != 0
    assert "forrest" in done.stderr and "histogram_gradient_boosting" in done.stderr


def test_showing_the_settings_does_not_wait_for_the_numerical_libraries():
    code = (
        "import sys, train.__main__; "
        "print({'torch', 'sklearn', 'matplotlib', 'pandas'} & set(sys.modules))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True, check=True
    )
    assert shown.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        ("classifier=forest", ["forest"]),
        ("classifier=sparse_gp", ["sparse_gp"]),
        ("classifier=[sparse_gp,forest]", ["sparse_gp", "forest"]),
    ],
)
def test_one_classifier_or_several_can_be_chosen(choice, names):
    assert list(composed(choice).classifier) == names
    assert list(composed().classifier) == ["sparse_gp", "forest"]


@pytest.mark.parametrize("name", ["isotonic", "platt", "temperature", "beta", "none"])
def test_every_calibration_can_be_built(name):
    config = composed(f"calibration={name}", "~real", "classifier=logistic", "labelled_set=set")
    assert callable(app._built(app._resolved(config))["calibration"])


def test_a_missing_setting_is_named():
    with pytest.raises(BadParameter, match=r"labelled_set has no usable value.*labelled_set="):
        app._resolved(composed())


def test_a_forced_setting_is_refused_with_the_known_ones():
    with pytest.raises(BadParameter, match="unknown setting foo; train takes seed"):
        app._reject_unknown({"foo": 1, "seed": 2}, {"seed", "settings"})


def test_a_setting_that_a_part_does_not_take_is_named_with_its_place():
    config = composed(
        "+classifier.logistic.depth=3", "classifier=logistic", "~real", "labelled_set=set"
    )
    with pytest.raises(BadParameter, match=r"classifier\.logistic: unknown setting depth"):
        app._built(app._resolved(config))


def test_a_part_that_refuses_its_value_speaks_for_itself():
    config = composed("split.test_share=0.9", "~real", "classifier=logistic", "labelled_set=set")
    with pytest.raises(BadParameter, match=r"^calibration_share and test_share"):
        app._built(app._resolved(config))


def test_settings_of_a_classifier_that_is_not_chosen_are_refused():
    config = composed(
        "labelled_set=set", "classifier=forest", "+classifier.sparse_gp.inducing_points=64"
    )
    with pytest.raises(BadParameter, match=r"classifier\.sparse_gp has settings"):
        app._built(app._resolved(config))
