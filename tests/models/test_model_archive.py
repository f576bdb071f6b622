"""An archive builds classes of exoval, of scikit-learn and allowed ones, and calls nothing."""

import os
import pkgutil
from importlib import import_module

import numpy as np
import pytest
from sklearn.base import BaseEstimator
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
