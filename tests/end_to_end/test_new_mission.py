"""docs/new_mission.md runs as it stands, from a folder that is not the project's."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from commands import run_command

from exoval.missions.mission_file import read_mission

ROOT = Path(__file__).parent.parent.parent
DOCUMENT = ROOT / "docs" / "new_mission.md"
PERIOD, EPOCH = 4.2, 1.7


def block(language):
    return re.search(rf"```{language}\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)[1]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "heron.yaml").write_text(block("yaml"))
    curves = tmp_path / "light_curves" / "heron"
    curves.mkdir(parents=True)
    for number in (7, 8):
        rng = np.random.default_rng(number)
        time = np.arange(0.0, 60.0, 900 / 86400)
        flux = 1 + 3e-4 * rng.standard_normal(len(time))
        if number == 7:
            flux[np.abs((time - EPOCH + 0.5 * PERIOD) % PERIOD - 0.5 * PERIOD) < 0.06] -= 0.004
        pd.DataFrame({"time": time, "flux": flux}).to_csv(
            curves / f"HERON_{number}.csv", index=False
        )
    (curves / "stars.csv").write_text(
        "target,radius,teff,logg,magnitude,ra,dec\n"
        "HERON 7,1.0,5800,4.4,10,95,-48\n"
        "HERON 8,0.8,5000,4.6,11,95,-47\n"
    )
    return tmp_path


def run(folder, line, *settings):
    """The command of a line of the document, in a folder that is not the project's."""
    words = [word.strip("\"'") for word in re.findall(r'"[^"]*"|\'[^\']*\'|\S+', line)]
    assert words[:2] == ["python", "-m"]
    done = run_command(folder, *words[2:], *settings)
    assert done.returncode == 0, done.stderr
    return done


def command(word):
    return next(line for line in block("bash").splitlines() if word in line)


@pytest.mark.slow
def test_it_is_simulated_without_data_and_trained_on(folder):
    done = run(folder, command("n_systems"), "n_systems=64", "executor=serial")
    assert "PROCEDURAL NOISE" in done.stderr
    manifest = json.loads((folder / "outputs/heron/manifest.json").read_text())
    assert manifest["host"]["kind"] == "procedural"
    assert manifest["config"]["mission"]["name"] == "heron"
    assert sum(row["failed"] for row in manifest["counts"].values()) == 0
    assert manifest["kept"] > 24
    assert "PROCEDURAL HOSTS" in done.stdout
    trained = run(
        folder,
        command("python -m train"),
        "classifier=[forest]",
        "bootstrap_resamples=20",
        "learning_curve=[]",
        "error_draws=0",
    )
    assert "PROCEDURAL HOSTS" in trained.stdout
    assert (folder / "outputs/heron_model/metrics.json").is_file()


def test_a_sweep_turns_its_knobs(folder):
    run(folder, command("-m mission"), "n_systems=2", "scenario=[planet]", "executor=serial")
    levels = [
        json.loads(path.read_text())["config"]["mission"]["noise"]["white"]["photon_ppm"]
        for path in sorted((folder / "outputs/apertures").glob("*/manifest.json"))
    ]
    assert levels == [60, 120, 240]


def test_its_tables_are_hosts_as_soon_as_they_are_there(folder, monkeypatch):
    monkeypatch.setenv("EXOVAL_DATA", str(folder))
    run(folder, command("n_systems"), "n_systems=4", "executor=serial")
    manifest = json.loads((folder / "outputs/heron/manifest.json").read_text())
    assert (manifest["host"]["kind"], manifest["host"]["stars"]) == ("real", 2)
    assert sum(row["failed"] for row in manifest["counts"].values()) == 0


def test_its_tables_are_read_and_drawn(folder, monkeypatch):
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(folder)
    names: dict = {}
    exec(compile(block("python"), DOCUMENT.name, "exec"), names)
    light_curve = names["light_curve"]
    assert (light_curve.target, light_curve.mission) == ("HERON 7", "heron")
    assert light_curve.exposure == pytest.approx(900 / 86400)
    assert len(light_curve) == 5760
    run(folder, command("plot-event"))
    assert (folder / "HERON_7.png").stat().st_size > 10_000


def test_the_mission_is_what_the_yaml_says(folder):
    mission = read_mission(folder / "heron.yaml")
    assert (mission.name, mission.band, mission.maximum_period_days) == ("heron", "tess", 20)
    assert mission.noise.schedule.segments == 2
    assert mission.noise.white.hourly_ppm(10.0) == pytest.approx(np.sqrt(120**2 + 20**2 + 30**2))
