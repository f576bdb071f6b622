"""A stranger's model folder runs nothing, and what was changed in it is noticed."""

import json
import os
import shutil
import zipfile

import numpy as np
import pytest
import skops.io
from labelled_sets import RECIPE, gaussian_table
from payloads import mark, ways
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from exoval.errors import BadTable
from exoval.models.calibrate import NoCalibration
from exoval.models.fitted_model import load_fitted_model
from exoval.models.model_archive import read_archive, write_archive
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
    assert "schema.json" in zipfile.ZipFile(path).namelist()
    change(run / "models/it/model.json", format=3, sha256=checksum(path))
    with pytest.raises(BadTable, match="wants to build"):
        load_trained_run(run)
    assert not mark.exists()


def forged(run, change_card):
    """Write another card into the archive of the model, with checksums that agree."""
    folder = run / "models/it"
    path = folder / "pipeline.zip"
    with zipfile.ZipFile(path) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    card = json.loads(inside["card.json"])
    change_card(card)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (inside | {"card.json": json.dumps(card).encode()}).items():
            archive.writestr(name, content)
    plain = json.loads((folder / "model.json").read_text())
    plain["checksums"]["pipeline.zip"] = checksum(path)
    (folder / "model.json").write_text(json.dumps(plain))


NAMED = ["posix.mkdir", "os.mkdir", "os.system", "builtins.eval", "numpy.load", "subprocess.Popen"]
NAMED += ["sklearn.utils._bunch.Bunch", "exoval.running.journal.Journal", "pathlib.Path", "", 5]
NAMED += ["exoval.models.parts.importlib.import_module", "sklearn.base.clone", None, ["numpy.clip"]]


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("kind", ["object", "function"])
def test_its_card_names_no_code(kind, name, mark, run):
    made = {kind: name, "arguments": {"list": [str(mark)]}, "state": {"dict": [["path", 1]]}}
    forged(run, lambda card: card.update(estimator=made))
    with pytest.raises(BadTable, match="wants to build") as refused:
        load_trained_run(run)
    assert not mark.exists() and "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "made",
    [
        {"object": "sklearn.preprocessing._data.RobustScaler", "arguments": {"list": [1]}},
        {"object": "sklearn.tree._tree.Tree", "arguments": {"list": [1, 2]}, "state": None},
        {"object": "sklearn.tree._tree.Tree", "arguments": {"list": []}, "state": None},
        {"object": "sklearn.pipeline.Pipeline", "state": {"list": [1]}},
        {"reduce": "posix.system"},
        {"array": 99},
        {"array": "0"},
        {"dtype": "|O"},
        {"dtype": [["a", "|O"]]},
        {"number": "object"},
        {},
        [],
    ],
)
def test_a_card_of_another_form_is_one_sentence(made, run):
    forged(run, lambda card: card.update(estimator=made))
    with pytest.raises(BadTable) as refused:
        load_trained_run(run)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "place",
    [
        {"dtype": 99, "shape": [1], "at": 0, "order": "C"},
        {"dtype": "0", "shape": [1], "at": 0, "order": "C"},
        {"dtype": 0, "shape": [10**15], "at": 0, "order": "C"},
        {"dtype": 0, "shape": [1], "at": -8, "order": "C"},
        {"dtype": 0, "shape": [-1], "at": 0, "order": "C"},
        {"dtype": 0, "shape": [1], "at": 10**9, "order": "C"},
        {"dtype": 0},
    ],
)
def test_an_array_outside_its_file_is_one_sentence(place, run):
    forged(run, lambda card: card["arrays"].__setitem__(0, place))
    with pytest.raises(BadTable) as refused:
        load_trained_run(run)
    assert "\n" not in str(refused.value)


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
    write_archive(smuggled(str(mark)), folder / "error.zip")
    plain = json.loads((folder / "model.json").read_text()) | {"error_scale": 1.0}
    plain["checksums"]["error.zip"] = checksum(folder / "error.zip")
    plain["checksums"]["model.json"] = checksum_of(plain)
    (folder / "model.json").write_text(json.dumps(plain))
    with pytest.raises(BadTable, match=said):
        load_trained_run(run)
    assert not mark.exists()


def test_an_archive_with_names_that_climb_writes_nothing(mark, run):
    path = run / "models/it/pipeline.zip"
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"../../../{mark.name}", "x")
    plain = json.loads((path.parent / "model.json").read_text())
    plain["checksums"]["pipeline.zip"] = checksum(path)
    (path.parent / "model.json").write_text(json.dumps(plain))
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


def test_an_array_of_objects_is_one_sentence(run):
    forged(run, lambda card: card["dtypes"].__setitem__(0, "|O"))
    with pytest.raises(BadTable, match="an array of objects"):
        load_trained_run(run)


def old(path, form=3):
    """The model as an earlier format was written."""
    archive = path.parent / "pipeline.zip"
    skops.io.dump(read_archive(archive), path.parent / "pipeline.skops")
    archive.unlink()
    sha256 = checksum(path.parent / "pipeline.skops")
    plain = json.loads(path.read_text()) | {"format": form}
    if form == 3:
        plain = plain | {"sha256": sha256}
        del plain["checksums"]
    else:
        plain["checksums"] = {"pipeline.skops": sha256, "model.json": checksum_of(plain)}
    path.write_text(json.dumps(plain))


def test_a_model_of_the_format_before_is_read_with_a_warning(run, caplog):
    old(run / "models/it/model.json")
    assert load_fitted_model(run / "models/it").classes
    assert "no checksum of its own" in caplog.text


def test_a_model_in_the_format_of_skops_gives_the_same_answers(run, caplog):
    table = gaussian_table()
    new = load_fitted_model(run / "models/it").probabilities(table)
    old(run / "models/it/model.json", form=4)
    found = load_fitted_model(run / "models/it").probabilities(table)
    np.testing.assert_allclose(found, new, rtol=1e-12)
    assert not caplog.text


def test_classes_in_another_order_are_noticed_also_there(run):
    path = run / "models/it/model.json"
    old(path)
    change(path, classes=json.loads(path.read_text())["classes"][::-1])
    with pytest.raises(BadTable, match="has the classes"):
        load_fitted_model(path.parent)
