"""Outcomes of two scenarios as an executor returns them, for tests of what is made of them."""

import numpy as np

from exoval.table.column import Column
from simulate.example import DRAWN, FAILED, KEPT, VISIBLE, Outcome
from simulate.executor import Batch
from simulate.shards import Shards

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


def finished_shards(folder, outcomes=OUTCOMES, *, batch_size=2, shard_size=2, views=False):
    """The shards of these outcomes, saved batch by batch, last batch first."""
    systems = {}
    for one in outcomes:
        systems[one.scenario] = max(systems.get(one.scenario, 0), one.index + 1)
    shards = Shards(folder, fingerprint="abc", views=views)
    left = shards.expect(systems, batch_size=batch_size, shard_size=shard_size)
    for batch in reversed(left):
        shards.save(batch, of_batch(batch, outcomes))
    return shards.finished()


def of_batch(batch: Batch, outcomes=OUTCOMES):
    return [
        one
        for one in outcomes
        if one.scenario == batch.scenario and batch.start <= one.index < batch.stop
    ]
