"""A folder with a damaged file is refused by its readers, and ``verify`` names the file."""

import json
import shutil

import numpy as np
import pytest
from commands import run_command
from faulty_files import FAULTS, flip, write_whole_set, zero
from labelled_sets import write_labelled_set
from sklearn.linear_model import LogisticRegression

from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.injection.completeness import load_completeness
from exoval.injection.importance_weights import read_truth
from exoval.models.calibrate import NoCalibration
from exoval.running import whole_folder
from exoval.verify import WHOLE, examine
from exoval.vetting.trained_run import load_trained_run
from exoval.views.store import open_views
from train.data.labelled_set import read_labelled_set
from train.data.splits import StarSplit
from train.run import run as train

SET = (
    "features.parquet",
    "truth.parquet",
    "completeness.json",
    "views.npy",
    "views_missing.npy",
    "views_layout.json",
    "manifest.json",
)
#: files of a trained run that vet reads
RUN = (
    "metrics.json",
    "training_stars.csv",
    "models/logistic/pipeline.zip",
    "models/logistic/model.json",
    "novelty/detectors.zip",
    "novelty/novelty.json",
    "manifest.json",
)


def read_everything(folder, **options):
    labelled = read_labelled_set(folder, **options)
    read_truth(folder, **options)
    load_completeness(folder, **options)
    return labelled


@pytest.fixture(scope="module")
def whole_set(tmp_path_factory):
    return write_whole_set(tmp_path_factory.mktemp("whole") / "set", rows=400)


@pytest.fixture(scope="module")
def whole_run(whole_set, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "run"
    train(
        whole_set,
        output=folder,
        classifier={"logistic": LogisticRegression()},
        calibration=NoCalibration(),
        split=StarSplit(),
        seed=0,
        bootstrap_resamples=5,
        settings={"seed": 0},
    )
    return folder


@pytest.fixture
def labelled_set(whole_set, tmp_path):
    return shutil.copytree(whole_set, tmp_path / "set")


@pytest.fixture
def run(whole_run, tmp_path):
    return shutil.copytree(whole_run, tmp_path / "run")


def test_whole_folders_are_read_and_verified(labelled_set, run, tmp_path):
    assert len(read_everything(labelled_set).table) == 400
    assert list(load_trained_run(run).models) == ["logistic"]
    done = run_command(tmp_path, "exoval", "verify", "set", "run")
    assert done.returncode == 0
    assert "set: 7 files are whole" in done.stdout
    for name in (*SET, *RUN, "report.html", "predictions_simulated.csv"):
        assert f"  {name} " in done.stdout


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", SET)
def test_a_damaged_file_of_a_set_is_refused_and_named(labelled_set, name, fault, tmp_path):
    FAULTS[fault](labelled_set / name)
    with pytest.raises((BadTable, DataNotFound), match=name) as refused:
        read_everything(labelled_set)
    assert ";" in str(refused.value), "the message says what to do"
    done = run_command(tmp_path, "exoval", "verify", "set")
    assert done.returncode == 3
    (line,) = (one for one in done.stdout.splitlines() if one.startswith(f"  {name} "))
    assert not line.endswith(WHOLE)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", RUN)
def test_a_damaged_file_of_a_run_is_refused_and_named(run, name, fault):
    FAULTS[fault](run / name)
    with pytest.raises((BadTable, DataNotFound), match=name):
        load_trained_run(run)
    assert next(one.name for one in examine(run) if one.state != WHOLE) == name


@pytest.mark.parametrize("name", SET)
def test_no_bit_can_flip_unnoticed(labelled_set, name):
    """Of the manifest's bits a few change no meaning, as e and E in a number."""
    path = labelled_set / name
    content, meaning = path.read_bytes(), json.loads((labelled_set / "manifest.json").read_bytes())
    for bit in np.random.default_rng(1).choice(8 * len(content), 100, replace=False):
        path.write_bytes(content)
        flip(path, int(bit))
        try:
            read_everything(labelled_set)
        except (BadTable, DataNotFound):
            continue
        assert name == "manifest.json" and json.loads(path.read_bytes()) == meaning, bit


def test_the_message_has_file_expected_found_and_remedy(labelled_set):
    path = labelled_set / "views.npy"
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BadTable) as refused:
        read_labelled_set(labelled_set)
    assert str(refused.value) == (
        f"{path} has {size - 1:,} bytes instead of {size:,}; copy the folder again, or give the "
        "command that made it again"
    )


def test_sizes_alone_are_quick_and_see_less(labelled_set):
    zero(labelled_set / "truth.parquet")
    read_labelled_set(labelled_set, verify="fast")
    path = labelled_set / "features.parquet"
    flip(path, 4 * path.stat().st_size)
    with pytest.raises(BadTable, match="SHA-256"):
        read_labelled_set(labelled_set)
    whole_folder.check_files(labelled_set, ["features.parquet"], verify="fast")
    with path.open("ab") as file:
        file.write(b"x")
    with pytest.raises(BadTable, match="bytes instead of"):
        read_labelled_set(labelled_set, verify="fast")
    with pytest.raises(BadParameter, match="verify=quick"):
        read_labelled_set(labelled_set, verify="quick")


def test_a_file_is_hashed_once_in_a_process(labelled_set, monkeypatch):
    read = []
    original = whole_folder.checksum_once.__globals__["checksum"]
    monkeypatch.setattr(
        "exoval.running.checksums.checksum", lambda path: read.append(path.name) or original(path)
    )
    for _ in range(3):
        read_everything(labelled_set)
        open_views(labelled_set)
    assert sorted(read) == sorted(set(SET) - {"manifest.json"})


def test_a_file_of_another_run_is_no_part_of_a_set(tmp_path):
    folder = write_whole_set(tmp_path / "set")
    other = write_whole_set(tmp_path / "other", seed=1)
    text = json.loads((folder / "manifest.json").read_text())
    shutil.copy(other / "views.npy", folder / "views.npy")
    assert text["sizes"]["views.npy"] == (folder / "views.npy").stat().st_size
    with pytest.raises(BadTable, match=r"views\.npy has changed"):
        read_labelled_set(folder)
    shutil.copy(folder / "views.npy", folder / "mine.npy")
    with pytest.raises(BadTable, match=r"does not list mine\.npy"):
        whole_folder.check_files(folder, ["mine.npy"])


def test_folders_of_older_versions_are_read_with_one_warning(tmp_path, run, caplog):
    folder = write_labelled_set(tmp_path / "set")
    for _ in range(3):
        read_labelled_set(folder)
    assert caplog.text.count("is of an older version and has no checksums") == 1
    assert [one.state for one in examine(folder)] == ["has no checksums: an older version wrote it"]
    metrics = json.loads((run / "metrics.json").read_text())
    del metrics["manifest"]
    (run / "metrics.json").write_text(json.dumps(metrics))
    (run / "manifest.json").unlink()
    assert list(load_trained_run(run).models) == ["logistic"]


def test_a_model_that_was_taken_out_of_a_run_is_missed(run):
    shutil.rmtree(run / "models" / "logistic")
    with pytest.raises(BadTable, match=r"models/logistic/\S+ is missing"):
        load_trained_run(run)


def test_verify_of_no_folder_of_results(tmp_path):
    for folder in (tmp_path, tmp_path / "none"):
        done = run_command(tmp_path, "exoval", "verify", str(folder))
        assert done.returncode == 2 and "holds no results of exoval" in done.stderr


def test_a_trained_run_says_what_it_was_made_from(whole_run, whole_set):
    manifest = json.loads((whole_run / "manifest.json").read_text())
    read = manifest["data"]["labelled_set"]
    assert read["sha256"] == whole_folder.checksum_once(whole_set / "manifest.json")
    assert manifest["code"].startswith("0.") and manifest["versions"]["exoval"]


def test_a_later_run_in_the_same_folder_leaves_nothing_of_an_earlier_one(run, whole_set):
    train(
        whole_set,
        output=run,
        classifier={"other": LogisticRegression(C=0.5)},
        calibration=NoCalibration(),
        split=StarSplit(),
        seed=0,
        bootstrap_resamples=5,
        settings={"seed": 0},
    )
    assert list(load_trained_run(run).models) == ["other"]
    assert {one.state for one in examine(run)} == {WHOLE}
