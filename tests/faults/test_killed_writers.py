"""A process that is killed while it writes leaves the old folder, the new one, or a refusal."""

import json
import os
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from faulty_files import FAULTS, LAYOUT, flip, killed_at, write_whole_set
from labelled_sets import gaussian_table
from sklearn.linear_model import LogisticRegression

from exoval.errors import BadTable, DataNotFound, ExovalError
from exoval.models.calibrate import NoCalibration
from exoval.models.fitted_model import load_fitted_model
from exoval.running.journal import Journal
from exoval.verify import WHOLE, examine
from exoval.views.store import save_views
from simulate.example import KEPT, VISIBLE, Outcome
from simulate.executor import Batch
from simulate.shards import Shards
from train.data.labelled_set import read_labelled_set
from train.data.splits import StarSplit
from train.fitting.fit import fit

BATCH = Batch("planet", 0, 3)
OUTCOMES = [
    Outcome(
        scenario="planet",
        index=index,
        target=f"KIC {index}",
        status=KEPT if index < 2 else VISIBLE,
        truth={"period_days": 1.5 + index},
        row={"period": 1.5 + index, "depth": 80.0},
        views=(np.arange(4.0, dtype=np.float32) + index, np.array([index], dtype=np.int16)),
    )
    for index in range(3)
]


def content(folder):
    """Features and views as they are read, as bytes; the two must be of one set."""
    table = read_labelled_set(folder).table
    return table.frame.to_csv().encode() + table.views[np.arange(len(table))].tobytes()


def test_a_set_that_is_written_anew_is_the_old_the_new_or_refused(tmp_path):
    old, new = (
        content(write_whole_set(tmp_path / name, seed=seed)) for name, seed in (("a", 0), ("b", 1))
    )
    seen = set()
    for number in range(100):
        folder = write_whole_set(tmp_path / f"set-{number}")
        again = partial(write_whole_set, folder, seed=1)
        if not killed_at("os.replace", number, again):
            break
        try:
            found = content(folder)
        except ExovalError as error:
            assert "is unfinished" in str(error) and "give it again" in str(error)
            assert any("unfinished" in one.state for one in examine(folder))
            seen.add("refused")
        else:
            assert found in (old, new)
            seen.add("old" if found == old else "new")
        again()
        assert content(folder) == new
        assert {one.state for one in examine(folder)} == {WHOLE}
    # five files are drafted, then the manifest is marked, six are renamed, and it is written
    assert number == 13 and seen == {"old", "refused"}


def test_a_set_that_was_never_finished_is_no_set(tmp_path):
    for number in range(13):
        folder = tmp_path / f"set-{number}"
        assert killed_at("os.replace", number, partial(write_whole_set, folder))
        with pytest.raises((DataNotFound, BadTable)):
            read_labelled_set(folder)


def test_views_that_are_being_written_are_not_there(tmp_path):
    def rows():
        yield 0, np.zeros(LAYOUT.length), np.zeros(2)
        os.kill(os.getpid(), 9)

    save = partial(save_views, tmp_path, "views", size=2, rows=rows(), layout=LAYOUT)
    assert killed_at("os.rename", 0, save)
    assert not (tmp_path / "views.npy").exists()


def test_a_model_that_was_killed_in_between_is_refused(tmp_path):
    table = gaussian_table()
    split = StarSplit()(table, seed=0)
    models = [
        fit("it", classifier, calibration=NoCalibration(), table=table, split=split, seed=0)
        for classifier in (LogisticRegression(), LogisticRegression(C=1e-3))
    ]
    answers = [model.probabilities(table) for model in models]
    for number in range(2):
        models[0].save(tmp_path)
        assert killed_at("os.replace", number, partial(models[1].save, tmp_path))
        try:
            found = load_fitted_model(tmp_path).probabilities(table)
        except BadTable as error:
            assert number == 1 and "has changed since it was written" in str(error)
        else:
            np.testing.assert_array_equal(found, answers[0])
    models[1].save(tmp_path)
    np.testing.assert_array_equal(load_fitted_model(tmp_path).probabilities(table), answers[1])


def test_a_batch_that_was_killed_in_between_is_made_again(tmp_path):
    shards = Shards(tmp_path, fingerprint="abc", views=True)
    changed = [replace(one, row={"period": 9.0, "depth": 1.0}) for one in OUTCOMES]
    changed = [replace(one, views=(one.views[0] + 1, one.views[1])) for one in changed]
    shards.save(BATCH, OUTCOMES)
    before = [replace(one, views=None) for one in OUTCOMES]
    assert shards.load(BATCH) == before
    assert killed_at("os.replace", 0, partial(shards.save, BATCH, changed))
    assert shards.load(BATCH) == before
    assert killed_at("os.replace", 1, partial(shards.save, BATCH, changed))
    assert shards.load(BATCH) is None
    shards.save(BATCH, changed)
    assert [one.row for one in shards.load(BATCH)] == [one.row for one in changed]


def test_a_writer_killed_while_it_joins_batches_goes_on(tmp_path):
    """Killed at every rename and deletion; what is read in the end is the same."""

    def work(folder):
        shards = Shards(folder, fingerprint="abc", views=True)
        for batch in shards.expect({"planet": 3}, batch_size=1, shard_size=3):
            shards.save(batch, [one for one in OUTCOMES if one.index == batch.start])
        return shards.finished()[0]

    def read(shard):
        return shard.outcomes(), shard.features(), shard.views().tobytes()

    expected = read(work(tmp_path / "whole"))
    for call in ("os.replace", "os.unlink"):
        for number in range(100):
            folder = tmp_path / f"{call}-{number}"
            killed = killed_at(call, number, partial(work, folder))
            found = read(work(folder))
            assert found[0].equals(expected[0]) and found[1].equals(expected[1])
            assert found[2] == expected[2]
            names = {path.name.partition(".")[0] for path in (folder / "shards").iterdir()}
            assert names == {"origin", "planet-0000000-0000003"}
            if not killed:
                break
        # origin, two files of each batch, and four of the shard; drafts and batches are deleted
        assert number == (11 if call == "os.replace" else 17)


@pytest.mark.parametrize("ending", [".json", ".npy"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_damaged_batch_is_made_again(tmp_path, fault, ending, caplog):
    shards = Shards(tmp_path, fingerprint="abc", views=True)
    shards.save(BATCH, OUTCOMES)
    path = next(shards.folder.glob(f"*{ending}"))
    FAULTS[fault](path)
    assert shards.load(BATCH) is None
    # a batch that is not there is no damage
    assert ("is damaged and is simulated again" in caplog.text) == (
        (fault, ending) != ("it is deleted", ".json")
    )


@pytest.mark.parametrize("ending", [".json", ".npy"])
def test_no_bit_of_a_batch_can_flip_unnoticed(tmp_path, ending):
    shards = Shards(tmp_path, fingerprint="abc", views=True)
    shards.save(BATCH, OUTCOMES)
    path = next(shards.folder.glob(f"*{ending}"))
    whole, before = path.read_bytes(), shards.load(BATCH)
    for bit in np.random.default_rng(2).choice(8 * len(whole), 150, replace=False):
        path.write_bytes(whole)
        flip(path, int(bit))
        found = shards.load(BATCH)
        # e and E in a number are one
        assert found is None or (ending == ".json" and found == before), bit


@pytest.mark.parametrize("fault", FAULTS)
def test_shards_whose_origin_is_damaged_are_not_used(tmp_path, fault):
    Shards(tmp_path, fingerprint="abc").save(BATCH, OUTCOMES)
    FAULTS[fault](tmp_path / "shards" / "origin.txt")
    with pytest.raises(ExovalError, match=r"origin\.txt.*; choose another output=DIR"):
        Shards(tmp_path, fingerprint="abc")


def test_no_bit_of_an_answer_that_was_kept_can_flip_unnoticed(tmp_path, caplog):
    path = tmp_path / "vetted.csv.part"
    entries = {"one": {"P_planet": 0.93751, "caveats": "few"}, "two": {"P_planet": 0.125}}
    journal = Journal(path, "work")
    for key, entry in entries.items():
        journal.add(key, entry)
    whole = path.read_bytes()
    assert Journal(path, "work").entries == entries and path.read_bytes() == whole
    first = whole.index(b"\n") + 1
    for bit in np.random.default_rng(3).choice(8 * (len(whole) - first), 100) + 8 * first:
        path.write_bytes(whole)
        flip(path, int(bit))
        found = Journal(path, "work").entries
        assert found == entries or (len(found) < 2 and found.items() <= entries.items())
    assert "lines of" in caplog.text
    path.write_bytes(whole)
    assert Journal(path, "other work").entries == {}
    assert "of another version of exoval" in caplog.text


def test_a_journal_that_is_killed_keeps_what_it_had(tmp_path):
    path = tmp_path / "vetted.csv.part"
    Journal(path, "work").add("one", {"P_planet": 0.5})
    assert killed_at("os.replace", 0, partial(Journal, path, "work"))
    assert Journal(path, "work").entries == {"one": {"P_planet": 0.5}}


def test_what_a_killed_writer_left_is_no_part_of_the_set(tmp_path):
    folder = write_whole_set(tmp_path / "set")
    assert killed_at("os.replace", 3, partial(write_whole_set, folder, seed=1))
    assert any(path.name == ".unfinished" for path in folder.iterdir())
    write_whole_set(folder, seed=2)
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["manifest.json", *json.loads((folder / "manifest.json").read_text())["sizes"]]
    )
