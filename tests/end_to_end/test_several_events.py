"""A labelled set of several events of every star, and what a model of it says of one."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from commands import simulation

from exoval.errors import BadParameter
from exoval.injection.importance_weights import reweight
from exoval.populations.planet_log_uniform import LogUniformPlanets
from exoval.siblings import COLUMNS
from exoval.table.feature_table import load_feature_table
from simulate.executor import Executor
from simulate.run import run

SETTINGS = (
    "scenario=[eclipsing_binary,no_transit]",
    "host=procedural",
    "n_systems=12",
    "views=false",
    "detrend=biweight",
    "executor=serial",
)
NAMES = [column.name for column in COLUMNS]


def simulate(output, *overrides, **arguments):
    settings, built = simulation(f"output={output}", *SETTINGS, *overrides)
    manifest = run(**built | arguments, settings=settings)
    table = load_feature_table(Path(output) / "features.parquet")
    return manifest, table, pd.read_parquet(Path(output) / "truth.parquet")


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("three"), "max_events=3")


def test_every_event_is_a_row_with_its_own_label(three):
    manifest, table, truth = three
    frame = table.frame.set_index("event")
    assert frame.index.is_unique and len(frame) == manifest["kept"]
    known = truth.set_index("event").loc[frame.index]
    expected = {
        "signal": known["scenario"],
        "secondary": known["scenario"],
        "leftover": "no_transit",
        "other": "no_transit",
    }
    several = known["event_kind"].notna()
    for kind in known["event_kind"][several].unique():
        rows = known["event_kind"] == kind
        wanted = expected[kind] if isinstance(expected[kind], str) else expected[kind][rows]
        assert (frame["label"][rows] == wanted).all(), kind
    assert (known["event_kind"] == "secondary").any()
    # the injected signals are counted, not the rows
    assert sum(row["drawn"] + row["failed"] for row in manifest["counts"].values()) == 12


def test_a_secondary_is_told_by_the_event_before_it(three):
    _, table, truth = three
    kinds = truth.set_index("event")["event_kind"]
    frame = table.frame.set_index("event")
    secondary = frame[kinds.loc[frame.index] == "secondary"]
    weaker = secondary[secondary["siblings_before"] > 0]
    assert (weaker["has_stronger_twin"] == 1).any()
    assert (frame["sibling_count"] <= 2).all() and (frame["siblings_before"] >= 0).all()


def test_the_event_found_first_is_measured_as_in_a_set_of_one_event(three, tmp_path):
    _, several, truth = three
    _, single, _ = simulate(tmp_path)
    assert not set(NAMES) & set(single.frame)
    first = truth[truth["found_as"].isna() | (truth["found_as"] == 1)]["event"]
    common = single.frame.set_index("event")
    common = common.loc[[name for name in first if name in common.index]]
    same = several.frame.set_index("event").loc[common.index, list(common)]
    pd.testing.assert_frame_equal(same, common, check_exact=True)
    assert len(common) > 4


@pytest.mark.slow
def test_workers_and_batches_change_nothing(three, tmp_path):
    _, expected, _ = three
    _, again, _ = simulate(tmp_path, "max_events=3", "batch_size=5", executor=Executor(2))
    pd.testing.assert_frame_equal(again.frame, expected.frame, check_exact=True)


def test_a_search_that_knows_one_event_is_refused(tmp_path):
    with pytest.raises(BadParameter, match="known_ephemeris, which knows one event"):
        simulate(tmp_path, "max_events=2", "search=known_ephemeris")


@pytest.fixture(scope="module")
def systems(tmp_path_factory):
    """Stars with several planets, quiet and bright enough that second planets are found."""
    folder = tmp_path_factory.mktemp("systems")
    chosen = ("scenario=[planet_system]", "n_systems=16", "mission.maximum_period_days=12")
    return simulate(folder, *chosen, "max_events=4")


def test_planets_of_a_star_are_planets_each_with_the_truth_of_its_own_orbit(systems):
    manifest, table, truth = systems
    assert set(manifest["labels"]) == {"planet", "no_transit"}
    assert (truth["scenario"] == "planet_system").all()
    frame = table.frame.set_index("event")
    known = truth.set_index("event").loc[frame.index]
    several = known[known["n_transiting_planets"] > 1]
    planets = several["event_kind"].isin(["signal", "further_signal"])
    assert (frame["label"][several.index] == np.where(planets, "planet", "no_transit")).all()
    further = several[several["event_kind"] == "further_signal"]
    assert len(further) >= 2
    assert (further["orbit_number"] > 1).all()
    same = further[further["alias"] == "same"]
    np.testing.assert_allclose(same["found_period_days"], same["period_days"], rtol=5e-3)
    # every transiting planet of a star is in the truth once as itself
    rows = truth[truth["n_transiting_planets"] > 1]
    rows = rows[rows["event_kind"].isin(["signal", "further_signal", "missed"])]
    for star, orbits in rows.groupby(rows["event"].str[:21]):
        expected = np.arange(1, 1 + orbits["n_transiting_planets"].iloc[0])
        np.testing.assert_array_equal(np.sort(orbits["orbit_number"]), expected, err_msg=star)


def test_the_weight_of_a_star_is_that_of_all_its_planets(systems):
    _, _, truth = systems
    for population in (None, {"planets": LogUniformPlanets()}):
        weights = reweight(truth, population=population)
        assert weights.groupby(truth["event"].str[:21]).nunique().eq(1).all()
