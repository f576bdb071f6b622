"""Batches become shards, and both are whole or made again."""

import os
from dataclasses import replace

import numpy as np
import pytest
from simulated_outcomes import OUTCOMES, finished_shards, of_batch

from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.views.fine import LENGTH, SLICES
from simulate.example import KEPT
from simulate.executor import Batch
from simulate.shard import outcomes_of
from simulate.shards import Shards
from simulate.shards import finished_shards as finished_stretches

SYSTEMS = {"planet": 4, "no_transit": 3}


def test_a_batch_comes_back_as_it_was(tmp_path):
    shards = Shards(tmp_path, fingerprint="abc")
    batch = Batch("planet", 0, 4)
    assert shards.load(batch) is None
    shards.save(batch, OUTCOMES[:4])
    assert shards.load(batch) == OUTCOMES[:4]


def test_a_batch_that_was_cut_short_is_made_again(tmp_path):
    shards = Shards(tmp_path, fingerprint="abc")
    batch = Batch("planet", 0, 4)
    shards.save(batch, OUTCOMES[:4])
    path = next(shards.folder.glob("planet*.json"))
    path.write_text(path.read_text()[:-20])
    assert shards.load(batch) is None


@pytest.mark.parametrize("kept", [0, 1])
def test_views_of_a_batch_that_are_damaged_or_gone_are_made_again(tmp_path, kept):
    shards = Shards(tmp_path, fingerprint="abc", views=True)
    batch = Batch("planet", 0, 4)
    views = (np.zeros(LENGTH, np.float32), np.zeros(len(SLICES), np.int16))
    shards.save(batch, [replace(one, views=views) for one in OUTCOMES[1 - kept : 4]])
    assert shards.load(batch) == OUTCOMES[1 - kept : 4]
    path = next(shards.folder.glob("planet*.npy"))
    path.write_bytes(path.read_bytes()[:-1] if kept else b"")
    assert shards.load(batch) is None
    path.unlink()
    assert shards.load(batch) is None


def test_all_outcomes_are_in_the_shards(tmp_path):
    """Joined from batches that came in another order, with every field of every outcome."""
    shards = finished_shards(tmp_path, batch_size=1, shard_size=3)
    assert [one.stretch for one in shards] == [
        Batch("planet", 0, 3),
        Batch("planet", 3, 4),
        Batch("no_transit", 0, 3),
    ]
    found = [one for shard in shards for one in outcomes_of(shard.outcomes())]
    assert found == [replace(one, row={}, label=one.scenario) for one in OUTCOMES]
    rows = [row for shard in shards for row in shard.features().to_pylist()]
    kept = [one for one in OUTCOMES if one.status == KEPT]
    assert [row["target"] for row in rows] == [one.target for one in kept]
    for row, one in zip(rows, kept, strict=True):
        for name, value in one.row.items():
            assert row[name] == value or (row[name] is None and np.isnan(value))


def test_only_shards_stay_once_all_batches_are_there(tmp_path):
    finished_shards(tmp_path, batch_size=1, shard_size=2)
    names = {path.name.partition(".")[2] for path in (tmp_path / "shards").iterdir()}
    assert names == {"shard.json", "outcomes.parquet", "features.parquet", "txt"}


def test_a_run_goes_on_from_shards_and_batches(tmp_path):
    def opened():
        return Shards(tmp_path, fingerprint="abc")

    first = opened()
    left = first.expect(SYSTEMS, batch_size=1, shard_size=2)
    # a shard, and a batch of another one
    for batch in left:
        if batch.scenario == "planet" and batch.stop <= 3:
            first.save(batch, of_batch(batch))
    again = opened()
    left = again.expect(SYSTEMS, batch_size=1, shard_size=2)
    assert left == [
        Batch("no_transit", 0, 1),
        Batch("no_transit", 1, 2),
        Batch("no_transit", 2, 3),
        Batch("planet", 3, 4),
    ]
    for batch in left:
        again.save(batch, of_batch(batch))
    whole = finished_shards(tmp_path / "whole", batch_size=1, shard_size=2)
    for one, other in zip(again.finished(), whole, strict=True):
        assert one.stretch == other.stretch
        assert one.outcomes().equals(other.outcomes())
        assert one.features().equals(other.features())
    assert opened().expect(SYSTEMS, batch_size=1, shard_size=2) == []


def test_a_larger_set_keeps_its_shards(tmp_path):
    finished_shards(tmp_path, OUTCOMES[:3], batch_size=1, shard_size=2)
    larger = Shards(tmp_path, fingerprint="abc")
    left = larger.expect(SYSTEMS, batch_size=2, shard_size=2)
    assert left == [Batch("no_transit", 0, 2), Batch("no_transit", 2, 3), Batch("planet", 3, 4)]
    for batch in left:
        larger.save(batch, of_batch(batch))
    found = [one for shard in larger.finished() for one in outcomes_of(shard.outcomes())]
    assert [(one.scenario, one.index) for one in found] == [
        (one.scenario, one.index) for one in OUTCOMES
    ]


def test_a_smaller_set_goes_on_where_it_was_interrupted(tmp_path):
    """Its batches are not those of the larger set's shard, which stays for that set."""
    larger = {shard.stretch for shard in finished_shards(tmp_path, batch_size=4, shard_size=4)}
    smaller = {"planet": 3, "no_transit": 3}
    first = Shards(tmp_path, fingerprint="abc")
    left = first.expect(smaller, batch_size=1, shard_size=4)
    assert len(left) == 3
    first.save(left[0], of_batch(left[0]))
    again = Shards(tmp_path, fingerprint="abc")
    assert again.expect(smaller, batch_size=1, shard_size=4) == left[1:]
    assert Shards(tmp_path, fingerprint="abc").expect(SYSTEMS, batch_size=1, shard_size=4) == []
    assert larger <= {*finished_stretches(tmp_path)}


@pytest.mark.parametrize("name", ["shard.json", "outcomes.parquet", "features.parquet"])
def test_a_damaged_shard_is_made_again(tmp_path, name, caplog):
    finished_shards(tmp_path, batch_size=1, shard_size=2)
    path = tmp_path / "shards" / f"planet-0000000-0000002.{name}"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    shards = Shards(tmp_path, fingerprint="abc")
    left = shards.expect(SYSTEMS, batch_size=1, shard_size=2)
    assert left == [Batch("planet", 0, 1), Batch("planet", 1, 2)]
    assert "is damaged and is simulated again" in caplog.text and path.name in caplog.text


def test_a_batch_that_changes_before_it_is_joined_is_refused(tmp_path):
    shards = Shards(tmp_path, fingerprint="abc")
    left = shards.expect({"planet": 4}, batch_size=2, shard_size=4)
    shards.save(left[0], of_batch(left[0]))
    path = shards.folder / left[0].file
    path.write_text(path.read_text().replace("KIC 1", "KIC 9"))
    with pytest.raises(BadTable, match="changed after it was written; give the same command again"):
        shards.save(left[1], of_batch(left[1]))
    again = Shards(tmp_path, fingerprint="abc")
    assert again.expect({"planet": 4}, batch_size=2, shard_size=4) == [left[0]]


def test_other_settings_do_not_mix_with_what_is_there(tmp_path):
    Shards(tmp_path, fingerprint="abc")
    Shards(tmp_path, fingerprint="abc")
    with pytest.raises(BadParameter, match="other settings"):
        Shards(tmp_path, fingerprint="abd")


def test_an_output_that_cannot_be_written_is_named(tmp_path):
    file = tmp_path / "file"
    file.write_text("in the way")
    with pytest.raises(DataNotFound, match=f"cannot write to {file}"):
        Shards(file, fingerprint="abc")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(DataNotFound, match="cannot write"):
        Shards(tmp_path / "set", fingerprint="abc")
