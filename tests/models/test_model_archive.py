"""An archive builds classes of exoval, of scikit-learn and allowed ones, and calls nothing."""

import os
import pkgutil
import zipfile
from importlib import import_module

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import IsolationForest
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

import exoval.classifiers
from exoval.errors import BadTable
from exoval.models.model_archive import _may_be_built, read_archive, write_archive

CLASSIFIERS = sorted(
    f"{name}.{made.__name__}"
    for name in (
        f"exoval.classifiers.{m.name}" for m in pkgutil.iter_modules(exoval.classifiers.__path__)
    )
    for made in vars(import_module(name)).values()
    if isinstance(made, type) and issubclass(made, BaseEstimator) and made.__module__ == name
)


@pytest.mark.parametrize(
    "name",
    [
        *CLASSIFIERS,
        "exoval.models.transit_shape_map.TransitShapeMap",
        "numpy.clip",
        "sklearn.tree._tree.Tree",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.neighbors._kd_tree.KDTree",
        "sklearn.metrics._dist_metrics.EuclideanDistance64",
    ],
)
def test_what_fitted_estimators_consist_of_is_built(name):
    assert _may_be_built(name)


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "posix.system",
        "builtins.eval",
        "numpy.load",
        "exoval.models.model_archive.read_archive",
        "exoval.models.model_archive.Path",
        "exoval.models.fitted_model.pd.read_pickle",
        "exoval.classifiers.transit_cnn.nn.Module",
        "exoval.running.journal.Journal",
        "exoval.detrend.biweight.Biweight",
        "simulate.hosts.RealHosts",
        "exoval.models.feature_pipeline.SimpleImputer",
        "exoval.classifiers.ensemble.StratifiedGroupKFold",
        "sklearn.utils._bunch.Bunch",
        "sklearn.base.clone",
        "sklearn.base.inspect.os",
        "sklearn.datasets.load_svmlight_file",
        "sklearn.no_such_module.Tree",
        "sklearnish.Tree",
        "sklearn",
        "",
    ],
)
def test_nothing_else_is_built(name):
    assert not _may_be_built(name)


def test_a_call_that_an_archive_smuggles_in_is_refused_before_anything_runs(tmp_path):
    mark = tmp_path / "mark"
    smuggled = FunctionTransformer(os.system, kw_args={"command": f"touch {mark}"})
    write_archive(Pipeline([("bad", smuggled)]), tmp_path / "bad.skops")
    with pytest.raises(BadTable, match=r"wants to build posix.system"):
        read_archive(tmp_path / "bad.skops")
    assert not mark.exists()


def test_an_estimator_comes_back_as_it_was(tmp_path):
    kept = Pipeline([("clip", FunctionTransformer(np.clip, kw_args={"a_min": -1, "a_max": 1}))])
    write_archive(kept, tmp_path / "good.skops")
    values = np.linspace(-3, 3, 7)[:, None]
    found = read_archive(tmp_path / "good.skops").transform(values)
    np.testing.assert_array_equal(found, kept.transform(values))


def test_detectors_of_few_columns_are_a_card(tmp_path):
    """Their neighbours lie in a compiled tree."""
    values = np.random.default_rng(0).normal(size=(60, 3))
    detectors = {
        "neighbours": LocalOutlierFactor(5, novelty=True).fit(values),
        "forest": IsolationForest(n_estimators=3, random_state=0).fit(values),
    }
    write_archive(detectors, tmp_path / "it.zip")
    assert is_card(tmp_path / "it.zip")
    for name, found in read_archive(tmp_path / "it.zip").items():
        expected = detectors[name].score_samples(values)
        np.testing.assert_array_equal(found.score_samples(values), expected)


@pytest.mark.parametrize(
    "value",
    [
        {"a": [1, 2.5, None, True, "x", (1, "y")], 3: {1, 2}},
        np.float64(0.1) + np.arange(3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(6.0).reshape(2, 3)[:, ::2],
        np.array(["planet", "binary"], dtype=object),
        np.array([(1, 2.0)], dtype=np.dtype([("a", "u1"), ("b", "<f8")], align=True)),
        np.array([1.5, -np.inf, np.nan]),
        [np.float32(0.1), np.dtype("<f4"), np.float64],
        np.zeros((0, 4)),
    ],
)
def test_plain_values_and_arrays_come_back_as_they_were(value, tmp_path):
    write_archive(value, tmp_path / "it.zip")
    assert is_card(tmp_path / "it.zip")
    found = read_archive(tmp_path / "it.zip")
    assert type(found) is type(value)
    if isinstance(value, np.ndarray):
        assert found.dtype == value.dtype and found.shape == value.shape
        assert found.flags.f_contiguous == value.flags.f_contiguous or value.ndim < 2
        np.testing.assert_array_equal(found, value)
    else:
        assert found == value


def test_an_array_that_is_shared_is_written_once(tmp_path):
    array = np.random.default_rng(0).normal(size=10_000)
    write_archive([array, {"again": array}], tmp_path / "it.zip")
    assert (tmp_path / "it.zip").stat().st_size < 1.5 * array.nbytes


def test_random_numbers_go_on_where_they_were(tmp_path):
    for random in (np.random.RandomState(3), np.random.default_rng(3)):
        random.normal(size=7)
        write_archive(random, tmp_path / "it.zip")
        np.testing.assert_array_equal(
            read_archive(tmp_path / "it.zip").normal(size=5), random.normal(size=5)
        )


def test_other_estimators_of_scikit_learn_are_written_by_skops(tmp_path):
    values = np.random.default_rng(0).normal(size=(40, 3))
    kept = GaussianNB().fit(values, np.arange(40) % 2)
    write_archive(kept, tmp_path / "it.zip")
    assert not is_card(tmp_path / "it.zip")
    found = read_archive(tmp_path / "it.zip").predict_proba(values)
    np.testing.assert_array_equal(found, kept.predict_proba(values))


def is_card(path):
    with zipfile.ZipFile(path) as archive:
        return "card.json" in archive.namelist()
