"""The exact list of what a file may name: the parts in ``conf``, and what a user has allowed.

A labelled set, a model, a truth card and a mission's yaml are data. They name the parts that they
were made with, and whoever sends one chooses these names. On the list are the classes and functions
that the project's own yaml files name (also in a comment that shows a choice), and whatever a
user's own Python code has passed to ``allow``. Nothing is imported to find out.
"""

from __future__ import annotations

import difflib
import importlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from exoval.errors import BadParameter, MissingDependency

#: folders of the project's own yaml files
CONF = (Path(__file__).parents[1] / "conf",)
#: environment variable that names a user's own modules, in which ``allow`` is called
OWN_MODULES = "EXOVAL_PARTS"
#: what yaml files call to name a function by its ``path`` without calling it
FUNCTION = "hydra.utils.get_method"
TARGETS, FUNCTIONS = (
    r"_target_:\s*([\w.]+)",
    rf"_target_:\s*{re.escape(FUNCTION)},?\s+path:\s*([\w.]+)",
)
TASKS = r"^task:\s*([\w.]+)"

Part = TypeVar("Part", bound=Callable[..., object])
_allowed: dict[str, Callable[..., object]] = {}


def allow(part: Part) -> Part:
    """Allow files to name your own class or function; returns it, so it works as a decorator.

    Files use its full dotted name, such as ``mypackage.module.MyFeatures``. A command imports the
    modules that the environment variable ``EXOVAL_PARTS`` lists before it refuses a name.
    """
    _allowed[f"{part.__module__}.{part.__qualname__}"] = part
    return part


@dataclass(frozen=True)
class Listed:
    """Dotted names in yaml files: ``parts`` by group (folder), ``functions`` and ``tasks``."""

    parts: dict[str, frozenset[str]]
    functions: frozenset[str]
    tasks: frozenset[str]

    @property
    def names(self) -> frozenset[str]:
        """The parts of all groups."""
        return frozenset().union(*self.parts.values())


def part_named(name: object, place: str, *, group: str | None = None) -> Callable[..., object]:
    """The class or function of a dotted name that a file gives.

    With a ``group``, a folder of ``conf``, the name is one that its yaml files name. Raises
    BadParameter, which begins with ``place``, for a name that is not on the list, and
    MissingDependency for a part whose package is not installed.
    """
    listed = _listed()
    names = listed.parts[group] if group in listed.parts else listed.names
    if own := _own(name):
        return own
    if not isinstance(name, str) or name not in names:
        raise BadParameter(_refused(name, place, group, names))
    return _found(name, place)


def function_named(name: object, place: str) -> Callable[..., object]:
    """The function, which is not called, of a dotted name; raises as ``part_named`` does."""
    functions = _listed().functions
    if own := _own(name):
        return own
    if not isinstance(name, str) or name not in functions:
        raise BadParameter(_refused(name, place, None, functions))
    return _found(name, place)


def task_named(name: object) -> Callable[..., dict]:
    """The function of ``task=`` in ``python -m train``; raises as ``part_named`` does."""
    tasks = _listed().tasks
    if own := _own(name):
        return own
    if not isinstance(name, str) or name not in tasks:
        raise BadParameter(_refused(name, "task", None, tasks))
    return _found(name, "task")


def is_listed(name: str, group: str) -> bool:
    """Whether a file may name a part of a group of ``conf``."""
    return name in _listed().parts.get(group, ()) or _own(name) is not None


def groups() -> frozenset[str]:
    """The folders of ``conf`` whose yaml files name parts."""
    return frozenset(_listed().parts)


def _own(name: object) -> Callable[..., object] | None:
    """What a user's own code has allowed under this name; None for other names."""
    if not isinstance(name, str):
        return None
    if name in _allowed or not os.environ.get(OWN_MODULES):
        return _allowed.get(name)
    for module in os.environ[OWN_MODULES].split(","):
        try:
            importlib.import_module(module.strip())
        except (ImportError, ValueError) as error:
            raise BadParameter(
                f"{OWN_MODULES} names the module '{module}', which cannot be imported ({error}); "
                "give modules on Python's path, with commas between them"
            ) from error
    return _allowed.get(name)


def _listed() -> Listed:
    return _read(CONF)


@cache
def _read(folders: tuple[Path, ...]) -> Listed:
    """The names in all yaml files of some folders, read once."""
    parts: dict[str, set[str]] = {}
    functions, tasks = set(), set()
    for folder in folders:
        for path in sorted(folder.rglob("*.yaml")):
            text = path.read_text()
            group = path.relative_to(folder).parts[0] if path.parent != folder else ""
            # Hydra itself builds what belongs to a command's __main__
            found = {one for one in re.findall(TARGETS, text) if "__main__" not in one}
            parts.setdefault(group, set()).update(found - {FUNCTION})
            functions.update(re.findall(FUNCTIONS, text))
            tasks.update(re.findall(TASKS, text, re.MULTILINE))
    return Listed(
        {group: frozenset(names) for group, names in parts.items() if names},
        frozenset(functions),
        frozenset(tasks),
    )


def _found(name: str, place: str) -> Callable[..., object]:
    """Import what is on the list."""
    module, _, own = name.rpartition(".")
    try:
        return getattr(importlib.import_module(module), own)
    except ImportError as error:
        raise MissingDependency(f"{place}: cannot import {name} ({error}); install it") from error
    except AttributeError as error:
        raise BadParameter(f"{place}: there is no {name}; correct its yaml in conf") from error


def _refused(name: object, place: str, group: str | None, names: frozenset[str]) -> str:
    shown = repr(name)[:120]
    near = difflib.get_close_matches(str(name)[:120], names, n=1, cutoff=0.8)
    if near:
        choice = f"did you mean {near[0]}?"
    else:
        choice = f"conf/{f'{group}/' if group in groups() else ''} has a yaml for every choice"
    return (
        f"{place}: a file may not name {shown}; {choice} (a part of your own: call "
        f"exoval.build.allow in its module and list the module in {OWN_MODULES})"
    )
