"""A stranger's model folder runs nothing, and what was changed in it is noticed."""

import json
import os
import shutil
import zipfile

import pytest
from labelled_sets import RECIPE, gaussian_table
from payloads import mark, ways
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from exoval.errors import BadTable
from exoval.models.calibrate import NoCalibration
from exoval.models.fitted_model import load_fitted_model
from exoval.models.model_archive import write_archive
from exoval.running.checksums import checksum, checksum_of
from exoval.vetting.trained_run import load_trained_run
from train.data.splits import StarSplit
from train.fitting.fit import fit

__all__ = ["mark"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The folder of a run with one model."""
    folder = tmp_path_factory.mktemp("run")
    table = gaussian_table()
    split = StarSplit()(table, seed=0)
    model = fit(
        "it", LogisticRegression(), calibration=NoCalibration(), table=table, split=split, seed=0
    )
    model.save(folder / "models" / "it")
    (folder / "metrics.json").write_text(json.dumps({"leading": "it", "recipe": RECIPE}))
    return folder


@pytest.fixture
def run(trained, tmp_path):
    return shutil.copytree(trained, tmp_path / "run")


def change(path, **entries):
    path.write_text(json.dumps(json.loads(path.read_text()) | entries))


def test_the_run_is_read(run):
    assert list(load_trained_run(run).models) == ["it"]


@pytest.mark.parametrize("part", ["mission", "detrend", "search", "feature"])
@pytest.mark.parametrize("make", ways())
def test_its_metrics_name_no_code(make, part, mark, run):
    made = make(str(mark))
    recipe = RECIPE | {part: {"shape": made} if part == "feature" else made}
    change(run / "metrics.json", recipe=recipe, simulation_config={part: made})
    with pytest.raises(BadTable):
        load_trained_run(run)
    assert not mark.exists()


@pytest.mark.parametrize("make", ways())
def test_settings_of_its_simulation_are_only_shown(make, mark, run):
    change(run / "metrics.json", simulation_config={"mission": make(str(mark))})
    load_trained_run(run)
    assert not mark.exists()


@pytest.mark.parametrize(
    "smuggled",
    [
        lambda mark: FunctionTransformer(os.mkdir, kw_args={"path": mark}),
        lambda mark: FunctionTransformer(os.system, kw_args={"command": f"touch {mark}"}),
        lambda mark: FunctionTransformer(eval, kw_args={"source": f"open('{mark}','w')"}),
    ],
)
def test_its_archive_calls_nothing(smuggled, mark, run):
    path = run / "models/it/pipeline.skops"
    write_archive(Pipeline([("bad", smuggled(str(mark)))]), path)
    change(run / "models/it/model.json", format=3, sha256=checksum(path))
    with pytest.raises(BadTable, match="wants to build"):
        load_trained_run(run)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("smuggled", "said"),
    [
        (lambda mark: {"planet": FunctionTransformer(os.mkdir, kw_args={"path": mark})}, "build"),
        (lambda mark: dict.fromkeys(("planet", "classes"), LogisticRegression()), "error of Log"),
        (lambda mark: {"planet": LogisticRegression(), "other": 1}, "other"),
        (lambda mark: [LogisticRegression()], "not hold the error"),
    ],
)
def test_the_archive_of_its_errors_calls_nothing_and_holds_only_regressions(
    smuggled, said, mark, run
):
    folder = run / "models/it"
    write_archive(smuggled(str(mark)), folder / "error.skops")
    plain = json.loads((folder / "model.json").read_text()) | {"error_scale": 1.0}
    plain["checksums"]["error.skops"] = checksum(folder / "error.skops")
    plain["checksums"]["model.json"] = checksum_of(plain)
    (folder / "model.json").write_text(json.dumps(plain))
    with pytest.raises(BadTable, match=said):
        load_trained_run(run)
    assert not mark.exists()


def test_an_archive_with_names_that_climb_writes_nothing(mark, run):
    path = run / "models/it/pipeline.skops"
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"../../../{mark.name}", "x")
    change(run / "models/it/model.json", format=3, sha256=checksum(path))
    before = {one for one in mark.parent.rglob("*")}
    load_trained_run(run)
    assert {one for one in mark.parent.rglob("*")} == before


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("name", "other"),
        ("classes", ["planet", "no_transit", "eclipsing_binary", "background_binary"]),
        ("card", {"class_shares": {"planet": 0.99}}),
        ("calibration", {"kind": "platt", "slope": -1.0, "offset": 0.0}),
    ],
)
def test_a_change_of_its_description_is_noticed(entry, value, run):
    change(run / "models/it/model.json", **{entry: value})
    with pytest.raises(BadTable, match=r"model\.json"):
        load_trained_run(run)


def test_a_label_that_changes_its_meaning_is_noticed(run):
    path = run / "models/it/model.json"
    labels = json.loads(path.read_text())["labels"]
    labels["eclipsing_binary"]["counts_as_planet"] = True
    change(path, labels=labels)
    with pytest.raises(BadTable, match=r"model\.json has changed since it was written"):
        load_fitted_model(path.parent)


def old(path):
    """The description as format 3 was written."""
    plain = json.loads(path.read_text())
    sha256 = plain.pop("checksums")["pipeline.skops"]
    path.write_text(json.dumps(plain | {"format": 3, "sha256": sha256}))


def test_a_model_of_the_format_before_is_read_with_a_warning(run, caplog):
    old(run / "models/it/model.json")
    assert load_fitted_model(run / "models/it").classes
    assert "no checksum of its own" in caplog.text


def test_classes_in_another_order_are_noticed_also_there(run):
    path = run / "models/it/model.json"
    old(path)
    change(path, classes=json.loads(path.read_text())["classes"][::-1])
    with pytest.raises(BadTable, match="has the classes"):
        load_fitted_model(path.parent)
