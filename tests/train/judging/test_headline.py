import json

import pytest
from labelled_sets import gaussian_table, write_labelled_set
from real_candidates import FakeReal, koi_table
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression

from exoval.errors import BadParameter, BadTable
from exoval.models.calibrate import IsotonicCalibration
from train.data.splits import StarSplit
from train.run import run


def trained(folder, **settings):
    labelled = write_labelled_set(folder / "set", gaussian_table(rows=800, stars=150))
    classifiers = {"dummy": DummyClassifier(), "logistic": LogisticRegression()}
    return run(
        labelled,
        output=folder / "out",
        classifier=classifiers,
        calibration=IsotonicCalibration(),
        split=StarSplit(),
        seed=0,
        **{
            "real": FakeReal(koi_table()),
            "bootstrap_resamples": 10,
        }
        | settings,
    )


def test_the_headline_is_of_the_classifier_that_was_best_on_held_back_rows(tmp_path):
    trained(tmp_path, calibration_folds=3, learning_curve=[0.5])
    result = json.loads((tmp_path / "out" / "metrics.json").read_text())
    simulated, real = result["metrics"]["simulated"], result["metrics"]["real"]
    assert simulated["classifier"] == real["classifier"] == "logistic"
    detail = simulated["by_classifier"]["logistic"]
    assert simulated["calibration_error"] == detail["calibration_error"]
    assert set(simulated["auc_against"]) == {
        "background_binary",
        "eclipsing_binary",
        "no_transit",
    }
    assert simulated["auc_against"] == detail["auc_against"]
    theirs = real["by_classifier"]["logistic"]
    for key in ("roc_auc", "average_precision", "calibration_error"):
        assert real[key] == theirs[key] and real[key]["low"] < real[key]["high"]
    assert real["rows"] == 50
    assert result["cards"]["logistic"]["calibration_folds"] == 3
    assert {point["share"] for point in result["metrics"]["learning_curve"]} == {0.5, 1.0}
    for point in result["metrics"]["learning_curve"]:
        assert set(point["simulated"]) == set(point["real"]) == {"log_loss", "roc_auc"}
        assert point["simulated"]["roc_auc"]["low"] <= point["simulated"]["roc_auc"]["high"]
    found = result["novelty"]["domain_auc"]
    assert 0.4 < found["value"] < 0.75 and found["low"] < found["value"] < found["high"]
    page = (tmp_path / "out" / "report.html").read_text()
    for text in ("Learning curve", "From simulated to real", "Novelty", "calibrated on all of"):
        assert text in page


@pytest.mark.parametrize(
    ("setting", "value"),
    [("calibration_folds", 1), ("calibration_folds", -2), ("learning_curve", [0.5, 1.5])],
)
def test_a_setting_out_of_range_is_named(tmp_path, setting, value):
    with pytest.raises(BadParameter, match=f"{setting} is"):
        trained(tmp_path, **{setting: value})


def test_a_truncated_table_of_features_is_refused(tmp_path):
    labelled = write_labelled_set(tmp_path / "set")
    path = labelled / "features.parquet"
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(BadTable, match=r"cannot read .*features\.parquet.*simulate the set again"):
        run(
            labelled,
            output=tmp_path / "out",
            classifier={"logistic": LogisticRegression()},
            calibration=IsotonicCalibration(),
            split=StarSplit(),
            seed=0,
        )
