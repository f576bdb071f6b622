"""A full disk is one sentence; what was finished before is kept."""

import errno
import os
import shutil
import subprocess
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from faulty_files import LAYOUT, no_file_above, write_whole_set
from labelled_sets import gaussian_table
from result_frame import FRAME
from sklearn.linear_model import LogisticRegression

from exoval.errors import DataNotFound, message_instead_of_traceback
from exoval.injection.completeness import save_completeness
from exoval.models.calibrate import NoCalibration
from exoval.models.novelty import fit_novelty
from exoval.networks.checkpoint import write_checkpoint
from exoval.running.journal import Journal
from exoval.running.output_path import replacing
from exoval.running.spreadsheet import write_csv
from exoval.running.whole_folder import folder_draft, publish
from exoval.verify import WHOLE, examine
from exoval.views.store import save_views
from simulate.example import KEPT, Outcome
from simulate.executor import Batch
from simulate.shards import Shards
from train.data.labelled_set import read_labelled_set
from train.data.splits import StarSplit
from train.fitting.fit import fit
from train.fitting.hyperparameter_search import HyperparameterSearch
from train.report.result_file import write_result

SENTENCE = "everything finished before is kept: free some space and give the same command again"


def many_rows(folder, rows=2000):
    views = ((row, np.ones(LAYOUT.length), np.zeros(2)) for row in range(rows))
    save_views(folder, "views", size=rows, rows=views, layout=LAYOUT)


def shard(folder):
    outcome = Outcome(
        scenario="planet", index=0, target="KIC 1", status=KEPT, row={str(n): n for n in range(999)}
    )
    Shards(folder, fingerprint="abc").save(Batch("planet", 0, 1), [outcome])


def published(folder):
    with folder_draft(folder) as draft:
        publish(draft, {"long": "x" * 9999})


def long_text(path):
    with replacing(path) as draft:
        draft.write_text("x" * 9999)


@pytest.fixture(scope="module")
def writers():
    """A function of a folder for every writer of results; each writes several kilobytes."""
    table = gaussian_table()
    split = StarSplit()(table, seed=0)
    model = fit(
        "it", LogisticRegression(), calibration=NoCalibration(), table=table, split=split, seed=0
    )
    novelty = fit_novelty(table.select(split.fit), table.select(split.test), seed=0)
    return {
        "features": lambda folder: table.save(folder / "features.parquet"),
        "views": many_rows,
        "completeness": partial(save_completeness, {f"s{n}": _Plain() for n in range(99)}),
        "model": model.save,
        "novelty": novelty.save,
        "table": lambda folder: write_csv(table.frame, folder / "x.csv"),
        "result": lambda folder: write_result(
            folder / "x.json", {key: list(range(9999)) for key in FRAME}
        ),
        "shard": shard,
        "journal": lambda folder: Journal(folder / "x.part", "w").add("k", {"a": "x" * 9999}),
        "checkpoint": lambda folder: write_checkpoint(folder / "x.pt", {"a": torch.ones(9999)}),
        "manifest": published,
        "text": lambda folder: long_text(folder / "x.txt"),
    }


class _Plain:
    """What is written of a completeness."""

    def __init__(self):
        self.rows = np.zeros((5, 5))


NAMES = (
    "features views completeness model novelty table result shard journal checkpoint manifest text"
)


@pytest.mark.parametrize("name", NAMES.split())
def test_every_writer_says_it_and_leaves_nothing_half(name, writers, tmp_path):
    with no_file_above(4096), pytest.raises(DataNotFound, match=SENTENCE):
        writers[name](tmp_path)
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert left <= {"origin.txt", "x.part", "pipeline.zip"}, "a draft stayed"
    writers[name](tmp_path)


@pytest.mark.parametrize("room", [4096, None])
def test_trials_without_room_are_said_and_go_on_later(tmp_path, room):
    """No room for the database at all, or none for further trials."""
    pytest.importorskip("optuna")
    space = {"it": {"C": {"low": 0.1, "high": 1.0}}}
    classifiers, table = {"it": LogisticRegression()}, gaussian_table(80)

    def search(trials):
        made = HyperparameterSearch(space=space, trials=trials, folds=2, random_trials=1)
        return made(classifiers, table, seed=0, folder=tmp_path)

    if room is None:
        search(2)
        room = (tmp_path / "trials.db").stat().st_size // 2
    with no_file_above(room), pytest.raises(DataNotFound, match=r"trials\.db .*; finished trials"):
        search(9)
    _, found = search(3)
    assert found["it"]["trials"] >= 3


def test_an_old_set_stays_whole_where_a_new_one_finds_no_room(tmp_path):
    folder = write_whole_set(tmp_path / "set")
    before = read_labelled_set(folder).table.frame
    with no_file_above(8192), pytest.raises(DataNotFound, match=SENTENCE):
        write_whole_set(folder, rows=800, seed=1)
    pd.testing.assert_frame_equal(read_labelled_set(folder).table.frame, before)
    assert {one.state for one in examine(folder)} == {WHOLE}
    assert not (folder / ".unfinished").exists()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 256 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=256k", "none", str(folder)], capture_output=True
    )
    if not made or made.returncode:
        pytest.skip("this user may not mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_views_on_a_full_disk_end_no_process_by_a_bus_error(small_disk):
    """A memory map did: the process of the test would end with status 135."""
    folder = write_whole_set(small_disk / "set")
    before = read_labelled_set(folder).table.frame
    with pytest.raises(DataNotFound, match=f"No space left on device.*{SENTENCE}"):
        write_whole_set(folder, rows=3000, seed=1)
    pd.testing.assert_frame_equal(read_labelled_set(folder).table.frame, before)
    assert {one.state for one in examine(folder)} == {WHOLE}


def test_a_command_ends_with_one_line(capsys):
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        with pytest.raises(SystemExit) as ended, message_instead_of_traceback():
            raise OSError(number, os.strerror(number), "x/views.npy")
        assert ended.value.code == 2
        error = capsys.readouterr().err
        assert error.startswith(f"error: cannot write x/views.npy ({os.strerror(number)}); every")
        assert len(error.splitlines()) == 1
    with pytest.raises(OSError), message_instead_of_traceback():
        raise OSError(errno.EIO, "a disk that is broken")


def test_views_are_written_as_numpy_writes_them(tmp_path):
    random = np.random.default_rng(0)
    values = random.normal(size=(7, LAYOUT.length)).astype(np.float32)
    missing = random.integers(0, 9, (7, 2)).astype(np.int16)
    order = random.permutation(7)
    save_views(
        tmp_path,
        "views",
        size=7,
        rows=((row, values[row].astype(float), missing[row].astype(int)) for row in order),
        layout=LAYOUT,
    )
    for name, array in (("views.npy", values), ("views_missing.npy", missing)):
        mapped = np.lib.format.open_memmap(tmp_path / "map", "w+", array.dtype, array.shape)
        mapped[:] = array
        mapped.flush()
        assert (tmp_path / name).read_bytes() == (tmp_path / "map").read_bytes()
