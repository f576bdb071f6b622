"""Counts of what became of the examples, whole or a part at a time."""

import pandas as pd
import pytest
from simulated_outcomes import OUTCOMES, finished_shards

from simulate.example import FAILED, KEPT, VISIBLE, Outcome
from simulate.tally import (
    MOST_REASONS,
    OTHER_REASON,
    TARGETS_NAMED,
    Tally,
    completeness_by_scenario,
)


def tally_of(folder, outcomes=OUTCOMES, **cut):
    outcomes = [
        one
        if not one.truth
        else Outcome(**vars(one) | {"truth": {"log_prior": 0.0, "log_proposal": 0.0, **one.truth}})
        for one in outcomes
    ]
    tally = Tally(list(dict.fromkeys(one.scenario for one in outcomes)))
    for shard in finished_shards(folder, outcomes, **cut):
        tally.add(shard.outcomes().to_pandas())
    return tally


@pytest.mark.parametrize("size", [1, 2, 100])
def test_counts_are_cumulative(tmp_path, size):
    counts = tally_of(tmp_path, batch_size=size, shard_size=size).counts()
    assert counts["planet"] == {"drawn": 3, "visible": 2, "recovered": 1, "kept": 1, "failed": 1}
    assert counts["no_transit"]["kept"] == 3


def test_failures_are_counted_and_name_their_targets(tmp_path):
    assert tally_of(tmp_path).failures() == [
        {"stage": "host", "reason": "KIC 4: truncated", "count": 1, "targets": ["KIC 4"]}
    ]


def test_reasons_that_all_differ_do_not_grow_without_end():
    tally = Tally(["planet"])
    number = MOST_REASONS + 50
    rows = pd.DataFrame(
        {
            "scenario": "planet",
            "event_number": 0.0,
            "status": FAILED,
            "stage": "host",
            "reason": [f"file {number} is truncated" for number in range(number)],
            "target": [f"KIC {number}" for number in range(number)],
            "has_truth": False,
        }
    )
    tally.add(rows)
    failures = tally.failures()
    assert len(failures) == MOST_REASONS + 1
    assert sum(one["count"] for one in failures) == number
    other = next(one for one in failures if one["reason"] == OTHER_REASON)
    assert other["count"] == 50 and len(other["targets"]) == TARGETS_NAMED


def test_every_orbit_of_a_star_counts_once_for_completeness(tmp_path):
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
    (shard,) = finished_shards(tmp_path, star)
    truth = shard.outcomes().to_pandas()
    assert list(truth["label"]) == ["planet", "no_transit", "no_transit", "planet"]
    measured = completeness_by_scenario(truth)
    assert list(measured) == ["planet"]
    assert (measured["planet"].rows.sum(), measured["planet"].rows_found.sum()) == (2, 1)
    assert tally_of(tmp_path / "again", star).counts()["planet_system"]["kept"] == 1
