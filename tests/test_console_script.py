"""The console script is a door that opens whatever lies in the folder where it is called."""

import os
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from exoval.__main__ import main
from exoval.running import provenance

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    """A script as an installation writes it, beside nothing else."""
    path = tmp_path_factory.mktemp("bin") / "exoval"
    path.write_text("from exoval.__main__ import main\nmain()\n")
    return path


def called(script, folder, *words):
    return subprocess.run(
        [sys.executable, str(script), *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        text=True,
        capture_output=True,
        check=False,
    )


def test_the_script_is_declared_and_is_the_main_function():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    entry = EntryPoint("exoval", project["scripts"]["exoval"], "console_scripts")
    assert entry.load() is main


@pytest.mark.parametrize("app, setting", [("simulate", "n_systems=7"), ("train", "labelled_set=7")])
def test_a_users_own_files_of_these_names_are_not_run(script, tmp_path, app, setting):
    (tmp_path / f"{app}.py").write_text("raise SystemExit('mine')\n")
    (tmp_path / "conf").mkdir()
    done = called(script, tmp_path, app, "--cfg", "job", setting)
    assert done.returncode == 0, done.stderr
    assert setting.replace("=", ": ") in done.stdout


def test_commands_and_version_are_listed_by_the_name_of_the_script(script, tmp_path):
    helped = called(script, tmp_path, "--help")
    assert helped.stdout.startswith("usage: exoval ")
    for name in ("simulate", "train", "vet", "explain", "verify", "doctor"):
        assert f"\n    {name}" in helped.stdout
    assert called(script, tmp_path, "--version").stdout.startswith("exoval ")
    wrong = called(script, tmp_path, "trian")
    assert wrong.returncode == 2 and "did you mean train?" in wrong.stderr


def test_a_recorded_command_names_no_folder_of_the_machine(monkeypatch):
    monkeypatch.setattr(
        sys, "orig_argv", ["/usr/bin/python", "/opt/x/bin/exoval", "train", "seed=1"]
    )
    assert provenance.command() == "exoval train seed=1"


@pytest.mark.skipif(shutil.which("exoval") is None, reason="exoval is not installed")
def test_an_installed_script_answers(tmp_path):
    done = subprocess.run(["exoval", "--version"], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout.startswith("exoval ")
