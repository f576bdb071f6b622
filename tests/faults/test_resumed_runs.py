"""A simulation goes on with its own version, settings and data, and with no other."""

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from commands import run_command, simulation
from fabricate import cadences, kepler_fits
from faulty_files import no_file_above

from exoval.errors import BadParameter
from exoval.missions.kepler import kepler
from exoval.running.folder_lock import folder_lock
from exoval.verify import WHOLE, examine
from exoval.vetting.examined_request import ExaminedRequest
from exoval.vetting.request import VettingRequest
from exoval.vetting.vet_list import Answer, vet_list
from simulate.run import run
from train.data.labelled_set import read_labelled_set

SETTINGS = (
    "n_systems=4",
    "batch_size=2",
    "shard_size=2",
    "host=real",
    "host.leave_out_known_signals=false",
    "search=known_ephemeris",
    "scenario=[eclipsing_binary]",
    "detrend=biweight",
    "executor=serial",
    "mission.maximum_period_days=8",
)


def simulate(output, folder, *overrides):
    settings, built = simulation(f"output={output}", f"host.folder={folder}", *SETTINGS, *overrides)
    return run(**built, settings=settings)


def longer(folder, kic):
    """Replace the light curve of a star by a longer one."""
    next(folder.glob(f"*{kic}*")).unlink()
    kepler_fits(folder, kic, 9, cadences(2600, 900.0))


def features(output):
    return read_labelled_set(output).table.frame


@pytest.fixture(scope="module")
def stars(tmp_path_factory):
    """Three stars in a folder."""
    folder = tmp_path_factory.mktemp("stars")
    for number, kic in enumerate((1001, 1002, 1003)):
        kepler_fits(folder, kic, 9, cadences(count=2200, start=900.0, seed=number))
    return folder


@pytest.fixture(scope="module")
def finished(stars, tmp_path_factory):
    """A finished set of four systems."""
    output = tmp_path_factory.mktemp("finished") / "set"
    simulate(output, stars)
    return output


@pytest.fixture
def begun(finished, tmp_path):
    """The set with one shard of two, as after an interruption."""
    shutil.copytree(finished / "shards", tmp_path / "set" / "shards")
    for path in (tmp_path / "set" / "shards").glob("*-0000002-*"):
        path.unlink()
    return tmp_path / "set"


def times(output):
    return {path: path.stat().st_mtime_ns for path in (output / "shards").iterdir()}


def test_the_same_data_elsewhere_are_the_same(begun, finished, stars, tmp_path):
    """Another machine: another folder, and files of other times."""
    copy = shutil.copytree(stars, tmp_path / "copy")
    for path in copy.iterdir():
        os.utime(path, (1, 1))
    kept = times(begun)
    simulate(begun, copy)
    assert kept.items() <= times(begun).items() and len(times(begun)) == len(kept) + 4
    pd.testing.assert_frame_equal(features(begun), features(finished))
    assert {one.state for one in examine(begun)} == {WHOLE}


def test_another_version_is_refused(begun, finished, stars, monkeypatch):
    monkeypatch.setattr("simulate.shards.code_version", lambda: "9.9 (code 0)")
    kept = times(begun)
    for output in (begun, finished):
        with pytest.raises(BadParameter, match=r"made by exoval 0\..*, and this is 9\.9 \(code 0"):
            simulate(output, stars)
    assert times(begun) == kept


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            lambda folder: kepler_fits(folder, 1004, 9, cadences(2200, 900.0)),
            "cut events, light curves, stars",
        ),
        (lambda folder: (folder / "extra").write_text(""), None),
        (lambda folder: longer(folder, 1003), "light curves"),
    ],
)
def test_other_light_curves_are_refused(begun, stars, tmp_path, change, named):
    copy = shutil.copytree(stars, tmp_path / "copy")
    change(copy)
    if named is None:
        simulate(begun, copy)
        return
    with pytest.raises(BadParameter, match=rf"from other data \({named}\); give the data"):
        simulate(begun, copy)


def test_another_list_of_a_survey_is_refused(stars, tmp_path):
    path = tmp_path / "survey.csv"
    head = "target,period_days,epoch_days,duration_hours,depth_ppm\n"
    path.write_text(head + "KIC 1,3.1,901,3,500\n")
    simulate(tmp_path / "set", stars, f"survey_events={path}")
    moved = path.rename(tmp_path / "moved.csv")
    simulate(tmp_path / "set", stars, f"survey_events={moved}")
    moved.write_text(head + "KIC 1,3.2,901,3,500\n")
    with pytest.raises(BadParameter, match=r"other data \(survey events\)"):
        simulate(tmp_path / "set", stars, f"survey_events={moved}")


def test_shards_of_an_older_version_are_refused(begun, stars):
    (begun / "shards" / "origin.txt").rename(begun / "shards" / "recipe.txt")
    with pytest.raises(BadParameter, match="an older version made them"):
        simulate(begun, stars)


def test_a_damaged_batch_is_simulated_again(begun, finished, stars, caplog):
    path = next((begun / "shards").glob("*.npy"))
    path.write_bytes(bytes(path.stat().st_size))
    simulate(begun, stars)
    assert "is damaged and is simulated again" in caplog.text
    pd.testing.assert_frame_equal(features(begun), features(finished))


def test_verify_names_the_batch_that_is_damaged(finished, tmp_path):
    shutil.copytree(finished, tmp_path / "set")
    done = run_command(tmp_path, "exoval", "verify", "set")
    assert done.returncode == 0 and "shards/ (9 files)" in done.stdout
    path = next((tmp_path / "set" / "shards").glob("*.npy"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    done = run_command(tmp_path, "exoval", "verify", "set")
    assert done.returncode == 3 and "shards/ (8 files)" in done.stdout
    (line,) = (one for one in done.stdout.splitlines() if path.name in one)
    assert "has changed since it was written" in line


def test_a_second_simulation_in_the_folder_is_refused(begun, stars):
    kept = times(begun)
    with folder_lock(begun), pytest.raises(BadParameter, match="is being written by process"):
        simulate(begun, stars)
    assert times(begun) == kept


def test_pictures_of_an_earlier_run_stay_and_are_listed(begun, stars):
    (begun / "pictures").mkdir()
    (begun / "pictures" / "planet.png").write_text("a picture")
    simulate(begun, stars)
    assert "pictures/planet.png" in {one.name for one in examine(begun)}


def test_a_full_disk_ends_the_command_with_one_line_and_keeps_the_batches(
    begun, finished, stars, tmp_path
):
    largest = max(path.stat().st_size for path in (begun / "shards").iterdir())
    arguments = (*SETTINGS, f"host.folder={stars}", "output=set")
    with no_file_above(largest - 1):
        done = run_command(tmp_path, "simulate", *arguments)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "everything finished before is kept: free some space" in done.stderr.splitlines()[-1]
    kept = times(begun)
    simulate(begun, stars)
    assert kept.items() <= times(begun).items()
    pd.testing.assert_frame_equal(features(begun), features(finished))


class Judge:
    """A vetting that answers at once, and is interrupted before its answer of a number."""

    def __init__(self, folder, stop=99):
        self.folder, self.stop, self.asked = folder, stop, []
        self.mission = self.classifier = self.planet_share = self.pages = self.survey_events = None
        self.events, self.alarms, self.mixture = 1, 1.0, False
        self.evidence = self.contrast = self.neighbours = None
        self.run = SimpleNamespace(leading="it", recipe=SimpleNamespace(mission=kepler()))

    def examiner(self, request):
        if len(self.asked) == self.stop:
            raise KeyboardInterrupt
        self.asked.append(request.target)
        return ExaminedRequest()

    def judged(self, asked):
        return [Answer(rows=[{"event": one.target, "P_planet": 0.5}]) for one, _ in asked]


@pytest.fixture
def requests(stars, tmp_path):
    (tmp_path / "metrics.json").write_text("{}")
    folder = shutil.copytree(stars, tmp_path / "stars")
    return [VettingRequest(f"KIC {kic}", data=folder) for kic in (1001, 1002, 1003)]


def interrupted(folder, requests, output):
    with pytest.raises(KeyboardInterrupt):
        list(vet_list(Judge(folder, stop=2), requests, output))


def test_a_list_is_whole_once_it_is_finished(requests, tmp_path):
    output = tmp_path / "out" / "v.csv"
    output.parent.mkdir()
    interrupted(tmp_path, requests, output)
    assert [one.state for one in examine(output.parent)] == [
        "is unfinished: give the command again"
    ]
    judge = Judge(tmp_path)
    list(vet_list(judge, requests, output))
    assert judge.asked == ["KIC 1003"]
    assert {one.name: one.state for one in examine(output.parent)} == {
        "v_manifest.json": WHOLE,
        "v.csv": WHOLE,
        "v_summary.txt": WHOLE,
    }
    assert sorted(path.name for path in output.parent.iterdir()) == [
        "v.csv",
        "v_manifest.json",
        "v_summary.txt",
    ]
    output.write_text(output.read_text().replace("0.5", "0.9"))
    assert [one.name for one in examine(output.parent) if one.state != WHOLE] == ["v.csv"]


def test_answers_of_other_data_or_another_version_are_not_used(requests, tmp_path, monkeypatch):
    output = tmp_path / "v.csv"
    interrupted(tmp_path, requests, output)
    part = Path(f"{output}.part").read_bytes()
    for change in (
        lambda: longer(requests[0].data, 1001),
        lambda: monkeypatch.setattr("exoval.vetting.vet_list.code_version", lambda: "9.9"),
        lambda: (tmp_path / "metrics.json").write_text("{ }"),
    ):
        change()
        Path(f"{output}.part").write_bytes(part)
        judge = Judge(tmp_path)
        list(vet_list(judge, requests, output))
        assert len(judge.asked) == 3
        interrupted(tmp_path, requests, output)
        part = Path(f"{output}.part").read_bytes()


def test_two_lists_do_not_write_one_table(requests, tmp_path):
    answers = vet_list(Judge(tmp_path), requests, tmp_path / "v.csv")
    next(answers)
    with pytest.raises(BadParameter, match=r"v\.csv is being written by process"):
        next(vet_list(Judge(tmp_path), requests, tmp_path / "v.csv"))
    list(vet_list(Judge(tmp_path), requests, tmp_path / "w.csv"))
    list(answers)
