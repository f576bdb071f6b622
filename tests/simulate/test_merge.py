"""Merged sets are the sets that one machine would have made, or they are refused."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from commands import run_command, simulation

from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.injection.completeness import load_completeness, measure_completeness
from exoval.verify import WHOLE, examine
from simulate.merge import merge_sets
from simulate.run import run
from train.data.labelled_set import read_labelled_set

QUICK = (
    "host=procedural",
    "host.stars=5",
    "search=known_ephemeris",
    "detrend=biweight",
    "executor=serial",
    "mission.maximum_period_days=8",
)
BINARIES, PLANETS = "scenario=[eclipsing_binary]", "scenario=[planet]"


def simulate(output, *overrides):
    settings, built = simulation(f"output={output}", *QUICK, *overrides)
    run(**built, settings=settings)
    return output


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    """Sets of two or three systems by name."""
    folder = tmp_path_factory.mktemp("sets")
    made = {
        "binaries": (BINARIES, "n_systems=2"),
        "planets": (PLANETS, "n_systems=2"),
        "both": ("scenario=[eclipsing_binary,planet]", "n_systems=4"),
        "seed 1": (BINARIES, "n_systems=3", "seed=1"),
        "without views": (BINARIES, "n_systems=2", "seed=2", "views=false"),
    }
    return {name: simulate(folder / name, *settings) for name, settings in made.items()}


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_text())


def copied(folder, to, **entries):
    """A copy of a set without checksums, with other entries in its manifest."""
    shutil.copytree(folder, to)
    manifest = manifest_of(to) | entries
    for name in ("format", "sizes", "checksums"):
        del manifest[name]
    (to / "manifest.json").write_text(json.dumps(manifest))
    return to


def test_scenarios_of_two_machines_are_the_set_of_one(sets, tmp_path):
    manifest = merge_sets(tmp_path / "all", [sets["binaries"], sets["planets"]])
    one = read_labelled_set(sets["both"])
    both = read_labelled_set(tmp_path / "all")
    pd.testing.assert_frame_equal(both.table.frame, one.table.frame, check_exact=True)
    assert both.table.columns == one.table.columns and both.table.recipe == one.table.recipe
    assert both.table.meanings == one.table.meanings
    truths = (
        pd.read_parquet(folder / "truth.parquet") for folder in (tmp_path / "all", sets["both"])
    )
    pd.testing.assert_frame_equal(*truths, check_exact=True, check_like=True)
    for name in ("views.npy", "views_missing.npy", "views_layout.json", "completeness.json"):
        assert (tmp_path / "all" / name).read_bytes() == (sets["both"] / name).read_bytes()
    expected = manifest_of(sets["both"])
    for name in ("seed", "labels", "counts", "kept", "failures", "schema_hash", "recipe"):
        assert manifest[name] == expected[name]
    for name in ("completeness", "effective_sample_size"):
        assert manifest[name] == expected[name]
    assert manifest["config"]["n_systems"] == 4
    assert manifest["config"]["scenario"] == expected["config"]["scenario"]
    assert {one.state for one in examine(tmp_path / "all")} == {WHOLE}


def test_events_of_several_seeds_begin_with_their_seed(sets, tmp_path):
    folders = [sets["binaries"], sets["seed 1"]]
    manifest = merge_sets(tmp_path / "all", folders)
    merged = read_labelled_set(tmp_path / "all")
    single = [read_labelled_set(folder) for folder in folders]
    frames = [
        one.table.frame.assign(event=f"seed{seed}-" + one.table.frame.event)
        for seed, one in enumerate(single)
    ]
    pd.testing.assert_frame_equal(
        merged.table.frame, pd.concat(frames, ignore_index=True), check_exact=True
    )
    views = np.concatenate([one.table.views[:] for one in single])
    np.testing.assert_array_equal(merged.table.views[:], views)
    truth = pd.read_parquet(tmp_path / "all" / "truth.parquet")
    assert truth.event.is_unique and len(truth) == 5
    assert set(merged.table.frame.event) <= set(truth.event)
    assert manifest["seed"] == [0, 1] and manifest["counts"]["eclipsing_binary"]["drawn"] == 5
    assert [one["seed"] for one in manifest["merged"]] == [0, 1]
    measured = measure_completeness(truth, "eclipsing_binary")
    stored = load_completeness(tmp_path / "all")["eclipsing_binary"]
    np.testing.assert_array_equal(stored.drawn, measured.drawn)


def test_a_merged_set_is_merged_again(sets, tmp_path):
    merge_sets(tmp_path / "two", [sets["binaries"], sets["seed 1"]])
    once = merge_sets(tmp_path / "once", [sets["binaries"], sets["seed 1"], sets["planets"]])
    again = merge_sets(tmp_path / "again", [tmp_path / "two", sets["planets"]])
    for name in ("features.parquet", "truth.parquet", "views.npy"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "once" / name).read_bytes()
    for name in ("seed", "counts", "merged", "completeness"):
        assert again[name] == once[name]
    # over an earlier merge
    merge_sets(tmp_path / "again", [sets["binaries"], sets["planets"]])
    assert len(read_labelled_set(tmp_path / "again").table) == len(
        read_labelled_set(sets["both"]).table
    )


def test_without_views_of_all_sets_there_are_none(sets, tmp_path):
    folders = [sets["binaries"], sets["seed 1"]]
    merge_sets(tmp_path / "all", folders)
    assert (tmp_path / "all" / "views.npy").is_file()
    merge_sets(tmp_path / "all", [*folders, sets["without views"]])
    assert not list((tmp_path / "all").glob("views*"))
    merged = read_labelled_set(tmp_path / "all")
    assert merged.table.views is None and merged.recipe().view_form is None
    assert {one.state for one in examine(tmp_path / "all")} == {WHOLE}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("detrend.window_days=2",), r"detrend\.window_days \(.* and 2\)"),
        (("search=box",), r"search\._target_"),
        (("visible_snr=6",), r"visible_snr \(5\.0 and 6.*\)"),
        (("max_events=2", "search=box"), "max_events"),
        (("host.stars=6",), r"host\.stars \(5 and 6\)"),
    ],
)
def test_other_settings_are_refused_by_name(sets, tmp_path, change, named):
    settings, _ = simulation(f"output={tmp_path}", *QUICK, BINARIES, "seed=1", *change)
    parts = ("mission", "detrend", "search", "max_events", "feature", "view_form", "views")
    recipe = manifest_of(sets["seed 1"])["recipe"] | {name: settings[name] for name in parts}
    other = copied(sets["seed 1"], tmp_path / "other", config=settings, recipe=recipe)
    with pytest.raises(BadParameter, match=f"cannot be merged, their rows differ in .*{named}"):
        merge_sets(tmp_path / "all", [sets["binaries"], other])
    assert not (tmp_path / "all").exists()


def test_a_scenario_with_other_settings_is_refused(sets, tmp_path):
    config = manifest_of(sets["seed 1"])["config"]
    config["scenario"]["eclipsing_binary"]["minimum_period_days"] = 0.123
    other = copied(sets["seed 1"], tmp_path / "other", config=config)
    named = r"scenario\.eclipsing_binary\.minimum_period_days \(.* and 0\.123\)"
    with pytest.raises(BadParameter, match=named):
        merge_sets(tmp_path / "all", [sets["binaries"], other])


def test_the_same_examples_are_refused(sets, tmp_path):
    for other in ("binaries", "both"):
        with pytest.raises(BadParameter, match="hold the same 2 events, such as eclipsing_"):
            merge_sets(tmp_path / "all", [sets["binaries"], sets[other]])


def test_an_event_without_an_injection_that_two_sets_have_counts_once(sets, tmp_path):
    """Two seeds that happen to search the same light curve."""
    folders = [copied(sets[name], tmp_path / name) for name in ("binaries", "seed 1")]
    truths = [pd.read_parquet(folder / "truth.parquet") for folder in folders]
    chosen = truths[1].index[truths[1].status == "kept"][0]
    for truth, rows in zip(truths, ([0, 1], [chosen])):
        # in the first set both rows, of which only the second is the light curve
        truth["segments"], truth["transform"] = "3", None
        truth.loc[rows, "transform"] = "as_is"
        truth["found_period_days"] = truth.index + 1.0
        truth["status"] = "kept"
    truths[1].loc[chosen, ["target", "found_period_days"]] = [truths[0].target[1], 2.0]
    for folder, truth in zip(folders, truths):
        truth.to_parquet(folder / "truth.parquet", index=False)
    manifest = merge_sets(tmp_path / "all", folders)
    kept = [manifest_of(folder)["kept"] for folder in folders]
    merged = read_labelled_set(tmp_path / "all")
    assert len(merged.table) == len(merged.table.views) == sum(kept) - 1
    lost = f"seed1-{truths[1].event[chosen]}"
    assert lost not in set(merged.table.frame.event)
    truth = pd.read_parquet(tmp_path / "all" / "truth.parquet").set_index("event")
    assert truth.status[lost] == "failed"
    counts = manifest["counts"]["eclipsing_binary"]
    assert counts["kept"] == sum(kept) - 1 and counts["drawn"] == 4 and counts["failed"] == 1
    (failure,) = manifest["failures"]
    assert (failure["stage"], failure["count"]) == ("repeat", 1)
    first, second = (read_labelled_set(folder).table for folder in folders)
    rest = np.flatnonzero(second.frame.event != truths[1].event[chosen])
    expected = np.concatenate([first.views[:], second.views[rest]])
    np.testing.assert_array_equal(merged.table.views[:], expected)


def test_one_set_an_unfinished_one_and_a_damaged_one_are_refused(sets, tmp_path):
    with pytest.raises(BadParameter, match="1 labelled sets to merge; give two or more"):
        merge_sets(tmp_path / "all", [sets["binaries"]])
    begun = shutil.copytree(sets["seed 1"], tmp_path / "begun")
    (begun / "truth.parquet").write_bytes(b"other")
    with pytest.raises(BadTable, match=r"truth\.parquet has 5 bytes instead of"):
        merge_sets(tmp_path / "all", [sets["binaries"], begun])
    (begun / "manifest.json").unlink()
    with pytest.raises(DataNotFound, match="begun holds no finished labelled set"):
        merge_sets(tmp_path / "all", [sets["binaries"], begun])


def test_another_folder_is_not_overwritten(sets, tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("mine")
    for output in (tmp_path / "notes", shutil.copytree(sets["planets"], tmp_path / "set")):
        before = {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}
        with pytest.raises(BadParameter, match="holds something else than a merged set"):
            merge_sets(output, [sets["binaries"], sets["seed 1"]])
        after = {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}
        assert after == before


def test_the_command_prints_what_it_made(sets, tmp_path):
    arguments = ("merge", "all", str(sets["binaries"]), str(sets["seed 1"]))
    done = run_command(tmp_path, "simulate", *arguments)
    assert done.returncode == 0, done.stderr
    assert "events in" in done.stdout.splitlines()[-1] and "-> all" in done.stdout
    done = run_command(tmp_path, "simulate", "merge", "all", str(sets["binaries"]))
    assert done.returncode == 2 and "give two or more" in done.stderr
