"""The status of a run is that of its batches, and asking for it changes nothing."""

import json
import os
import shutil
from datetime import UTC, datetime

import pytest
from commands import run_command, simulation

import simulate.status
from exoval.errors import BadTable, DataNotFound
from exoval.running.folder_lock import folder_lock
from exoval.running.whole_folder import manifest_text
from simulate.example import FAILED, KEPT, Outcome
from simulate.executor import Batch
from simulate.run import run
from simulate.shards import Shards, finished_batches
from simulate.status import status_of, status_table

PLAN = {"systems": {"planet": 10, "no_transit": 9}, "batch_size": 4}


def outcomes(batch, failed=0):
    """One outcome a system, of which the first ones failed, and a further event of the last."""
    made = [
        Outcome(
            scenario=batch.scenario,
            index=index,
            target="KIC 1",
            status=FAILED if index < batch.start + failed else KEPT,
        )
        for index in range(batch.start, batch.stop)
    ]
    further = Outcome(
        scenario=batch.scenario, index=batch.stop - 1, target="KIC 1", status=FAILED, number=1
    )
    return [*made, further]


def write(folder, *batches, plan=PLAN):
    """Finished batches as (scenario, start, stop, failed systems, time of the file)."""
    shards = Shards(folder, fingerprint="abc", plan=plan)
    for scenario, start, stop, failed, when in batches:
        batch = Batch(scenario, start, stop)
        shards.save(batch, outcomes(batch, failed))
        os.utime(shards.folder / batch.file, (when, when))
    return folder


@pytest.fixture
def half(tmp_path):
    """Three of six batches, written within half a minute."""
    return write(
        tmp_path / "half",
        ("planet", 0, 4, 1, 1000.0),
        ("no_transit", 0, 4, 0, 1010.0),
        ("planet", 4, 8, 2, 1030.0),
    )


def state_of(folder):
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_batches_and_systems_are_counted_by_scenario(half):
    before = state_of(half)
    status = status_of(half)
    planet, no_transit = status.scenarios["planet"], status.scenarios["no_transit"]
    assert (planet.batches_done, planet.batches_left) == (2, 1)
    assert (planet.systems_done, planet.systems_failed, planet.systems_left) == (8, 3, 2)
    assert (no_transit.batches_done, no_transit.batches_left) == (1, 2)
    assert (no_transit.systems_done, no_transit.systems_failed) == (4, 0)
    assert no_transit.systems_left == 5
    total = status.total
    assert (total.batches_done, total.batches_left, total.systems_left) == (3, 3, 7)
    assert status.state.startswith("interrupted")
    assert state_of(half) == before


def test_the_rate_is_that_between_the_batches(half):
    """Eight systems in the thirty seconds after the first batch, four of each scenario."""
    status = status_of(half)
    assert status.total.per_hour == pytest.approx(8 * 120)
    assert status.scenarios["planet"].per_hour == pytest.approx(4 * 120)
    assert status.hours_left == pytest.approx(7 / (8 * 120))


def test_a_night_between_two_runs_is_not_counted(half):
    plain = status_of(half).total.per_hour
    write(half, ("planet", 0, 4, 1, 1000.0 - 40_000))
    later = status_of(half)
    assert later.total.batches_done == 3
    # the second day begins with the batch at 1010 s
    assert later.total.per_hour == pytest.approx(4 / 20 * 3600) != plain


def test_of_a_run_under_way_the_rate_begins_with_it(half):
    with folder_lock(half):
        (lock,) = half.glob(".exoval.lock")
        said = json.loads(lock.read_text())
        said["since"] = datetime.fromtimestamp(1005, UTC).isoformat()
        lock.write_text(json.dumps(said))
        status = status_of(half)
        assert status.total.per_hour == pytest.approx(8 / 25 * 3600)
        assert status.state.startswith(f"process {os.getpid()} on ")
        # one that was killed leaves its lock
        lock.write_text(json.dumps(said | {"process_start": "another process"}))
        assert status_of(half).state.startswith("interrupted")
        lock.unlink()


def test_a_damaged_batch_is_not_done(half):
    path = half / "shards" / Batch("planet", 0, 4).file
    path.write_text(path.read_text().replace("KIC 1", "KIC 2"))
    assert status_of(half).scenarios["planet"].systems_done == 4


def test_of_a_smaller_set_the_shards_of_the_larger_are_not_done(tmp_path):
    shards = Shards(tmp_path, fingerprint="abc", plan=PLAN)
    for batch in shards.expect(PLAN["systems"], batch_size=4, shard_size=100):
        shards.save(batch, outcomes(batch))
    assert status_of(tmp_path).total.batches_left == 0
    smaller = {name: size - 1 for name, size in PLAN["systems"].items()}
    plan = {"systems": smaller, "batch_size": 4}
    left = Shards(tmp_path, fingerprint="abc", plan=plan).expect(
        smaller, batch_size=4, shard_size=100
    )
    total = status_of(tmp_path).total
    assert (total.batches_done, total.systems_done) == (0, 0)
    assert (total.batches_left, total.systems_left) == (len(left), sum(smaller.values()))


def test_batches_that_are_joined_meanwhile_are_counted(tmp_path, monkeypatch):
    shards = Shards(tmp_path, fingerprint="abc", plan=PLAN)
    left = shards.expect(PLAN["systems"], batch_size=4, shard_size=100)
    planets = [batch for batch in left if batch.scenario == "planet"]
    for batch in planets[:-1]:
        shards.save(batch, outcomes(batch))

    def listed(folder):
        names = finished_batches(folder)
        shards.save(planets[-1], outcomes(planets[-1]))
        return names

    monkeypatch.setattr(simulate.status, "finished_batches", listed)
    assert status_of(tmp_path).scenarios["planet"].systems_done == 10


def test_tables_of_fewer_systems_are_not_those_of_the_run(tmp_path):
    """An extended set whose tables are still those of before is not finished."""
    shards = Shards(tmp_path, fingerprint="abc", plan=PLAN)
    for batch in shards.expect(PLAN["systems"], batch_size=4, shard_size=100):
        shards.save(batch, outcomes(batch))
    for systems, finished in ((12, False), (19, True)):
        manifest = manifest_text({"config": {"n_systems": systems}}, name="manifest.json", files={})
        (tmp_path / "manifest.json").write_text(manifest)
        assert (status_of(tmp_path).state == "finished") is finished


def test_one_batch_tells_no_rate(tmp_path):
    folder = write(tmp_path, ("planet", 0, 4, 0, 1000.0))
    status = status_of(folder)
    assert status.total.per_hour is None and status.hours_left is None
    assert "time left: unknown" in status_table(folder, status)


def test_a_folder_without_batches_or_plan_is_one_sentence(tmp_path):
    with pytest.raises(DataNotFound, match="holds no batches of a run"):
        status_of(tmp_path)
    write(tmp_path / "old", plan=None)
    with pytest.raises(BadTable, match="does not say how many systems are planned"):
        status_of(tmp_path / "old")


def test_a_real_run_from_its_interruption_to_its_end(tmp_path):
    settings, built = simulation(
        f"output={tmp_path / 'set'}",
        "host=procedural",
        "host.stars=5",
        "search=known_ephemeris",
        "detrend=biweight",
        "executor=serial",
        "scenario=[eclipsing_binary]",
        "mission.maximum_period_days=8",
        "n_systems=4",
        "batch_size=2",
        "shard_size=2",
    )
    run(**built, settings=settings)
    done = run_command(tmp_path, "simulate", "status", "set")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "set: finished"
    all_of_it = done.stdout.splitlines()[-1].split()
    assert all_of_it[:6] == ["all", "2", "0", "4", "0", "0"]
    shutil.copytree(tmp_path / "set" / "shards", tmp_path / "begun" / "shards")
    next((tmp_path / "begun" / "shards").glob("*-0000002-*.json")).unlink()
    done = run_command(tmp_path, "simulate", "status", "begun", "set")
    assert done.returncode == 0 and "begun: interrupted" in done.stdout
    assert "set: finished" in done.stdout
    (row,) = (one for one in done.stdout.splitlines() if one.startswith("all") and " 1 " in one)
    assert row.split()[:6] == ["all", "1", "1", "2", "0", "2"]
    assert run_command(tmp_path, "simulate", "status", "nowhere").returncode == 2
