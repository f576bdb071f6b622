"""Call sites cannot be swapped in silence: positional arguments are few, and they are the data."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("exoval", "simulate", "train")

#: positional arguments a function may take, and fields a record may take by position
MOST = 4

#: what still has more positional parameters
EXEMPT_ROOMS = ("exoval/pages", "exoval/vetting")


def source_files() -> list[Path]:
    return sorted(
        path.relative_to(ROOT)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if not str(path.relative_to(ROOT)).startswith(EXEMPT_ROOMS)
    )


def is_compiled(function: ast.FunctionDef) -> bool:
    """numba's compiled functions take arguments by position only."""
    return any("njit" in ast.unparse(decorator) for decorator in function.decorator_list)


def positional(function: ast.FunctionDef, in_class: bool) -> list[str]:
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    decorators = [ast.unparse(decorator) for decorator in function.decorator_list]
    return names[1:] if in_class and "staticmethod" not in decorators else names


def functions_of(tree: ast.AST, in_class: bool = False):
    """Every function with whether it is a method, those inside of functions left out."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node, in_class
        elif isinstance(node, ast.ClassDef):
            yield from functions_of(node, in_class=True)


def is_public(name: str) -> bool:
    return not name.startswith("_") or name in ("__init__", "__call__")


def too_many_positional(source: str) -> list[str]:
    return [
        f"{function.name}({', '.join(names)})"
        for function, in_class in functions_of(ast.parse(source))
        if is_public(function.name) and not is_compiled(function)
        if len(names := positional(function, in_class)) > MOST
    ]


def is_record(decorator: ast.expr) -> bool:
    return ast.unparse(decorator).split("(")[0] in ("dataclass", "dataclasses.dataclass")


def positional_fields(record: ast.ClassDef) -> list[str]:
    """Fields that the constructor takes by position: up to a ``KW_ONLY``, none if kw_only."""
    if any("kw_only=True" in ast.unparse(decorator) for decorator in record.decorator_list):
        return []
    names = []
    for node in record.body:
        if not isinstance(node, ast.AnnAssign) or "ClassVar" in ast.unparse(node.annotation):
            continue
        if "KW_ONLY" in ast.unparse(node.annotation):
            break
        if "init=False" not in ast.unparse(node):
            names.append(node.target.id)
    return names


def records_by_position(source: str) -> list[str]:
    return [
        f"{node.name}({', '.join(names)})"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef) and any(map(is_record, node.decorator_list))
        if len(names := positional_fields(node)) > MOST
    ]


@pytest.mark.parametrize("path", source_files(), ids=str)
def test_functions_take_few_positional_arguments(path):
    assert too_many_positional((ROOT / path).read_text()) == []


@pytest.mark.parametrize("path", source_files(), ids=str)
def test_records_of_many_fields_are_built_by_keyword(path):
    assert records_by_position((ROOT / path).read_text()) == []


def test_a_signature_that_can_be_swapped_is_found():
    source = """
class Model:
    def fit(self, a, b, c, d): ...
    def score(self, a, b, c, d, e): ...

@njit
def leaf(a, b, c, d, e): ...

def long(a, b, c, d, e=0): ...

def named(a, b, *, c, d, e): ...
"""
    assert too_many_positional(source) == ["score(a, b, c, d, e)", "long(a, b, c, d, e)"]


def test_a_record_that_can_be_swapped_is_found():
    fields = "\n".join(f"    {name}: float" for name in "abcde")
    separated = "    a: float\n    _: KW_ONLY\n" + "\n".join(f"    {x}: int" for x in "bcde")
    source = (
        f"@dataclass(frozen=True)\nclass Swapped:\n{fields}\n"
        f"@dataclass(kw_only=True)\nclass Named:\n{fields}\n"
        f"@dataclass\nclass Separated:\n{separated}\n"
        f"class NoRecord:\n{fields}\n"
    )
    assert records_by_position(source) == ["Swapped(a, b, c, d, e)"]
