"""Nothing is written to a path that begins with ``-``, and one module makes all folders."""

import ast
from pathlib import Path

import pytest
from commands import run_command

from exoval.errors import BadParameter, DataNotFound
from exoval.networks.checkpoint import write_checkpoint
from exoval.running.journal import Journal
from exoval.running.output_path import check_overrides, make_folder, output_path, writing
from exoval.views.fine import FINE
from exoval.views.store import save_views

ROOT = Path(__file__).parent.parent.parent
OPTION = "--help"


@pytest.mark.parametrize("path", [OPTION, "./--help", Path("-x") / "table.csv", "-"])
def test_a_path_that_begins_with_a_dash_is_refused(path):
    with pytest.raises(BadParameter, match=r"will not write to '-.*choose another --pages"):
        output_path(path, setting="--pages")


@pytest.mark.parametrize("path", ["a-b", "outputs/-x", "/tmp/-x", "."])
def test_another_path_is_given_back(path):
    assert output_path(path) == Path(path)


def test_a_folder_is_made_with_its_parents(tmp_path):
    assert make_folder(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert make_folder(tmp_path / "a" / "b").is_dir()


def test_a_folder_that_is_a_file_says_what_to_change(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataNotFound, match=r"cannot write to .*file/b .*choose another --pages"):
        make_folder(tmp_path / "file" / "b", setting="--pages")


def test_a_file_that_cannot_be_written_says_what_to_change(tmp_path):
    with (
        pytest.raises(DataNotFound, match=r"cannot write .*\(No such file.*choose another --table"),
        writing(tmp_path / "absent" / "table.csv", setting="--table") as path,
    ):
        path.write_text("a")


@pytest.mark.parametrize(
    "write",
    [
        lambda: Journal(Path(OPTION), "work"),
        lambda: write_checkpoint(OPTION, {}),
        lambda: save_views(OPTION, "views", size=0, rows=[], layout=FINE),
        lambda: make_folder(Path(OPTION) / "deeper"),
    ],
)
def test_what_writes_refuses_such_a_path(write, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadParameter, match="will not write to"):
        write()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "command",
    [
        ["exoval", "plot-event", "KIC 1", "--output=--help"],
        ["exoval", "plot-event", "KIC 1", "--features=-f.csv"],
        ["exoval", "vet", "run", "KIC 1", "--output=--help"],
        ["exoval", "vet", "run", "KIC 1", "--pages=--help"],
        ["simulate", "output=--help"],
        ["simulate", "-m", "seed=1,2", "output=--help"],
        ["simulate.plot_system", "output=--help"],
        ["train", "labelled_set=none", "output=--help"],
        ["train", "-m", "labelled_set=none", "seed=1,2", "hydra.sweep.dir=--help"],
    ],
    ids=" ".join,
)
def test_every_command_refuses_such_an_output(command, tmp_path):
    done = run_command(tmp_path, *command)
    assert done.returncode == 2
    assert "error: will not write to '-" in done.stderr and "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_overrides_that_are_no_output_are_let_through():
    check_overrides(["output=outputs/a", "host.folder=-x", "-m", "+seed=-1"])


def test_only_one_module_makes_folders():
    makers = {
        path.relative_to(ROOT).as_posix()
        for package in ("exoval", "simulate", "train", "benchmarks")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in ("mkdir", "makedirs")
    }
    assert makers == {"exoval/running/output_path.py"}
