"""A folder of models with a malformed file, or rows that no model takes: one sentence."""

import json
import shutil

import numpy as np
import pytest
from fuzzed_readers import ARCHIVE, MODEL, READERS, with_checksums
from labelled_sets import changed, gaussian_table
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor

from exoval.errors import BadParameter, BadTable
from exoval.models.calibrate import PiecewiseLinear, score_map_from_plain
from exoval.models.fitted_model import load_fitted_model
from exoval.models.model_archive import write_archive
from exoval.models.novelty import Novelty, _scaling, load_novelty
from exoval.running.checksums import sealed
from exoval.vetting.trained_run import load_trained_run

ROWS = gaussian_table(rows=4, columns=3, stars=4)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The folder of a run with one model, and with detectors of novelty."""
    folder = tmp_path_factory.mktemp("run")
    READERS["folder of models"].valid(folder)
    table = gaussian_table(rows=80, columns=3, stars=20)
    scaling = _scaling().fit(table.features)
    scaled = scaling.transform(table.features)
    unjudged = Novelty(
        feature_names=tuple(table.feature_names),
        scaling=scaling,
        detectors={
            "isolation_forest": IsolationForest(n_estimators=3, random_state=0).fit(scaled),
            "local_outlier_factor": LocalOutlierFactor(5, novelty=True).fit(scaled),
        },
        references={},
    )
    found = {name: np.sort(values) for name, values in unjudged.by_detector(table).items()}
    Novelty(**(vars(unjudged) | {"references": found})).save(folder / "novelty")
    return folder


@pytest.fixture
def run(trained, tmp_path):
    return shutil.copytree(trained, tmp_path / "run")


#: the archive that novelty.json describes
ARCHIVED = "detectors.zip"


def change(path, plain):
    """Write other entries, or something else than entries, into a file of JSON."""
    if isinstance(plain, dict):
        plain = json.loads(path.read_text()) | plain
    if path.name == "novelty.json" and isinstance(plain, dict):
        plain = sealed(plain, name=path.name, files={ARCHIVED: path.parent / ARCHIVED})
    path.write_text(json.dumps(plain))


def test_the_run_is_whole(run):
    whole = load_trained_run(run)
    assert list(whole.models) == ["it"] and len(whole.novelty(ROWS).score) == 4


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ([], "format"),
        (None, "format"),
        ({"classes": 5}, "classes is 5 instead of a list"),
        ({"classes": [["planet"]]}, r"classes\[0\] is .* instead of a text"),
        ({"labels": []}, "labels is .* instead of a set of named entries"),
        ({"labels": {"planet": None}}, r"labels\.planet is None instead of"),
        ({"labels": {"planet": {"short": "p"}}}, r"labels\.planet lacks description"),
        ({"columns": {"a": 1}}, "columns is .* instead of a list"),
        ({"columns": [{"name": 5}]}, r"columns\[0\] lacks unit"),
        ({"columns": ["feature_0"]}, r"columns\[0\] is 'feature_0' instead of"),
        ({"calibration": "identity"}, "calibration is 'identity' instead of"),
        ({"calibration": {"kind": ["a"]}}, "unknown calibration"),
        ({"calibration": {"kind": "sigmoid"}}, "calibration sigmoid: it lacks slope, offset"),
        ({"calibration": {"kind": "beta", "low": "x", "high": 1, "offset": 0}}, "low is 'x'"),
        ({"card": []}, "card is .* instead of"),
        ({"name": None}, "name is None instead of a text"),
    ],
)
def test_a_malformed_description_is_refused_with_the_entry(plain, message, run):
    change(run / MODEL, plain)
    checked = with_checksums((run / MODEL).read_bytes(), (run / ARCHIVE).read_bytes())
    (run / MODEL).write_bytes(checked)
    with pytest.raises(BadTable, match=message) as caught:
        load_fitted_model((run / MODEL).parent)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("knots", "error"),
    [
        ({"score": [0, 1], "probability": [0.1]}, BadTable),
        ({"score": [], "probability": []}, BadTable),
        ({"score": [[0, 1]], "probability": [[0, 1]]}, BadTable),
        ({"score": [1, 0], "probability": [0, 1]}, BadTable),
        ({"score": ["0", "1"], "probability": [0, 1]}, BadTable),
        ({"score": 0.5, "probability": 0.5}, BadTable),
    ],
)
def test_knots_that_are_no_map_are_refused(knots, error):
    with pytest.raises(error, match="calibration piecewise_linear"):
        score_map_from_plain({"kind": "piecewise_linear", **knots})


def test_knots_without_order_are_refused_where_they_are_made():
    with pytest.raises(BadParameter, match="ascending"):
        PiecewiseLinear(np.array([0.5, 0.1]), np.array([0.0, 1.0]))


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ([], r"metrics\.json: it is \[\] instead of"),
        ({"leading": ["it"]}, "leading is .* instead of a text"),
        ({"recipe": "kepler"}, "recipe is 'kepler' instead of"),
        ({"recipe": {"mission": 5}}, r"metrics\.json does not say how"),
        ({"host": "real"}, "host is 'real' instead of"),
        ({"host": {"warning": 5}}, r"host\.warning is 5 instead of a text"),
    ],
)
def test_malformed_metrics_are_refused_with_the_entry(plain, message, run):
    change(run / "metrics.json", plain)
    with pytest.raises(BadTable, match=message):
        load_trained_run(run)


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ([], r"novelty\.json: it is \[\] instead of"),
        ({"feature_names": "feature_0"}, "feature_names is 'feature_0' instead of a list"),
        ({"gp": "yes"}, "gp is 'yes' instead of true or false"),
        ({"references": [1]}, "references is .* instead of"),
        ({"references": {"isolation_forest": ["a"]}}, r"isolation_forest\[0\] is 'a' instead of"),
        ({"references": {"isolation_forest": [1.0]}}, "not those of novelty.json"),
    ],
)
def test_malformed_novelty_is_refused_with_the_entry(plain, message, run):
    change(run / "novelty/novelty.json", plain)
    with pytest.raises(BadTable, match=message):
        load_novelty(run / "novelty")


def test_novelty_without_its_archive_or_with_another_is_refused(run):
    write_archive(["no detectors"], run / "novelty" / ARCHIVED)
    change(run / "novelty/novelty.json", {})
    with pytest.raises(BadTable, match=r"not those of novelty\.json"):
        load_novelty(run / "novelty")
    (run / "novelty/detectors.zip").unlink()
    with pytest.raises(BadTable, match=r"lacks detectors\.zip"):
        load_novelty(run / "novelty")


def test_an_archive_without_classifier_is_refused(run):
    write_archive({"a": 1}, run / ARCHIVE)
    checked = with_checksums((run / MODEL).read_bytes(), (run / ARCHIVE).read_bytes())
    (run / MODEL).write_bytes(checked)
    with pytest.raises(BadTable, match=r"is no classifier \(it holds a dict\)"):
        load_fitted_model((run / MODEL).parent)


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e300])
def test_rows_that_no_model_can_take_are_refused_before_scikit_learn(value, run):
    model = load_fitted_model((run / MODEL).parent)
    wrong = changed(ROWS, feature_1=[0.0, value, 0.0, 0.0])
    for judge in (model.probabilities, model.planet_interval, model.planet_probability):
        with pytest.raises(BadTable, match=r"in columns feature_1; .*must be NaN"):
            judge(wrong)
    with pytest.raises(BadTable, match=r"in columns feature_1; .*must be NaN"):
        load_novelty(run / "novelty")(wrong)
    missing = changed(ROWS, feature_1=[0.0, np.nan, 0.0, 0.0])
    assert np.isfinite(model.probabilities(missing)).all()


def test_a_pipeline_of_another_version_is_one_sentence(run):
    """An estimator that lacks what this version's have fails in the middle of its work."""
    model = load_fitted_model((run / MODEL).parent)
    del model.pipeline[-1].coef_
    with pytest.raises(BadTable, match=r"model 'it' cannot judge the rows \(.*coef_.*train again"):
        model.probabilities(ROWS)
