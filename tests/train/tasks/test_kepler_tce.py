"""The whole comparison on a made-up table of threshold-crossing events."""

import json

import numpy as np
import pandas as pd
import pytest
from result_frame import problems
from sklearn.linear_model import LogisticRegression

from exoval.errors import BadParameter, BadTable
from exoval.models.calibrate import PlattCalibration
from exoval.table.column import Column
from exoval.table.feature_table import FeatureTable
from train.judging.metrics import SUMMARY
from train.judging.strata import by_stratum
from train.tasks.disputed_labels import disputed_labels, is_disputed
from train.tasks.grouped_importance import feature_groups, grouped_importance
from train.tasks.kepler_tce import kepler_tce, learnable

LABELS = np.array(["PC", "AFP", "NTP", "NTP"])


def tces(rows=480, seed=0):
    """Planets are small and on target, false positives deep or off target, the rest weak."""
    random = np.random.default_rng(seed)
    label = LABELS[np.arange(rows) % 4]
    scale = {"PC": (3, 2.0, 1.0), "AFP": (30, 4.0, 5.0), "NTP": (2, 0.0, 1.5)}
    radius, strength, offset = np.array([scale[one] for one in label]).T
    return pd.DataFrame(
        {
            "target_id": random.integers(0, rows // 3, rows),
            "tce_plnt_num": np.arange(rows),
            "tce_period": 10 ** random.uniform(0, 2, rows),
            "tce_duration": 3.0,
            "label": label,
            "tce_prad": radius * np.exp(random.normal(0, 0.5, rows)),
            "tce_max_mult_ev": 7.1 + np.exp(strength + random.normal(0, 0.7, rows)),
            "tce_dikco_msky": offset * np.exp(random.normal(0, 0.5, rows)),
            "tce_dikco_msky_err": 0.5,
            "koi_score": 1.0 * (label == "PC"),
            "tce_nkoi": 1,
            "kepoi_name": None,
            "exominer_fold": np.arange(rows) % 3,
        }
    )


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.delenv("EXOVAL_DATA", raising=False)
    tces().to_parquet(tmp_path / "tces.parquet")
    return tmp_path / "tces.parquet"


def run(path, folder, **settings):
    two = {"logistic": LogisticRegression(), "strong": LogisticRegression(C=0.01)}
    return kepler_tce(
        output=folder / "out",
        results=folder / "found.json",
        classifier=two,
        calibration=PlattCalibration(),
        seed=0,
        **{"folds": 4, "bootstrap_resamples": 20, "tces": path} | settings,
    )


def test_it_writes_every_number_with_its_interval(path, tmp_path):
    told = run(path, tmp_path, explained="logistic", disputed=tmp_path / "disputed.csv")
    result = json.loads((tmp_path / "found.json").read_text())
    assert problems(result) == []
    judged = result["metrics"]["by_classifier"]
    assert set(judged) == {"logistic", "strong", "ensemble", "ensemble_average"}
    for of in judged.values():
        for name in (*SUMMARY, "precision_at_recall_0.9"):
            assert of[name]["low"] <= of[name]["value"] <= of[name]["high"], name
        assert set(of["against"]) == {"AFP", "NTP"}
        assert sum(one["rows"] for one in of["bins"]["mes"]) == 480
    best = judged["ensemble"]
    assert best["log_loss"]["value"] < 0.8 * best["base_rate_log_loss"]["value"]
    assert result["folds"]["stars_in_several_folds"] == 0
    assert not {"koi_score", "tce_nkoi"} & set(result["columns"])
    assert "ensemble:" in " ".join(told["verdict"])
    assert len(pd.read_csv(tmp_path / "disputed.csv")) == result["label_noise"]["rows"]


def test_the_same_command_twice_gives_the_same_numbers(path, tmp_path):
    texts = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        run(path, tmp_path / name)
        result = json.loads((tmp_path / name / "found.json").read_text())
        for clock in ("seconds", "seconds_to_fit", "date"):
            result.pop(clock)
        texts.append(json.dumps(result))
    assert texts[0] == texts[1]


def test_published_folds_say_that_they_share_stars(path, tmp_path):
    told = run(path, tmp_path, folds="published")
    numbers = json.loads((tmp_path / "found.json").read_text())
    assert numbers["folds"]["number"] == 3
    assert numbers["folds"]["stars_in_several_folds"] > 50
    assert "6,252" in told["verdict"][0] and "fitted on" in told["verdict"][0]


@pytest.mark.parametrize(
    "settings",
    [{"folds": 1}, {"folds": "stars"}, {"ensemble": ["forest"]}, {"explained": "forest"}],
)
def test_settings_that_cannot_be_met_are_refused(path, tmp_path, settings):
    with pytest.raises(BadParameter, match=r"folds|forest"):
        run(path, tmp_path, **settings)


def table_of(**features):
    size = len(next(iter(features.values())))
    label = LABELS[np.arange(size) % 4]
    frame = pd.DataFrame(
        {
            "event": [f"TCE {i}-01" for i in range(size)],
            "target": [f"KIC {i}" for i in range(size)],
            "label": label,
            "disposition": np.where(label == "PC", "planet", "false_positive"),
        }
        | features
    )
    return learnable(FeatureTable(frame, tuple(Column(name, "", "") for name in features)))


def test_a_column_that_knows_the_label_is_refused_before_training():
    known = (np.arange(40) % 4 == 0).astype(float)
    with pytest.raises(BadTable, match="Robovetter"):
        table_of(period=np.ones(40), koi_score=known)


def test_flipped_labels_are_found():
    random = np.random.default_rng(0)
    truth = np.arange(400) % 4 == 0
    probability = np.clip(np.where(truth, 0.95, 0.03) + 0.002 * random.normal(size=400), 0, 1)
    wrong = random.choice(400, 12, replace=False)
    stated = truth.copy()
    stated[wrong] = ~stated[wrong]
    found = np.flatnonzero(is_disputed(probability, stated))
    assert set(found) == set(wrong)


def test_disputed_rows_come_worst_first_and_without_tables_without_evidence(monkeypatch):
    monkeypatch.delenv("EXOVAL_DATA", raising=False)
    table = table_of(period=np.ones(80))
    truth = table.labels == "planet"
    probability = np.where(truth, 0.9, 0.1)
    probability[[4, 5]] = 0.05, 0.99
    listed = disputed_labels(table, probability, by_model={"one": probability, "two": 1.0 * truth})
    assert list(listed["event"]) == ["TCE 5-01", "TCE 4-01"]
    assert list(listed["models_against_label"]) == [1, 1]
    assert set(listed["favours"]) == {""}


def test_features_that_say_the_same_are_shuffled_together(tmp_path):
    random = np.random.default_rng(0)
    signal = (np.arange(600) % 4 == 0) + 0.3 * random.normal(size=600)
    table = table_of(signal=signal, copy=np.exp(signal), noise=random.normal(size=600))
    assert ["signal", "copy"] in feature_groups(table)
    found = grouped_importance(
        LogisticRegression(), table, np.arange(600) % 3, seed=0, cache=tmp_path
    )
    assert found["features"][0] == "signal, copy"
    assert found["log_loss_increase"][0] > 0.2
    assert abs(found["log_loss_increase"][1]) < 0.01


def test_bins_hold_their_rows():
    table = table_of(period=np.repeat([0.5, 5.0, 50.0, 500.0], 20))
    truth = table.labels == "planet"
    found = by_stratum(np.where(truth, 0.9, 0.1), truth, table, resamples=5, seed=0)["period"]
    assert [one["rows"] for one in found] == [20, 0, 20, 0, 20, 0, 20]
    assert found[0]["planets"] == 5 and found[1]["roc_auc"]["value"] is None
