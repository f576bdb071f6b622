"""A run whose driver and workers are killed again and again ends as one that nobody disturbs."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commands import simulation

from exoval.verify import WHOLE, examine
from simulate.run import run

ROOT = Path(__file__).parents[2]
SETTINGS = (
    "n_systems=90",
    "batch_size=2",
    "shard_size=6",
    "host=procedural",
    "host.stars=5",
    "search=known_ephemeris",
    "scenario=[planet,eclipsing_binary,no_transit]",
    "detrend=biweight",
    "mission.maximum_period_days=8",
)
FILES = (
    "features.parquet",
    "truth.parquet",
    "views.npy",
    "views_missing.npy",
    "completeness.json",
)


def started(folder, executor):
    return subprocess.Popen(
        [sys.executable, "-m", "simulate", *SETTINGS, *executor, "output=set"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )


def children(process):
    with contextlib.suppress(OSError):
        text = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        return [int(one) for one in text.split()]
    return []


def finished_files(folder):
    return len(list((folder / "set" / "shards").glob("*.json")))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed") / "set"
    settings, built = simulation(*SETTINGS, "executor=serial", f"output={folder}")
    run(**built, settings=settings)
    return {name: (folder / name).read_bytes() for name in FILES}


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="workers are found in /proc")
@pytest.mark.parametrize(
    ("kills", "executor"),
    [
        (3, ("executor=serial",)),
        (10, ("executor.workers=2",)),
        (3, ("executor=dask", "executor.workers=2")),
    ],
    ids=["serial", "local", "dask"],
)
def test_kills_change_nothing(tmp_path, undisturbed, kills, executor):
    """Half of them hit the driver, half a process that it has started, if it has."""
    chance, done, seen = random.Random(3), 0, 0
    deadline = time.monotonic() + 240
    process = started(tmp_path, executor)
    while done < kills and time.monotonic() < deadline:
        # not before something more is finished, so that the run gets on
        while finished_files(tmp_path) <= seen and process.poll() is None:
            time.sleep(0.05)
        if process.poll() is not None:
            break
        time.sleep(0.5 * chance.random())
        seen = finished_files(tmp_path)
        victims = children(process)
        if victims and chance.random() < 0.5:
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(victims), signal.SIGKILL)
            seen -= 1
        else:
            process.kill()
            process.communicate()
            process = started(tmp_path, executor)
        done += 1
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    assert done >= kills // 2
    for name, content in undisturbed.items():
        assert (tmp_path / "set" / name).read_bytes() == content, name
    assert {one.state for one in examine(tmp_path / "set")} == {WHOLE}
