"""An extra of pyproject.toml is there because some module imports what it installs."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
#: distributions whose module has another name
MODULES = {"xgboost-cpu": "xgboost"}


def names(extra: str) -> frozenset[str]:
    """The distributions that an extra installs."""
    return frozenset(re.match(r"[\w-]+", one)[0] for one in EXTRAS[extra])


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """Top-level modules that the packages and the benchmarks import."""
    found = set()
    for folder in ("exoval", "simulate", "train", "benchmarks"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    found |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.level == 0:
                    found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("extra", sorted(set(EXTRAS) - {"dev"}))
def test_what_an_extra_installs_is_imported(extra, imported):
    assert {MODULES.get(name, name) for name in names(extra)} <= imported


def test_no_two_extras_install_the_same():
    assert len({names(extra) for extra in EXTRAS}) == len(EXTRAS)
