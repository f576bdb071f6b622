import logging

import numpy as np
import pytest
from labelled_sets import changed, gaussian_table, write_labelled_set
from sklearn.linear_model import LogisticRegression

from exoval.errors import BadParameter, BadTable
from exoval.models.calibrate import NoCalibration
from train.data.row_cap import cap_of, capped_rows
from train.data.splits import StarSplit
from train.fitting.fit import fit
from train.run import run


@pytest.mark.parametrize("cap", [40, 133, 250])
def test_whole_stars_within_the_cap_and_about_the_same_labels(cap, caplog):
    table = gaussian_table(rows=400, stars=80)
    rows = np.arange(30, 400)
    with caplog.at_level(logging.WARNING):
        kept = capped_rows("forest", table, rows, cap=cap, seed=0)
    assert 0.8 * cap <= len(kept) <= cap and set(kept) <= set(rows)
    left_out = np.setdiff1d(rows, kept)
    assert not set(table.targets[kept]) & set(table.targets[left_out])
    for label in set(table.labels):
        expected = cap * np.mean(table.labels[rows] == label)
        assert abs((table.labels[kept] == label).sum() - expected) < 0.3 * expected + 3
    assert f"forest is fitted on {len(kept)} of 370 rows" in caplog.text


@pytest.mark.parametrize("cap", [None, 400, 1000])
def test_a_cap_that_is_not_reached_changes_nothing(cap, caplog):
    rows = np.arange(400)
    with caplog.at_level(logging.WARNING):
        assert capped_rows("forest", gaussian_table(), rows, cap=cap, seed=0) is rows
    assert not caplog.text


def test_a_classifier_has_its_own_cap_or_that_of_the_others():
    caps = {"others": 500, "sparse_gp": None, "forest": 10}
    assert [cap_of(name, caps) for name in ("sparse_gp", "forest", "logistic")] == [None, 10, 500]
    assert cap_of("forest", {}) is None
    with pytest.raises(BadParameter, match="row_cap of forest is 0"):
        cap_of("forest", {"forest": 0})


def test_a_cap_that_leaves_one_label_is_refused():
    table = gaussian_table()
    stars = np.where(table.labels == "planet", "KIC 1", "KIC 2")
    with pytest.raises(BadTable, match="row_cap=3 leaves forest only"):
        capped_rows("forest", changed(table, target=stars), np.arange(400), cap=3, seed=0)


@pytest.mark.parametrize("folds", [0, 3])
def test_no_copy_is_fitted_on_more_rows_and_the_card_says_how_many(folds):
    table, fits = gaussian_table(rows=600), []

    class Spy(LogisticRegression):
        def fit(self, X, y):
            fits.append(len(X))
            return super().fit(X, y)

    model = fit(
        "spy",
        Spy(),
        calibration=NoCalibration(),
        table=table,
        split=StarSplit()(table, seed=0),
        seed=0,
        folds=folds,
        row_cap=90,
    )
    assert len(fits) == folds + 1 and max(fits) <= 90
    assert model.card["rows_fitted"] == fits[-1]
    assert model.card["rows_calibrated"] > 90


def test_the_cap_is_a_setting_of_a_run(tmp_path):
    labelled = write_labelled_set(tmp_path / "set")
    result = run(
        labelled,
        output=tmp_path / "out",
        classifier={"one": LogisticRegression(), "two": LogisticRegression()},
        calibration=NoCalibration(),
        split=StarSplit(),
        seed=0,
        bootstrap_resamples=5,
        learning_curve=[0.5],
        row_cap={"others": 50, "two": None},
    )
    fitted = {name: card["rows_fitted"] for name, card in result["cards"].items()}
    assert fitted["one"] <= 50 and fitted["two"] == result["sets"]["fit"]["rows"]
    shares = {
        (point["classifier"], point["share"]): point["rows"]
        for point in result["metrics"]["learning_curve"]
    }
    assert shares["one", 0.5] <= 50 < shares["two", 0.5]
