"""Training that is killed at a random time and started again ends as an uninterrupted one."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from labelled_sets import gaussian_table, write_labelled_set

ROOT = Path(__file__).parents[3]
ARGUMENTS = (
    "labelled_set=set",
    "classifier=[logistic,sparse_gp]",
    "~real",
    "learning_curve=[]",
    "error_draws=0",
    "bootstrap_resamples=10",
    "classifier.sparse_gp.inducing_points=40",
    "classifier.sparse_gp.epochs=60",
    "classifier.sparse_gp.patience=60",
)


def started(folder, output):
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "train", *ARGUMENTS, f"output={output}"],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )


def finished(folder, output):
    process = started(folder, output)
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    metrics = json.loads((folder / output / "metrics.json").read_text())
    return metrics, pd.read_csv(folder / output / "predictions_simulated.csv")


@pytest.mark.slow
def test_killed_and_started_again(tmp_path):
    write_labelled_set(tmp_path / "set", gaussian_table(rows=1200, stars=200, separation=0.5))
    killed = started(tmp_path, "killed")
    checkpoint = tmp_path / "killed" / "checkpoints" / "sparse_gp-all.pt"
    deadline = time.monotonic() + 120
    while not checkpoint.exists() and killed.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(np.random.default_rng().uniform(0, 0.3))
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert checkpoint.exists() and not (tmp_path / "killed" / "metrics.json").exists()

    metrics, predictions = finished(tmp_path, "killed")
    expected, straight = finished(tmp_path, "straight")
    pd.testing.assert_frame_equal(predictions, straight, atol=1e-6, rtol=0)
    for key in ("metrics", "sets", "novelty"):
        assert metrics[key] == expected[key]
    assert not (tmp_path / "killed" / "checkpoints").exists()
