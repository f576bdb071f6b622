"""A set that is extended makes no row again, and has the rows of one made at once."""

import pandas as pd
import pytest
from commands import simulation

from exoval.verify import WHOLE, examine
from simulate.batches import cut_into_batches, systems_of_each
from simulate.executor import Batch
from simulate.run import run

QUICK = (
    "host=procedural",
    "host.stars=5",
    "search=known_ephemeris",
    "detrend=biweight",
    "executor=serial",
    "scenario=[eclipsing_binary]",
    "mission.maximum_period_days=8",
)


def simulate(output, *overrides):
    settings, built = simulation(f"output={output}", *QUICK, *overrides)
    return run(**built, settings=settings)


@pytest.mark.parametrize("n_systems", [3, 4, 5, 50])
def test_systems_are_shared_evenly(n_systems):
    shares = list(systems_of_each(["a", "b", "c"], n_systems).values())
    assert sum(shares) == n_systems and shares[0] - shares[-1] in (0, 1)
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize(
    "finished",
    [
        [],
        [(0, 10)],
        [(0, 8), (8, 10)],
        [(8, 16), (8, 10), (0, 8)],
        [(3, 5), (9, 12)],
        [(0, 8), (6, 14)],
        [(16, 24)],
        [(0, 40)],
    ],
)
@pytest.mark.parametrize("size", [10, 16, 21])
def test_every_system_is_in_one_batch_and_finished_ones_are_reused(finished, size):
    finished = [Batch("planet", *one) for one in finished]
    batches = cut_into_batches({"planet": size, "no_transit": 3}, 4, finished)
    planets = [one for one in batches if one.scenario == "planet"]
    assert [index for one in planets for index in range(one.start, one.stop)] == list(range(size))
    new = [one for one in planets if one not in finished]
    assert all(0 < one.stop - one.start <= 4 for one in new)
    # what is made again was in a batch that overlaps a reused one or is too long
    for one in set(finished) - set(planets):
        overlapped = any(
            other in finished and other.start < one.stop and one.start < other.stop
            for other in planets
        )
        assert one.stop > size or overlapped


def test_a_set_that_is_extended_is_that_made_at_once_and_keeps_its_shards(tmp_path):
    """Three systems are no whole number of batches; the batch size changes as well."""
    simulate(tmp_path / "grown", "n_systems=3", "batch_size=2")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "grown/shards").glob("*-*")}
    simulate(tmp_path / "grown", "n_systems=5", "batch_size=3")
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "grown/shards").glob("*-*")}
    assert before.items() < after.items()
    made = sum(
        int(stop) - int(start)
        for _, start, stop in (
            path.name.partition(".")[0].split("-") for path in after.keys() - before.keys()
        )
    )
    assert made == 4 * 2, "description, outcomes, features and views of two new systems"
    simulate(tmp_path / "once", "n_systems=5")
    for name in ("features.parquet", "truth.parquet"):
        grown, once = (pd.read_parquet(tmp_path / one / name) for one in ("grown", "once"))
        pd.testing.assert_frame_equal(grown, once, check_exact=True)
    for name in ("views.npy", "views_missing.npy", "completeness.json"):
        assert (tmp_path / "grown" / name).read_bytes() == (tmp_path / "once" / name).read_bytes()
    assert {one.state for one in examine(tmp_path / "grown")} == {WHOLE}
