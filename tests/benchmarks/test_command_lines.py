"""Every benchmark says how it is used, and writes nothing that was not asked for."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from train.report.result_file import FRAME

ROOT = Path(__file__).parent.parent.parent
SHARED = ROOT / "benchmarks" / "command_line.py"
SCRIPTS = sorted(path for path in SHARED.parent.glob("*.py") if "__main__" in path.read_text())


def run(script: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """The script with the project on the path, in an empty folder."""
    return subprocess.run(
        [sys.executable, script, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )


def command_line_module():
    spec = importlib.util.spec_from_file_location("command_line", SHARED)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_benchmarks_are_found():
    assert len(SCRIPTS) >= 19
    assert {"search.py", "measure_vs_truth.py", "classifiers.py"} <= {p.name for p in SCRIPTS}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_help_says_what_a_benchmark_does_and_writes_nothing(script, tmp_path):
    done = run(script, tmp_path, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"python benchmarks/{script.name}" in done.stdout and "--json FILE" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_an_option_out_of_place_is_no_file(script, tmp_path):
    done = run(script, tmp_path, "--json=--help")
    assert done.returncode == 2
    assert "will not write to '--help'" in done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_numbers_are_printed_and_written_where_asked(tmp_path, capsys):
    module, numbers = command_line_module(), {"seconds": 1.5, "depth": float("nan")}
    parser = module.command_line("What is measured.")
    parser.add_argument("--rounds", type=int, default=3)
    module.last_line(numbers, parser.parse_args([]))
    path = tmp_path / "new" / "numbers.json"
    module.last_line(numbers, parser.parse_args(["--json", str(path)]))
    shown = {"seconds": 1.5, "depth": None}
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [shown, shown]
    result = json.loads(path.read_text())
    assert set(FRAME) <= set(result)
    assert result["metrics"] == shown and result["configuration"] == {"rounds": 3}


def test_a_benchmark_without_data_says_what_to_set(monkeypatch):
    monkeypatch.delenv("EXOVAL_DATA", raising=False)
    with pytest.raises(SystemExit, match="set it to the folder"):
        command_line_module().data_folder()
