"""Views from a labelled set on disk to a judged, stored and loaded model."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from labelled_sets import gaussian_table, write_labelled_set
from sklearn.linear_model import LogisticRegression

from exoval.classifiers.deep_kernel_gp import DeepKernelGP
from exoval.classifiers.transit_cnn import TransitCNN
from exoval.errors import BadTable
from exoval.models.calibrate import PlattCalibration
from exoval.models.fitted_model import load_fitted_model
from exoval.views.fine import FINE, LENGTH, SLICES
from exoval.views.store import ViewRows, Views, save_views
from train.data.labelled_set import load_labelled_set
from train.data.splits import StarSplit
from train.fitting.fit import fit
from train.run import run

CNN = TransitCNN(
    width=4,
    hidden=8,
    networks=2,
    epochs=8,
    batch_size=64,
    learning_rate=0.01,
    device="cpu",
    random_state=0,
)
GP = DeepKernelGP(
    width=4,
    hidden=8,
    outputs=4,
    inducing_points=16,
    network_epochs=15,
    epochs=8,
    batch_size=32,
    learning_rate=0.01,
    prediction_draws=32,
    device="cpu",
    random_state=0,
)
BOTH = pytest.mark.parametrize("classifier", [CNN, GP], ids=["cnn", "gp"])


def views_of(table, seed=0):
    """Boxes; all but planets have a second eclipse."""
    random = np.random.default_rng(seed)
    values = random.normal(0, 0.2, (len(table), LENGTH)).astype(np.float32)
    values[:, SLICES["local"]][:, 60:140] -= 1
    values[table.labels != "planet", SLICES["secondary"].start + 70 : SLICES["odd"].start - 70] -= 1
    return values


def shown_set(folder, table=None, values=None):
    """A labelled set with views; its features say nothing."""
    table = gaussian_table(separation=0.0) if table is None else table
    write_labelled_set(folder, table)
    values = views_of(table) if values is None else values
    save_views(
        folder,
        "views",
        size=len(values),
        rows=((row, one, np.zeros(len(SLICES), np.int16)) for row, one in enumerate(values)),
        layout=FINE,
    )
    return folder


class FakeReal:
    """Real candidates with views, one of them with a feature that came out infinite."""

    def __init__(self, views=True):
        table = gaussian_table(rows=60, stars=60, seed=5, separation=0.0, prefix="KOI ")
        values = views_of(table, 3)
        frame = table.frame.copy()
        frame.loc[4, "feature_1"] = np.inf
        self.table = replace(table, frame=frame)
        self.views = Views(values, np.zeros((60, len(SLICES)), np.int16), FINE) if views else None

    def measure(self, recipe):
        skipped = pd.DataFrame({"event": [], "target": [], "disposition": [], "reason": []})
        return type("RealSet", (), {"table": self.table, "skipped": skipped, "views": self.views})


def trained(folder, real=None, **classifier):
    return run(
        shown_set(folder / "set"),
        output=folder / "out",
        classifier=classifier,
        calibration=PlattCalibration(),
        split=StarSplit(),
        seed=0,
        real=real,
        bootstrap_resamples=5,
    )


def test_views_decide_where_features_say_nothing(tmp_path):
    result = trained(tmp_path, FakeReal(), cnn=CNN, gp=GP, logistic=LogisticRegression())
    for kind in ("simulated", "real"):
        areas = {
            name: one["roc_auc"]["value"]
            for name, one in result["metrics"][kind]["by_classifier"].items()
        }
        assert min(areas["cnn"], areas["gp"]) > 0.95 and areas["logistic"] < 0.75
    predictions = pd.read_csv(tmp_path / "out" / "predictions_real.csv")
    assert len(predictions) == 59
    real = FakeReal()
    kept = np.delete(np.arange(60), 4)
    shown = replace(real.table, views=ViewRows.of_all(real.views, 60)).select(kept)
    for name in ("cnn", "gp"):
        loaded = load_fitted_model(tmp_path / "out" / "models" / name, table=shown)
        np.testing.assert_allclose(
            loaded.planet_probability(shown)[0], predictions[f"{name}_probability"], atol=1e-6
        )
        turned = replace(shown, views=shown.views.select(np.arange(59)[::-1]))
        assert (
            np.abs(loaded.planet_probability(turned)[0] - predictions[f"{name}_probability"]).max()
            > 0.1
        )


@BOTH
def test_a_set_without_views_is_refused_with_the_remedy(tmp_path, classifier):
    labelled = load_labelled_set(write_labelled_set(tmp_path / "set"))
    split = StarSplit()(labelled.table, seed=0)
    with pytest.raises(BadTable, match="python -m simulate views=true"):
        fit(
            "cnn",
            classifier,
            calibration=PlattCalibration(),
            table=labelled.table,
            split=split,
            seed=0,
        )


def test_a_model_that_looks_at_views_refuses_a_table_without(tmp_path):
    table = load_labelled_set(shown_set(tmp_path / "set")).table
    model = fit(
        "cnn",
        CNN,
        calibration=PlattCalibration(),
        table=table,
        split=StarSplit()(table, seed=0),
        seed=0,
    )
    with pytest.raises(BadTable, match=r"needs views, and the table has none"):
        model.planet_probability(replace(table, views=None))


def test_choosing_rows_of_a_set_on_disk_reads_no_views(tmp_path):
    table = load_labelled_set(shown_set(tmp_path / "set")).table
    some = table.select(np.arange(100)[::-1]).select(table.labels[:100][::-1] == "planet")
    assert isinstance(some.views.views.values, np.memmap)
    np.testing.assert_array_equal(
        some.views[np.arange(len(some))],
        views_of(table)[[int(event[-6:]) for event in some.frame["event"]]],
    )


@pytest.mark.parametrize("folds", [0, 2])
def test_cross_fitting_and_one_part_alike_get_the_views(tmp_path, folds):
    table = load_labelled_set(shown_set(tmp_path / "set")).table
    split = StarSplit()(table, seed=0)
    model = fit(
        "cnn",
        CNN,
        calibration=PlattCalibration(),
        table=table,
        split=split,
        seed=0,
        folds=folds,
        checkpoints=tmp_path / "checkpoints",
    )
    test = table.select(split.test)
    planet = model.planet_probability(test)[0]
    assert planet[test.labels == "planet"].min() > planet[test.labels != "planet"].mean()
    assert (tmp_path / "checkpoints" / "cnn-all.pt").is_file()
    assert model.pipeline[-1].checkpoint is None


def test_views_of_another_run_are_refused(tmp_path):
    table = gaussian_table()
    shown_set(tmp_path / "set", table, views_of(table)[:-1])
    with pytest.raises(BadTable, match="399 rows of views and 400 of features"):
        load_labelled_set(tmp_path / "set")


@pytest.mark.parametrize("keep", [50, 3000])
def test_views_that_were_cut_short_are_refused(tmp_path, keep):
    path = shown_set(tmp_path / "set") / "views.npy"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(BadTable, match="simulate the set again"):
        load_labelled_set(tmp_path / "set")
