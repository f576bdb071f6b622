"""The three commands, run inside the process of the tests, which has paid for the imports."""

import contextlib
import importlib
import io
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from hydra import compose, initialize_config_module
from omegaconf import OmegaConf

from exoval.build import build


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


def run_command(folder: Path, app: str, *arguments: str) -> Done:
    """What ``python -m APP ARGUMENTS`` does in a folder.

    EXOVAL_DATA is that of the test: none without its marker. What is about the process itself,
    its workers, its end or what it imports, needs a process of its own instead.
    """
    module = importlib.import_module(f"{app}.__main__")
    out, errors, status = io.StringIO(), io.StringIO(), None
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(errors),
        patch.object(sys, "argv", [f"{app}/__main__.py", *arguments]),
        _logging_as_before(),
    ):
        try:
            if hasattr(module, "take_mission_files"):
                module.take_mission_files()
            module.main()
        except SystemExit as ended:
            status = ended.code
    # as the interpreter does: no status is success, and a message failure
    code = status if isinstance(status, int) else int(status is not None)
    return Done(code, out.getvalue(), errors.getvalue())


def simulation(*overrides: str) -> tuple[dict, dict]:
    """The settings of ``python -m simulate`` and the arguments of its ``run`` they describe."""
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("simulate", list(overrides))
    settings = OmegaConf.to_container(config, resolve=True)
    arguments = {name: build(value, name) for name, value in settings.items()}
    # the command looks for real data there, before it runs
    del arguments["data"]
    return settings, arguments


@contextlib.contextmanager
def _logging_as_before() -> Iterator[None]:
    """Hydra gives the root logger handlers of its own."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
