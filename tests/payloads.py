"""Settings by which a stranger's file would leave a mark, if what it names were called."""

from pathlib import Path

import pytest

#: ways to name a call; each makes the folder PATH where it is carried out
WAYS = {
    "directly": lambda mark: {"_target_": "os.mkdir", "path": mark},
    "by another name": lambda mark: {"_target_": "posix.mkdir", "path": mark},
    "through a module of exoval": lambda mark: {
        "_target_": "exoval.running.worker_pool.os.mkdir",
        "path": mark,
    },
    "through a function of exoval": lambda mark: {
        "_target_": "exoval.running.output_path.make_folder",
        "folder": mark,
    },
    "through a card": lambda mark: {
        "_target_": "exoval.injection.inject._engine",
        "card": {"name": "os.mkdir", "settings": {"path": mark}},
    },
    "through a class of exoval": lambda mark: {
        "_target_": "exoval.running.journal.Journal",
        "path": mark,
        "fingerprint": "x",
    },
    "through Hydra": lambda mark: {
        "_target_": "hydra.utils.instantiate",
        "config": {"_target_": "os.mkdir", "path": mark},
    },
    "by a function that Hydra finds": lambda mark: {
        "_target_": "hydra.utils.get_method",
        "path": "os.mkdir",
    },
    "as a part of a part": lambda mark: {
        "_target_": "exoval.detrend.biweight.Biweight",
        "window_days": {"_target_": "os.mkdir", "path": mark},
    },
}


@pytest.fixture
def mark(tmp_path) -> Path:
    """What a payload would make."""
    return tmp_path / "mark"


def ways():
    """Parameters of a test: a function of the mark's path that gives the settings."""
    return [pytest.param(make, id=name) for name, make in WAYS.items()]
