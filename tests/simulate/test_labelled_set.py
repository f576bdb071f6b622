"""Shards are whole or absent, repeats count once, and every loss has a reason."""

import os
from dataclasses import replace

import numpy as np
import pytest

from exoval.errors import BadParameter, DataNotFound
from exoval.table.column import Column
from exoval.table.feature_table import load_feature_table
from exoval.views.fine import LENGTH, SLICES
from simulate import labelled_set
from simulate.example import DRAWN, FAILED, KEPT, VISIBLE, Outcome
from simulate.executor import Batch
from simulate.scenarios.no_transit import NoTransit
from simulate.scenarios.planet import Planet

COLUMNS = (Column("period", "d", "orbital period", "koi_period"), Column("depth", "ppm", "depth"))
OUTCOMES = [
    Outcome(
        scenario="planet",
        index=0,
        target="KIC 1",
        status=KEPT,
        truth={"period_days": 1.5},
        row={"period": 1.5, "depth": 80.0},
    ),
    Outcome(scenario="planet", index=1, target="KIC 2", status=VISIBLE, truth={"period_days": 2.5}),
    Outcome(scenario="planet", index=2, target="KIC 3", status=DRAWN, truth={"period_days": 3.5}),
    Outcome(
        scenario="planet",
        index=3,
        target="KIC 4",
        status=FAILED,
        stage="host",
        reason="KIC 4: truncated",
    ),
    Outcome(
        scenario="no_transit",
        index=0,
        target="KIC 1",
        status=KEPT,
        truth={"segments": "3", "transform": "as_is"},
        row={"period": 9.0, "depth": np.nan},
    ),
    Outcome(
        scenario="no_transit",
        index=1,
        target="KIC 1",
        status=KEPT,
        truth={"segments": "3", "transform": "as_is"},
        row={"period": 9.0, "depth": np.nan},
    ),
    Outcome(
        scenario="no_transit",
        index=2,
        target="KIC 1",
        status=KEPT,
        truth={"segments": "3", "transform": "inverted"},
        row={"period": 8.0, "depth": 7.0},
    ),
]


def test_a_shard_comes_back_as_it_was(tmp_path):
    shards = labelled_set.Shards(tmp_path, fingerprint="abc")
    batch = Batch("planet", 0, 4)
    assert shards.load(batch) is None
    shards.save(batch, OUTCOMES[:4])
    assert shards.load(batch) == OUTCOMES[:4]


def test_a_shard_that_was_cut_short_is_made_again(tmp_path):
    shards = labelled_set.Shards(tmp_path, fingerprint="abc")
    batch = Batch("planet", 0, 4)
    shards.save(batch, OUTCOMES[:4])
    path = next(shards.folder.glob("planet*.json"))
    path.write_text(path.read_text()[:-20])
    assert shards.load(batch) is None


@pytest.mark.parametrize("kept", [0, 1])
def test_views_of_a_shard_that_are_damaged_or_gone_are_made_again(tmp_path, kept):
    shards = labelled_set.Shards(tmp_path, fingerprint="abc", views=True)
    batch = Batch("planet", 0, 4)
    views = (np.zeros(LENGTH, np.float32), np.zeros(len(SLICES), np.int16))
    shards.save(batch, [replace(one, views=views) for one in OUTCOMES[1 - kept : 4]])
    assert shards.load(batch) == OUTCOMES[1 - kept : 4]
    path = next(shards.folder.glob("planet*.npy"))
    path.write_bytes(path.read_bytes()[:-1] if kept else b"")
    assert shards.load(batch) is None
    path.unlink()
    assert shards.load(batch) is None


def test_other_settings_do_not_mix_with_what_is_there(tmp_path):
    labelled_set.Shards(tmp_path, fingerprint="abc")
    labelled_set.Shards(tmp_path, fingerprint="abc")
    with pytest.raises(BadParameter, match="other settings"):
        labelled_set.Shards(tmp_path, fingerprint="abd")


def test_an_output_that_cannot_be_written_is_named(tmp_path):
    file = tmp_path / "file"
    file.write_text("in the way")
    with pytest.raises(DataNotFound, match=f"cannot write to {file}"):
        labelled_set.Shards(file, fingerprint="abc")


def test_a_light_curve_searched_twice_as_it_is_counts_once():
    kept = labelled_set.drop_repeats(OUTCOMES)
    assert [o.status for o in kept if o.scenario == "no_transit"] == [KEPT, FAILED, KEPT]


def test_a_repeat_stays_the_event_that_it_is():
    again = replace(OUTCOMES[-1], index=90, number=2, label="no_transit", row={"depth": 1.0})
    *_, first, second = labelled_set.drop_repeats([*OUTCOMES, replace(again, index=89), again])
    for one in (first, second):
        assert (one.number, one.label) == (2, "no_transit")
    assert second.status == FAILED and second.row == {} and second.reason


def test_counts_are_cumulative():
    counts = labelled_set.counts(OUTCOMES, ["planet", "no_transit"])
    assert counts["planet"] == {"drawn": 3, "visible": 2, "recovered": 1, "kept": 1, "failed": 1}
    assert counts["no_transit"]["kept"] == 3


def test_failures_are_counted_and_name_their_targets():
    assert labelled_set.failures(OUTCOMES) == [
        {"stage": "host", "reason": "KIC 4: truncated", "count": 1, "targets": ["KIC 4"]}
    ]


def test_the_table_keeps_units_labels_and_missing_values(tmp_path):
    meanings = {"planet": Planet.meaning, "no_transit": NoTransit.meaning}
    table = labelled_set.feature_table(OUTCOMES, COLUMNS, {"detrend": "biweight"}, meanings)
    table.save(tmp_path / "features.parquet")
    loaded = load_feature_table(tmp_path / "features.parquet")
    assert loaded.columns == COLUMNS
    assert loaded.meanings == meanings
    assert loaded.recipe == {"detrend": "biweight"}
    assert loaded.schema_hash == table.schema_hash
    np.testing.assert_array_equal(loaded.features, table.features)
    assert list(loaded.labels) == ["planet", *["no_transit"] * 3]
    assert list(loaded.frame.disposition) == ["planet", *["false_positive"] * 3]
    assert np.isnan(loaded.features[1, 1])


def test_the_truth_has_a_row_for_what_was_missed():
    truth = labelled_set.truth_table(OUTCOMES)
    assert list(truth[truth.label == "planet"].status) == [KEPT, VISIBLE, DRAWN]
    assert truth.event.is_unique


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(DataNotFound, match="cannot write"):
        labelled_set.Shards(tmp_path / "set", fingerprint="abc")


def test_every_orbit_of_a_star_counts_once_for_completeness():
    """Two planets, the second found and the first missed; remains and noise count for nothing."""

    def outcome(number, status, kind, orbit=None, period=3.0):
        truth = {
            "event_kind": kind,
            "period_days": period,
            "depth_ppm": 500.0,
            "log_prior": 0.0,
            "log_proposal": 0.0,
        }
        if orbit:
            truth["orbit_number"] = orbit
        return Outcome(
            scenario="planet_system",
            index=0,
            target="KIC 1",
            status=status,
            number=number,
            label="no_transit" if kind in ("leftover", "other") else "planet",
            truth=truth,
        )

    star = [
        outcome(0, KEPT, "further_signal", 2.0, 7.0),
        outcome(1, KEPT, "leftover", 2.0, 7.0),
        outcome(2, KEPT, "other"),
        outcome(3, VISIBLE, "missed", 1.0),
    ]
    truth = labelled_set.truth_table(star)
    assert list(truth["label"]) == ["planet", "no_transit", "no_transit", "planet"]
    measured = labelled_set.completeness_by_scenario(truth)
    assert list(measured) == ["planet"]
    assert (measured["planet"].rows.sum(), measured["planet"].rows_found.sum()) == (2, 1)
    assert labelled_set.counts(star, ["planet_system"])["planet_system"]["kept"] == 1
