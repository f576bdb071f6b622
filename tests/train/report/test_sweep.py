import json
import os

import numpy as np
import pandas as pd
import pytest
from commands import run_command
from labelled_sets import write_labelled_set

from train.report.sweep import by_setting, compare_jobs, jobs_table, varied_overrides


def result(loss, held_back, overrides, real=None):
    judged = {
        "log_loss": {"value": loss},
        "roc_auc": {"value": 1 - loss},
        "average_precision": {"value": 0.9},
        "calibration_error": {"value": 0.01},
    }
    theirs = (
        {}
        if real is None
        else {"forest": {"log_loss": {"value": real}, "roc_auc": {"value": None}}}
    )
    return {
        "configuration": {"overrides": overrides},
        "seconds": 3.0,
        "cards": {"forest": {"held_back_log_loss": held_back}},
        "metrics": {
            "simulated": {"by_classifier": {"forest": judged}},
            "real": {"by_classifier": theirs},
        },
    }


def write(folder, **jobs):
    for name, job in jobs.items():
        (folder / name).mkdir()
        (folder / name / "metrics.json").write_text(json.dumps(job))


def test_jobs_are_compared_by_what_differs_and_sorted_by_held_back_stars(tmp_path):
    write(
        tmp_path,
        a=result(0.1, 0.3, ["seed=0", "x.y=1", "output=o"], real=0.5),
        b=result(0.2, 0.2, ["seed=1", "x.y=1", "output=o"]),
        c=result(0.4, 0.1, ["seed=0", "+x.y=2", "output=o"]),
    )
    table = jobs_table(tmp_path)
    assert list(table["job"]) == ["c", "b", "a"]
    assert list(table.columns[:4]) == ["job", "classifier", "seed", "x.y"]
    assert table["real_log_loss"].isna().tolist() == [True, True, False]
    groups = by_setting(table)
    assert {name: sorted(rows["job"]) for name, rows in groups.items()} == {
        "forest, x.y=2": ["c"],
        "forest, x.y=1": ["a", "b"],
    }


def test_the_printed_table_has_mean_and_spread_over_seeds(tmp_path, capsys):
    write(tmp_path, a=result(0.1, 0.3, ["seed=0"]), b=result(0.3, 0.2, ["seed=1"]))
    table = compare_jobs(tmp_path)
    shown = capsys.readouterr().out
    assert f"0.2000 ± {np.std([0.1, 0.3], ddof=1):.4f}" in shown
    pd.testing.assert_frame_equal(
        pd.read_csv(tmp_path / "sweep.csv", float_precision="round_trip").astype(str),
        table.astype(str).replace("None", "nan"),
    )
    assert (tmp_path / "sweep.png").read_bytes().startswith(b"\x89PNG")


def test_metrics_of_an_earlier_sweep_are_not_ours(tmp_path):
    write(tmp_path, old=result(0.1, 0.3, []), new=result(0.1, 0.3, []))
    os.utime(tmp_path / "old" / "metrics.json", (1e9, 1e9))
    assert list(jobs_table(tmp_path, since=1.1e9)["job"]) == ["new"]
    assert jobs_table(tmp_path, since=1e11) is None


def test_what_all_jobs_share_or_lack_is_told_from_what_varies():
    assert varied_overrides({"a": ["same=1", "~real", "only=2"], "b": ["same=1", "~real"]}) == {
        "a": {"only": "2"},
        "b": {"only": ""},
    }


@pytest.mark.slow
def test_a_multirun_ends_with_one_table_and_figure(tmp_path):
    write_labelled_set(tmp_path / "set")
    done = run_command(
        tmp_path,
        "train",
        "-m",
        "labelled_set=set",
        "output=out",
        "~real",
        "classifier=logistic,linear_discriminant",
        "seed=0,1",
        "bootstrap_resamples=10",
        "learning_curve=[]",
        "error_draws=0",
    )
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(tmp_path / "out" / "sweep.csv", float_precision="round_trip")
    assert len(table) == 4 and set(table["seed"]) == {0, 1}
    assert (tmp_path / "out" / "sweep.png").is_file()
    assert done.stdout.count("\nlogistic  ") == 1
    row = table[(table["classifier"] == "logistic") & (table["seed"] == 1)].iloc[0]
    job = json.loads((tmp_path / "out" / str(row["job"]) / "metrics.json").read_text())
    assert row["log_loss"] == job["metrics"]["simulated"]["log_loss"]["value"]
    assert row["held_back_log_loss"] == job["held_back_log_loss"]
