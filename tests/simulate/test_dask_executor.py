"""Batches on a dask cluster: the rows of one process, and what a worker that dies costs."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from commands import run_command, simulation

from exoval.errors import BadParameter, DataNotFound, MissingDependency
from exoval.running.dask_workers import DaskWorkers
from simulate.dask_executor import DaskExecutor
from simulate.executor import Executor
from simulate.run import make_simulation, run

ROOT = Path(__file__).parents[2]
QUICK = (
    "host=procedural",
    "host.stars=5",
    "search=known_ephemeris",
    "detrend=biweight",
    "scenario=[eclipsing_binary,planet]",
    "mission.maximum_period_days=8",
)


def made(output, executor, **arguments):
    """The files of rows that a set of four systems has, by name."""
    settings, built = simulation(f"output={output}", "n_systems=4", "batch_size=2", *QUICK)
    run(**built | {"executor": executor} | arguments, settings=settings)
    names = ("features.parquet", "truth.parquet", "views.npy", "views_missing.npy")
    return {name: (output / name).read_bytes() for name in names}


def test_without_distributed_one_sentence_says_how_to_install_it(monkeypatch, tmp_path):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingDependency, match=r"pip install 'exoval\[dask\]'"):
        DaskExecutor()
    done = run_command(tmp_path, "simulate", "executor=dask", "host=procedural", "output=set")
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "executor=dask needs distributed, which is not installed" in done.stderr


def test_a_negative_number_of_workers_is_refused():
    pytest.importorskip("distributed")
    with pytest.raises(BadParameter, match=r"executor\.workers=-1"):
        DaskExecutor(workers=-1)


@pytest.mark.slow
def test_serial_local_and_dask_make_the_same_files(tmp_path):
    pytest.importorskip("distributed")
    serial = made(tmp_path / "serial", Executor(workers=1))
    assert made(tmp_path / "local", Executor(workers=2)) == serial
    assert made(tmp_path / "dask", DaskExecutor(workers=2)) == serial


@dataclass(frozen=True)
class KillsItsWorker:
    """A scenario some of whose draws die like a worker that runs out of memory.

    Where there is a file ``alive``, a death deletes it, and without it no draw dies.
    """

    scenario: object
    alive: Path | None = None

    @property
    def meaning(self):
        return self.scenario.meaning

    def draw(self, rng, observation):
        system = self.scenario.draw(rng, observation)
        if system.signal.period > 7.0 and (self.alive is None or self.alive.exists()):
            if self.alive is not None:
                self.alive.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        return system


def deadly(**arguments):
    _, built = simulation("host=procedural", *QUICK)
    binary = built["scenario"]["eclipsing_binary"]
    return {"scenario": {"eclipsing_binary": KillsItsWorker(binary, **arguments)}}


@pytest.mark.slow
def test_an_example_that_kills_its_workers_is_a_counted_row_and_the_rest_is_that_of_local(tmp_path):
    pytest.importorskip("distributed")
    local = made(tmp_path / "local", Executor(workers=2), **deadly())
    assert made(tmp_path / "dask", DaskExecutor(workers=2), **deadly()) == local
    failures, expected = (
        json.loads((tmp_path / name / "manifest.json").read_text())["failures"]
        for name in ("dask", "local")
    )
    assert failures == expected
    lost = sum(one["count"] for one in failures if one["stage"] == "worker")
    assert 0 < lost < 4, "the seed must give both kinds for the test to mean something"


@pytest.mark.slow
def test_a_worker_that_dies_once_costs_no_row(tmp_path):
    pytest.importorskip("distributed")
    alive = tmp_path / "alive"
    alive.touch()
    dask = made(tmp_path / "dask", DaskExecutor(workers=2), **deadly(alive=alive))
    assert not alive.exists()
    assert dask == made(tmp_path / "serial", Executor(workers=1), **deadly(alive=alive))


@pytest.fixture
def cluster():
    """A function that starts a cluster of one worker with some threads."""
    distributed = pytest.importorskip("distributed")
    started = []

    def start(threads):
        one = distributed.LocalCluster(
            n_workers=1, threads_per_worker=threads, processes=False, dashboard_address=None
        )
        started.append(one)
        return one

    yield start
    for one in started:
        one.close()


def batch_on(address, tmp_path):
    from simulate.executor import Batch

    _, built = simulation(f"output={tmp_path}", *QUICK)
    batches = [Batch("planet", 0, 1)]
    return list(DaskExecutor(address=address).run(make_simulation(**built), batches))


def test_workers_with_several_threads_are_refused(cluster, tmp_path):
    address = cluster(2).scheduler_address
    with pytest.raises(BadParameter, match=r"has 2 threads.*--nthreads 1 --nworkers 2"):
        batch_on(address, tmp_path)


def test_a_scheduler_without_workers_is_said(tmp_path, caplog):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=None) as one:
        address = one.scheduler_address
        with DaskWorkers(address=address, option="executor.address").running(len, most=1):
            assert "has no workers yet" in caplog.text and address in caplog.text


def test_workers_with_another_version_are_refused(cluster, tmp_path, monkeypatch):
    address = cluster(1).scheduler_address
    answers = iter(["0.1 (code 1)", "0.1 (code 2)", "0.1 (code 2)"])
    monkeypatch.setattr("exoval.running.dask_workers.code_version", lambda: next(answers))
    with pytest.raises(
        BadParameter, match=r"has exoval 0\.1 \(code 2\), and this is 0\.1 \(code 1"
    ):
        batch_on(address, tmp_path)


def test_no_scheduler_at_the_address_is_one_sentence(tmp_path):
    distributed = pytest.importorskip("distributed")
    import dask

    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        pytest.raises(DataNotFound, match=r"no dask scheduler answers at executor\.address=tcp://"),
    ):
        batch_on("tcp://127.0.0.1:9", tmp_path)
    assert distributed.Client


@pytest.mark.slow
def test_the_command_runs_on_a_scheduler_by_its_address(tmp_path):
    """Scheduler and worker as on a cluster: processes of their own."""
    pytest.importorskip("distributed")
    told = tmp_path / "scheduler.json"
    common = ("--scheduler-file", told, "--no-dashboard")
    commands = (
        ("dask_scheduler", *common, "--port", "0"),
        ("dask_worker", *common, "--nthreads", "1", "--local-directory", tmp_path),
    )
    scheduler, worker = (
        subprocess.Popen([sys.executable, "-m", f"distributed.cli.{name}", *rest], cwd=ROOT)
        for name, *rest in commands
    )
    try:
        # the file is there before its text is
        while not (told.is_file() and told.read_text().rstrip().endswith("}")):
            assert scheduler.poll() is None
            time.sleep(0.1)
        address = json.loads(told.read_text())["address"]
        done = run_command(
            tmp_path,
            "simulate",
            "executor=dask",
            f"executor.address={address}",
            "n_systems=4",
            "output=set",
            *QUICK,
        )
    finally:
        for process in (worker, scheduler):
            process.terminate()
            process.wait(60)
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "set" / "manifest.json").read_text())["kept"] > 0
