"""``python -m simulate.plot_system`` draws what a scenario draws."""

from pathlib import Path

import pytest
from commands import run_command

pytest.importorskip("matplotlib")


def plot(*arguments):
    return run_command(Path.cwd(), "simulate.plot_system", *arguments)


def test_a_picture_of_every_scenario_asked_for(tmp_path):
    done = plot("scenario=[planet,no_transit]", "seed=3", f"output={tmp_path / 'here'}")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "here").iterdir()) == [
        "no_transit-3.png",
        "planet-3.png",
    ]


def test_an_output_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = plot("scenario=[planet]", f"output={tmp_path / 'file'}")
    assert done.returncode == 2
    assert "cannot write to" in done.stderr and "Traceback" not in done.stderr
