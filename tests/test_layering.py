"""The arrows simulate -> exoval <- train hold, and only __main__ files read configuration."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CONFIGURATION = {"hydra", "omegaconf"}
FORBIDDEN = {
    "exoval": {"simulate", "train", "conf", *CONFIGURATION},
    "simulate": {"train", "conf"},
    "train": {"simulate", "conf"},
}


def imported_packages(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def modules() -> list[tuple[str, Path]]:
    return [(package, path) for package in FORBIDDEN for path in (ROOT / package).rglob("*.py")]


@pytest.mark.parametrize(("package", "path"), modules(),
                         ids=lambda value: getattr(value, "name", value))
def test_a_module_imports_only_what_its_package_may(package, path):
    forbidden = set(FORBIDDEN[package])
    if path.name != "__main__.py":
        forbidden |= CONFIGURATION
    assert not imported_packages(path) & forbidden


def test_the_walk_sees_a_forbidden_import(tmp_path):
    path = tmp_path / "module.py"
    path.write_text("import numpy\ndef f():\n    from hydra.utils import instantiate\n")
    assert imported_packages(path) == {"numpy", "hydra"}


def test_no_module_imports_another_in_a_circle():
    graph = {}
    for _, path in modules():
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        tree = ast.parse(path.read_text())
        graph[name] = {node.module for node in tree.body
                       if isinstance(node, ast.ImportFrom) and node.level == 0}
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, f"import cycle {' -> '.join([*above, name])}"
        if name in done or name not in graph:
            return
        for other in graph[name]:
            visit(other, (*above, name))
        done.add(name)

    for name in graph:
        visit(name, ())
