import json
import re

import numpy as np
import pandas as pd
import pytest
from labelled_sets import changed, gaussian_table, write_labelled_set
from real_candidates import FakeReal, koi_table
from result_frame import problems
from sklearn.linear_model import LogisticRegression

from exoval.classifiers.sparse_gp import SparseGP
from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.models.calibrate import IsotonicCalibration
from exoval.models.fitted_model import load_fitted_model
from train.data.splits import StarSplit
from train.report import figures
from train.run import run

GP = SparseGP(inducing_points=16, epochs=6, learning_rate=0.1, device="cpu", random_state=0)


def trained(folder, table=None, real=None, classifier=None, kind="real", seed=0):
    labelled = write_labelled_set(folder / "set", table, kind)
    return run(
        labelled,
        output=folder / "out",
        classifier=classifier or {"logistic": LogisticRegression()},
        calibration=IsotonicCalibration(),
        split=StarSplit(),
        seed=seed,
        real=real,
        bootstrap_resamples=20,
        settings={"seed": seed},
    )


def test_everything_is_written_and_the_page_needs_nothing_else(tmp_path):
    result = trained(
        tmp_path,
        real=FakeReal(koi_table()),
        classifier={"logistic": LogisticRegression(), "sparse_gp": GP},
    )
    out = tmp_path / "out"
    written = json.loads((out / "metrics.json").read_text())
    assert problems(written) == []
    written = written["metrics"]["simulated"]
    assert written["roc_auc"] == result["metrics"]["simulated"]["roc_auc"]
    assert written["roc_auc"]["value"] > 0.9
    page = (out / "report.html").read_text()
    assert page.count("data:image/png;base64,") == 8
    assert "http" not in page and "<script" not in page and 'banner"' not in page
    for text in ("Real candidates", "background_binary", "no data", "scikit-learn"):
        assert text in page
    for name in ("logistic", "sparse_gp"):
        model = load_fitted_model(out / "models" / name)
        table = pd.read_csv(out / "predictions_real.csv")
        np.testing.assert_allclose(
            model.planet_probability(koi_table())[0], table[f"{name}_probability"], atol=1e-9
        )
    assert result["real_skipped"] == {"no data": 2}


def test_two_runs_with_one_seed_agree(tmp_path):
    frames = []
    for name in ("one", "two"):
        trained(tmp_path / name, classifier={"sparse_gp": GP}, real=FakeReal(koi_table()))
        frames.append(
            [
                pd.read_csv(tmp_path / name / "out" / f"predictions_{kind}.csv")
                for kind in ("simulated", "real")
            ]
        )
    for first, second in zip(*frames, strict=True):
        pd.testing.assert_frame_equal(first, second, atol=1e-6, rtol=0)


def test_held_out_events_are_of_stars_the_model_never_saw(tmp_path):
    result = trained(tmp_path)
    held_out = pd.read_csv(tmp_path / "out" / "predictions_simulated.csv")
    assert len(held_out) == result["sets"]["test"]["rows"]
    assert sum(result["sets"][part]["stars"] for part in ("fit", "calibration", "test")) == len(
        set(gaussian_table().targets)
    )


def test_unknown_candidates_are_scored_but_not_judged(tmp_path):
    result = trained(tmp_path, real=FakeReal(koi_table()))
    assert result["sets"]["real"]["unknown"] == 10
    assert len(pd.read_csv(tmp_path / "out" / "predictions_real.csv")) == 60
    judged = result["metrics"]["real"]["by_classifier"]["logistic"]
    assert sum(map(sum, judged["confusion"]["counts"])) == 50


def test_stars_of_the_real_set_are_not_trained_on(tmp_path):
    table = gaussian_table(rows=400, stars=80)
    shared = koi_table(prefix="KIC ")
    result = trained(tmp_path, table, FakeReal(shared))
    lost = np.isin(table.targets, shared.targets).sum()
    assert result["removed"]["rows_of_real_stars"] == lost > 0
    assert sum(result["sets"][p]["rows"] for p in ("fit", "calibration", "test")) == 400 - lost


def test_infinite_real_features_are_skipped_with_a_reason(tmp_path):
    table = koi_table()
    values = table.frame["feature_1"].to_numpy().copy()
    values[:3] = np.inf
    result = trained(tmp_path, real=FakeReal(changed(table, feature_1=values)))
    assert result["real_skipped"]["a feature came out infinite"] == 3
    assert result["sets"]["real"]["rows"] == 57


@pytest.mark.parametrize(
    ("real", "reason"),
    [
        (None, "real candidates are turned off"),
        (FakeReal(None), "EXOVAL_DATA"),
        (FakeReal(koi_table().select(np.arange(0))), "could be measured"),
    ],
)
def test_without_real_labels_the_report_says_why(tmp_path, real, reason):
    result = trained(tmp_path, real=real)
    real = result["metrics"]["real"]
    assert real["by_classifier"] == {} and real["rows"] == 0
    page = (tmp_path / "out" / "report.html").read_text()
    assert re.search(f"Real labels were not judged: .*({reason})", page)


def test_a_single_real_planet_is_reported_without_a_crash(tmp_path):
    planets = koi_table()
    one = planets.select(np.flatnonzero(planets.frame["disposition"] == "planet")[:1])
    result = trained(tmp_path, real=FakeReal(one))
    judged = result["metrics"]["real"]["by_classifier"]["logistic"]
    assert judged["roc_auc"]["reason"] == "only planets among the rows"
    assert "only planets" in (tmp_path / "out" / "report.html").read_text()


def test_procedural_hosts_raise_a_red_banner(tmp_path):
    trained(tmp_path, kind="procedural")
    assert '<div class="banner">Procedural' in (tmp_path / "out" / "report.html").read_text()


def test_an_empty_feature_is_dropped_and_named(tmp_path):
    table = gaussian_table()
    result = trained(
        tmp_path, changed(table, feature_2=np.full(len(table), np.nan)), FakeReal(koi_table())
    )
    assert result["removed"]["empty_features"] == ["feature_2"]
    assert result["metrics"]["real"]["by_classifier"]["logistic"]["roc_auc"]["value"] > 0.8


def spoiled(**columns):
    table = gaussian_table()
    return changed(table, **columns)


INFINITE = np.where(np.arange(400) < 4, np.inf, 1.0)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (gaussian_table(scenarios=("planet",)), "holds only planet"),
        (gaussian_table(scenarios=("no_transit", "eclipsing_binary")), "needs a label that counts"),
        (gaussian_table(rows=5), "5 rows"),
        (spoiled(feature_3=INFINITE), r"infinite values, or .*, in columns \{'feature_3': 4\}"),
        (spoiled(disposition="planet"), "and one that does not"),
        (spoiled(**{f"feature_{i}": np.full(400, np.nan) for i in range(8)}), "every feature"),
        (gaussian_table(stars=2), "only 2 stars"),
    ],
)
def test_a_set_that_teaches_nothing_is_refused(tmp_path, table, message):
    with pytest.raises(BadTable, match=message):
        trained(tmp_path, table)


def test_a_missing_or_broken_set_is_refused(tmp_path):
    def attempt():
        return run(
            tmp_path / "set",
            output=tmp_path / "out",
            classifier={"logistic": LogisticRegression()},
            calibration=IsotonicCalibration(),
            split=StarSplit(),
            seed=0,
        )

    with pytest.raises(DataNotFound, match=r"no features\.parquet .* python -m simulate"):
        attempt()
    write_labelled_set(tmp_path / "set")
    (tmp_path / "set" / "manifest.json").write_text("{")
    with pytest.raises(BadTable, match="manifest"):
        attempt()


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: content[:1000] + bytes(2000) + content[3000:],
    ],
)
def test_a_damaged_table_is_refused(tmp_path, damage):
    path = write_labelled_set(tmp_path / "set") / "features.parquet"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(BadTable, match=r"(?s)cannot read .*features\.parquet .*simulate the set "):
        run(
            tmp_path / "set",
            output=tmp_path / "out",
            classifier={"logistic": LogisticRegression()},
            calibration=IsotonicCalibration(),
            split=StarSplit(),
            seed=0,
        )


def test_an_output_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(DataNotFound, match=r"cannot write to .*another output=DIR"):
        trained(tmp_path)


def test_no_classifier_is_refused(tmp_path):
    with pytest.raises(BadParameter, match="0 classifiers"):
        run(
            tmp_path,
            output=tmp_path,
            classifier={},
            calibration=IsotonicCalibration(),
            split=StarSplit(),
            seed=0,
        )


def test_without_matplotlib_the_numbers_are_written_and_the_remedy_is_named(
    tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr(figures, "Figure", None)
    trained(tmp_path)
    assert (tmp_path / "out" / "metrics.json").is_file()
    assert not (tmp_path / "out" / "report.html").exists()
    assert "pip install 'exoval[report]'" in caplog.text
