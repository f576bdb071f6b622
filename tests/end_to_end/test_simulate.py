"""``simulate.run`` on fabricated Kepler files and on procedural noise, good input and bad."""

import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from commands import simulation
from fabricate import cadences, kepler_fits

from exoval.errors import BadParameter
from exoval.injection.completeness import load_completeness
from exoval.table.feature_table import load_feature_table
from simulate.example import simulate_events, simulate_example
from simulate.executor import Executor
from simulate.run import make_simulation, run
from simulate.shard import event_name


def simulate(output, *overrides, **arguments):
    # the quick trend: procedural stars are spotted, and others take the default ten times as long
    quick = ("executor=serial", "detrend=biweight")
    settings, built = simulation(f"output={output}", *quick, *overrides)
    manifest = run(**built | arguments, settings=settings)
    return manifest, load_feature_table(Path(output) / "features.parquet")


@pytest.fixture(scope="module")
def forty(tmp_path_factory):
    output = tmp_path_factory.mktemp("forty")
    return (output, *simulate(output, "n_systems=40", "host=procedural"))


def test_forty_systems_give_events_of_every_scenario(forty):
    _, manifest, table = forty
    counts = manifest["counts"]
    assert sum(row["drawn"] + row["failed"] for row in counts.values()) == 40
    for scenario in ("planet", "eclipsing_binary", "background_binary"):
        assert counts[scenario]["kept"] >= 3
    assert manifest["kept"] == len(table) > 15


def test_detection_efficiencies_count_the_draws(forty):
    output, manifest, _ = forty
    truth = pd.read_parquet(output / "truth.parquet")
    for name, cells in load_completeness(output).items():
        rows = truth[(truth.label == name) & (truth.depth_ppm >= 10)]
        assert cells.rows.sum() == len(rows)
        assert cells.rows_found.sum() == rows.status.isin(["kept", "recovered"]).sum()
        assert manifest["completeness"][name]["rows"] == len(rows)
    assert "planet" in manifest["completeness"]


def test_the_manifest_says_loudly_that_hosts_are_procedural(forty):
    output, manifest, _ = forty
    stored = json.loads((output / "manifest.json").read_text())
    assert stored["host"]["kind"] == "procedural"
    assert "do not trust" in stored["host"]["warning"]
    assert stored["config"]["seed"] == 0
    assert stored["versions"]["numpy"] == np.__version__
    assert stored["counts"] == manifest["counts"]


def test_found_periods_are_the_injected_ones(forty):
    output, _, table = forty
    truth = pd.read_parquet(output / "truth.parquet").set_index("event")
    planets = table.frame[table.frame.label == "planet"].set_index("event")
    injected = truth.loc[planets.index]
    same = injected.alias == "same"
    assert same.mean() > 0.6
    np.testing.assert_allclose(planets.period[same], injected.period_days[same], rtol=3e-3)
    measured = planets.depth[same]
    # limb darkening makes the middle deeper than the mean; grazing transits never reach k^2
    assert np.median(measured / injected.depth_ppm[same]) == pytest.approx(0.95, abs=0.12)


def test_no_injected_ephemeris_is_copied_into_a_feature(forty):
    """A model must not be able to tell simulated events by digits that only truth has."""
    output, _, table = forty
    truth = pd.read_parquet(output / "truth.parquet").set_index("event")
    frame = table.frame.set_index("event")
    injected = truth.loc[frame.index].period_days
    assert not (frame.period == injected).any()


@pytest.mark.slow
def test_again_gives_the_same_table_for_any_workers_and_batches(forty, tmp_path):
    _, _, table = forty
    _, again = simulate(
        tmp_path / "a",
        "n_systems=40",
        "host=procedural",
        "batch_size=3",
        executor=Executor(workers=2),
    )
    pd.testing.assert_frame_equal(again.frame, table.frame, check_exact=True)


def test_a_scenario_alone_gives_the_same_rows(forty, tmp_path):
    _, _, table = forty
    _, alone = simulate(tmp_path, "n_systems=10", "host=procedural", "scenario=[planet]")
    expected = table.frame[table.frame.label == "planet"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone.frame, expected, check_exact=True)


def test_an_interrupted_run_goes_on(forty, tmp_path, monkeypatch):
    _, _, table = forty
    cut = ("n_systems=40", "host=procedural", "batch_size=2", "shard_size=4")
    made = []
    original = simulate_events

    def interrupted(recipe, scenario, index):
        if len(made) == 20:
            raise KeyboardInterrupt
        made.append(index)
        return original(recipe, scenario, index)

    monkeypatch.setattr("simulate.executor.simulate_events", interrupted)
    with pytest.raises(KeyboardInterrupt):
        simulate(tmp_path, *cut)
    monkeypatch.setattr("simulate.executor.simulate_events", original)
    finished = list((tmp_path / "shards").glob("*.shard.json"))
    # ten batches: two of each of the four scenarios, and two that are not joined yet
    assert len(finished) == 4
    stamps = {path: path.stat().st_mtime_ns for path in finished}
    _, resumed = simulate(tmp_path, *cut)
    assert {path: path.stat().st_mtime_ns for path in finished} == stamps
    pd.testing.assert_frame_equal(resumed.frame, table.frame, check_exact=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three good stars, one truncated file and one without a finite flux."""
    folder = tmp_path_factory.mktemp("kepler")
    for number, kic in enumerate((1001, 1002, 1003, 1004, 1005)):
        columns = cadences(count=2200, start=900.0, seed=number)
        if kic == 1005:
            columns["pdcsap_flux"] = np.full(2200, np.nan, dtype=np.float32)
        path = kepler_fits(folder, kic, 9, columns)
        if kic == 1004:
            path.write_bytes(path.read_bytes()[:20000])
    return folder


def test_bad_light_curves_are_counted_and_named_and_the_rest_goes_on(folder, tmp_path):
    targets = "['KIC 1001','KIC 1002','KIC 1003','KIC 1004','KIC 1005','KIC 77']"
    manifest, table = simulate(
        tmp_path,
        "n_systems=30",
        "host=real",
        f"host.folder={folder}",
        f"host.targets={targets}",
        "mission.maximum_period_days=8",
        "host.leave_out_known_signals=false",
        "scenario=[planet,eclipsing_binary]",
    )
    assert len(table) > 5
    assert set(table.targets) <= {"KIC 1001", "KIC 1002", "KIC 1003"}
    reasons = " ".join(failure["reason"] for failure in manifest["failures"])
    for named in ("1004", "KIC 1005", "KIC 77"):
        assert named in reasons
    lost = sum(failure["count"] for failure in manifest["failures"] if failure["stage"] == "host")
    assert lost == sum(row["failed"] for row in manifest["counts"].values())
    assert all(failure["count"] > 0 for failure in manifest["failures"])


@dataclass(frozen=True)
class KillsItsProcess:
    """A scenario whose third draw dies like a worker that runs out of memory."""

    scenario: object

    @property
    def meaning(self):
        return self.scenario.meaning

    def draw(self, rng, observation):
        system = self.scenario.draw(rng, observation)
        if 3.0 < system.signal.period < 9.0:
            os.kill(os.getpid(), signal.SIGKILL)
        return system


@pytest.mark.slow
def test_a_killed_worker_loses_only_what_killed_it(tmp_path, capfd):
    _, built = simulation("host=procedural", "scenario=[eclipsing_binary]", "detrend=biweight")
    binary = built["scenario"]["eclipsing_binary"]
    built |= {
        "scenario": {"eclipsing_binary": KillsItsProcess(binary)},
        "n_systems": 4,
        "batch_size": 2,
        "output": tmp_path,
        "executor": Executor(workers=2),
    }
    healthy_simulation = make_simulation(**(built | {"scenario": {"eclipsing_binary": binary}}))
    healthy = [
        simulate_example(healthy_simulation, "eclipsing_binary", index) for index in range(4)
    ]
    deadly = [3.0 < outcome.truth["period_days"] < 9.0 for outcome in healthy]
    assert 0 < sum(deadly) < 4, "the seed must give both kinds for the test to mean something"
    manifest = run(**built)
    table = load_feature_table(tmp_path / "features.parquet")
    expected = [event_name(o) for o, dies in zip(healthy, deadly) if o.row and not dies]
    assert list(table.frame.event) == expected
    assert sum(f["count"] for f in manifest["failures"] if f["stage"] == "worker") == sum(deadly)


def test_fewer_systems_than_scenarios_is_refused(tmp_path):
    with pytest.raises(BadParameter, match="n_systems=2 for 4 scenarios"):
        simulate(tmp_path, "n_systems=2", "host=procedural")


def test_known_ephemeris_is_the_fast_mode(tmp_path):
    manifest, table = simulate(
        tmp_path,
        "n_systems=16",
        "host=procedural",
        "search=known_ephemeris",
        "scenario=[planet,eclipsing_binary]",
    )
    counts = manifest["counts"]["eclipsing_binary"]
    assert counts["kept"] >= counts["visible"] - 1 >= 4  # one may lose events to the gap
    truth = pd.read_parquet(tmp_path / "truth.parquet").set_index("event")
    assert not (
        table.frame.set_index("event").period == truth.loc[table.frame.event].period_days
    ).any()


def test_real_hosts_carry_no_known_signal(tmp_path, sample_folder):
    from exoval.catalogs.koi import read_koi

    manifest, table = simulate(
        tmp_path, "n_systems=12", "search=known_ephemeris", "scenario=[planet,background_binary]"
    )
    assert manifest["host"]["kind"] == "real"
    assert manifest["host"]["stars_left_out_for_known_signals"] == 20
    assert "sample that ships with exoval" in manifest["host"]["warning"]
    assert not set(table.targets) & {candidate.target for candidate in read_koi()}


def test_replacing_the_seed_changes_the_rows(forty, tmp_path):
    _, _, table = forty
    _, other = simulate(tmp_path, "n_systems=4", "host=procedural", "seed=1")
    assert not set(other.frame.period) & set(table.frame.period)


def test_a_run_does_not_go_on_with_hosts_that_other_catalogues_chose(folder, tmp_path, monkeypatch):
    """Stars of its first batches may turn out to be known."""
    (tmp_path / "tables").mkdir()
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path))
    asked = (
        "n_systems=3",
        f"host.folder={folder}",
        "scenario=[no_transit]",
        "search=known_ephemeris",
        "views=false",
    )
    manifest, _ = simulate(tmp_path / "set", *asked)
    assert manifest["host"]["stars"] == 5 and len(manifest["host"]["missing_catalogues"]) == 3
    assert "without KOI table" in manifest["host"]["warning"]
    pd.DataFrame(
        {
            "kepid": [1001],
            "kepoi_name": ["K00001.01"],
            "koi_disposition": ["CANDIDATE"],
            "koi_period": [None],
            "koi_time0bk": [131.0],
            "koi_duration": [2.0],
        }
    ).to_csv(tmp_path / "tables/cumulative.csv", index=False)
    with pytest.raises(BadParameter, match="other catalogues"):
        simulate(tmp_path / "set", *asked)
    manifest, _ = simulate(tmp_path / "another", *asked)
    assert manifest["host"]["stars_left_out_by_reason"] == {"known signal with no period": 1}
    assert manifest["host"]["stars"] == 4 and len(manifest["host"]["missing_catalogues"]) == 2
