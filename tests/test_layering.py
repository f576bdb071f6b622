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


@pytest.mark.parametrize(
    ("package", "path"), modules(), ids=lambda value: getattr(value, "name", value)
)
def test_a_module_imports_only_what_its_package_may(package, path):
    forbidden = set(FORBIDDEN[package])
    if path.name != "__main__.py":
        forbidden |= CONFIGURATION
    assert not imported_packages(path) & forbidden


def test_the_walk_sees_a_forbidden_import(tmp_path):
    path = tmp_path / "module.py"
    path.write_text("import numpy\ndef f():\n    from hydra.utils import instantiate\n")
    assert imported_packages(path) == {"numpy", "hydra"}


def imported_modules(path: Path, known: set[str]) -> set[str]:
    """The project's modules that a file imports, inside functions and for type checking too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found & known


def import_graph() -> dict[str, set[str]]:
    """Module -> modules that it imports; a package stands for its ``__init__``."""
    paths = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for _, path in modules()
    }
    # the three packages hold nothing but their lazy doors
    known = set(paths) - set(FORBIDDEN)
    return {name: imported_modules(path, known) - {name} for name, path in paths.items()}


def room(module: str) -> str:
    """The folder of a module inside its package, or the module that lies in none."""
    parts = module.split(".")
    return ".".join(parts[:2]) if (ROOT / parts[0] / parts[1]).is_dir() else module


def rooms() -> dict[str, set[str]]:
    """Room -> rooms that its modules import."""
    graph: dict[str, set[str]] = {}
    for name, others in import_graph().items():
        if "." in name:
            own = graph.setdefault(room(name), set())
            own |= {room(other) for other in others} - {room(name)}
    return graph


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Names on a circle of the graph; an empty list where there is no circle."""
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> list[str]:
        if name in above:
            return [*above[above.index(name) :], name]
        if name in done:
            return []
        found = next(
            (c for other in graph.get(name, ()) if (c := visit(other, (*above, name)))), []
        )
        done.add(name)
        return found

    return next((found for name in graph if (found := visit(name, ()))), [])


def test_no_module_imports_another_in_a_circle():
    assert circle(import_graph()) == []


def test_no_room_imports_another_in_a_circle():
    assert circle(rooms()) == []


def test_a_circle_is_seen():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_an_import_for_type_checking_counts(tmp_path):
    path = tmp_path / "module.py"
    path.write_text("if TYPE_CHECKING:\n    from exoval.table import column\n")
    assert imported_modules(path, {"exoval.table.column"}) == {"exoval.table.column"}
