"""The recipes of docs/extending.md, written into folders that stand beside exoval's own."""

import importlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from commands import run_command

from exoval import allow_list

TEXT = (Path(__file__).parents[1] / "docs" / "extending.md").read_text()
#: path -> text of the block that names it in a comment of its own
RECIPES = {
    path: block
    for block in re.findall(r"^```(?:python|yaml)\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    for path in re.findall(r"^# (\w+/\S+\.(?:py|yaml))$", block, re.MULTILINE)
}


@contextmanager
def added(folder: Path, *paths: str) -> Iterator[str]:
    """Write recipes into a folder and let exoval find them there; yields what Hydra needs.

    Each package of exoval or simulate that gets a file looks into the folder too, as if the file
    lay in its own; any other package is found through Python's path.
    """
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(RECIPES[path])
    packages = {
        _package(path): folder / path.rpartition("/")[0]
        for path in paths
        if path.startswith(("exoval/", "simulate/"))
    }
    # a yaml beside exoval's own is one of the project's; that of another package is not
    modules = [path for path in paths if path.endswith(".py")]
    listed = [folder / "conf"] if len(packages) == len({*map(_package, modules)}) else []
    before = {name: list(importlib.import_module(name).__path__) for name in packages}
    for name, more in packages.items():
        sys.modules[name].__path__ = [*before[name], str(more)]
    importlib.invalidate_caches()
    try:
        with (
            patch.object(sys, "path", [str(folder), *sys.path]),
            patch.object(allow_list, "CONF", (*allow_list.CONF, *listed)),
        ):
            yield f"hydra.searchpath=[file://{folder / 'conf'}]"
    finally:
        for name, old in before.items():
            sys.modules[name].__path__ = old
        for name, module in list(sys.modules.items()):
            if str(getattr(module, "__file__", None) or "").startswith(str(folder)):
                del sys.modules[name]


def _package(path: str) -> str:
    return path.rpartition("/")[0].replace("/", ".")


def done(folder: Path, app: str, *arguments: str) -> str:
    """What a command prints; the test fails with what it says if the command does."""
    result = run_command(folder, app, *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


#: the quickest simulation: no real hosts, no blind search, no workers
QUICK = ("host=procedural", "search=known_ephemeris", "executor=serial")


@pytest.fixture
def add(tmp_path):
    """``added`` with the test's own folder, undone after the test."""
    stack = []

    def enter(*paths: str) -> str:
        context = added(tmp_path, *paths)
        stack.append(context)
        return context.__enter__()

    yield enter
    for context in reversed(stack):
        context.__exit__(None, None, None)


@pytest.fixture(scope="session")
def taught(tmp_path_factory):
    """A labelled set with the recipe's scenario, and a forest trained when the recipe is gone."""
    folder = tmp_path_factory.mktemp("taught")
    with added(
        folder,
        "simulate/scenarios/white_dwarf_binary.py",
        "conf/scenario/white_dwarf_binary.yaml",
    ) as found:
        done(
            folder,
            "simulate",
            found,
            *QUICK,
            "scenario=[planet,white_dwarf_binary]",
            # short periods and bright stars: a white dwarf's transits are as shallow as a planet's
            "mission.maximum_period_days=3",
            "mission.targets.faintest=11",
            "n_systems=48",
            "views=false",
            "output=set",
        )
    done(
        folder,
        "train",
        "labelled_set=set",
        "output=run",
        "classifier=[forest]",
        "classifier.forest.n_estimators=50",
        "bootstrap_resamples=20",
        "learning_curve=[]",
        "error_draws=0",
        "real=none",
    )
    return folder
