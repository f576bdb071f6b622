"""From the command line: simulate forty systems in the sample, train on them, vet a real planet."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def command(folder, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        text=True,
        check=False,
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
    )


@pytest.fixture(scope="module")
def loop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("loop")
    made = command(
        folder,
        "simulate",
        "experiment=quick",
        "n_systems=40",
        "output=set",
        "executor=serial",
        "pictures=1",
        EXOVAL_DATA="",
    )
    assert made.returncode == 0, made.stderr
    trained = command(
        folder,
        "train",
        "labelled_set=set",
        "output=model",
        "experiment=quick_train",
        "classifier=[sparse_gp,forest]",
        "bootstrap_resamples=20",
        EXOVAL_DATA="",
    )
    assert trained.returncode == 0, trained.stderr
    vetted = command(folder, "exoval", "vet", "model", "K00148.01", EXOVAL_DATA="")
    assert vetted.returncode == 0, vetted.stderr
    return folder, made, trained, vetted


def test_the_sample_is_said_loudly_everywhere(loop):
    folder, made, trained, vetted = loop
    said = "the sample that ships with exoval: 40 quarters of 36 stars"
    assert f"SMALL DATA: {said}" in made.stderr
    assert said in made.stdout and said in trained.stdout and f"! {said}" in vetted.stdout
    assert said in (folder / "model" / "report.html").read_text()
    manifest = json.loads((folder / "set" / "manifest.json").read_text())
    assert manifest["host"]["kind"] == "real" and said in manifest["host"]["warning"]


def test_its_real_objects_are_judged(loop):
    folder, _, trained, _ = loop
    judged = pd.read_csv(folder / "model" / "predictions_real.csv")
    assert (judged.disposition == "planet").sum() >= 20
    assert (judged.disposition == "false_positive").sum() == 10
    assert "real planets and 10 real false positives" in trained.stdout
    hosts = pd.read_csv(folder / "model" / "training_stars.csv")
    assert not set(judged.target) & set(hosts.target)


def test_the_posterior_on_the_sky_is_learned_judged_and_stated(loop, tmp_path):
    folder, _, _, vetted = loop
    metrics = json.loads((folder / "model" / "metrics.json").read_text())
    for name in ("sparse_gp", "forest"):
        assert (folder / "model" / "models" / name / "posterior.json").is_file()
        assert metrics["metrics"]["population"][name]["log_loss"]["value"] > 0
    assert metrics["sky"]["rates"]["no_transit"]["systems"] == 1
    assert "on the sky" in vetted.stdout
    (row,) = pd.read_csv(folder / "vetted.csv").to_dict("records")
    assert "posterior_verdict" in row
    explained = command(
        folder,
        "exoval",
        "explain",
        "model",
        "K00148.01",
        "--output",
        str(tmp_path / "terms.png"),
        EXOVAL_DATA="",
    )
    assert explained.returncode == 0, explained.stderr
    assert "systems_per_target" in explained.stdout
    assert (tmp_path / "terms.png").stat().st_size > 10_000


def test_the_vetted_planet_ends_in_one_line(loop):
    _, _, _, vetted = loop
    last = vetted.stdout.splitlines()[-1]
    assert last.startswith("K00148.01 is most probably: ")
    assert last.endswith("Ephemeris: K00148.01 in KOI (CONFIRMED).")


def test_nothing_is_written_beside_the_outputs(loop):
    folder, *_ = loop
    assert {path.name for path in folder.iterdir()} == {
        "set",
        "model",
        "vetted.csv",
        "vetted_manifest.json",
    }


def test_metrics_and_predictions_cover_the_held_out_stars(loop):
    folder, *_ = loop
    result = json.loads((folder / "model" / "metrics.json").read_text())
    assert set(result["metrics"]["simulated"]["by_classifier"]) == {"sparse_gp", "forest"}
    predictions = pd.read_csv(folder / "model" / "predictions_simulated.csv")
    assert len(predictions) == result["sets"]["test"]["rows"]
    assert predictions.sparse_gp_probability.between(0, 1).all()


def test_the_pictures_are_there_for_every_scenario(loop):
    pytest.importorskip("matplotlib")
    folder, *_ = loop
    drawn = {path.name.rpartition("-")[0] for path in (folder / "set" / "pictures").glob("*.png")}
    assert {"planet", "eclipsing_binary", "background_binary"} <= drawn


def test_an_output_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = command(tmp_path, "simulate", "n_systems=4", "output=file", "host=procedural")
    assert done.returncode == 2
    assert "error: cannot write to file" in done.stderr
    assert "Traceback" not in done.stderr


def test_real_hosts_without_data_say_how_to_get_them(tmp_path):
    asked = ("simulate", "mission=k2", "n_systems=4", "host=real", "output=set")
    done = command(tmp_path, *asked, EXOVAL_DATA="")
    assert done.returncode == 2
    assert "EXOVAL_DATA" in done.stderr and "lightkurve" in done.stderr
    assert "Traceback" not in done.stderr


def started(tmp_path):
    """A simulation by two workers that has finished its first batch."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "simulate",
            "n_systems=4000",
            "host=procedural",
            "output=set",
            "executor.workers=2",
            "batch_size=4",
        ],
        cwd=tmp_path,
        text=True,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    deadline = time.monotonic() + 90
    while not list(tmp_path.glob("set/shards/*.json")) and time.monotonic() < deadline:
        time.sleep(0.2)
    return process


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_at_once_says_how_to_go_on_and_leaves_no_worker(tmp_path, end):
    process = started(tmp_path)
    process.send_signal(end)
    # the pipe closes only when the last worker that holds it has gone
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "the same command again goes on from here" in errors
    assert "Traceback" not in errors


def test_workers_do_not_outlive_a_process_that_is_killed(tmp_path):
    process = started(tmp_path)
    process.kill()
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL
