"""The exact list of what the card of a fitted model may name."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import Any

from exoval.allow_list import is_listed, part_named
from exoval.errors import BadTable

#: functions of the feature scaling
FUNCTIONS = frozenset({"numpy.arcsinh", "numpy.clip"})
#: compiled classes, which are made from arguments of their own
BUILT_BY_ARGUMENTS = frozenset(
    {
        "sklearn._loss._loss.CyHalfBinomialLoss",
        "sklearn._loss._loss.CyHalfGammaLoss",
        "sklearn._loss._loss.CyHalfMultinomialLoss",
        "sklearn._loss._loss.CyHalfPoissonLoss",
        "sklearn.metrics._dist_metrics.EuclideanDistance64",
        "sklearn.metrics._dist_metrics.MinkowskiDistance64",
        "sklearn.neighbors._ball_tree.BallTree",
        "sklearn.neighbors._ball_tree.BallTree64",
        "sklearn.neighbors._kd_tree.KDTree",
        "sklearn.neighbors._kd_tree.KDTree64",
        "sklearn.tree._tree.Tree",
    }
)
#: classes that are filled with a state
CLASSES = frozenset(
    {
        "exoval.models.quantile_alignment.QuantileAlignment",
        "exoval.models.transit_shape_map.TransitShapeMap",
        "sklearn._loss.link.Interval",
        "sklearn._loss.link.LogLink",
        "sklearn._loss.link.LogitLink",
        "sklearn._loss.link.MultinomialLogit",
        "sklearn._loss.loss.HalfBinomialLoss",
        "sklearn._loss.loss.HalfGammaLoss",
        "sklearn._loss.loss.HalfMultinomialLoss",
        "sklearn._loss.loss.HalfPoissonLoss",
        "sklearn.ensemble._forest.ExtraTreesClassifier",
        "sklearn.ensemble._forest.RandomForestClassifier",
        "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
        "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier",
        "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingRegressor",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.ensemble._iforest.IsolationForest",
        "sklearn.feature_selection._variance_threshold.VarianceThreshold",
        "sklearn.impute._base.MissingIndicator",
        "sklearn.impute._base.SimpleImputer",
        "sklearn.linear_model._logistic.LogisticRegression",
        "sklearn.neighbors._lof.LocalOutlierFactor",
        "sklearn.neural_network._multilayer_perceptron.MLPClassifier",
        "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
        "sklearn.pipeline.FeatureUnion",
        "sklearn.pipeline.Pipeline",
        "sklearn.preprocessing._data.QuantileTransformer",
        "sklearn.preprocessing._data.RobustScaler",
        "sklearn.preprocessing._function_transformer.FunctionTransformer",
        "sklearn.preprocessing._label.LabelBinarizer",
        "sklearn.preprocessing._label.LabelEncoder",
        "sklearn.tree._classes.DecisionTreeClassifier",
        "sklearn.tree._classes.ExtraTreeClassifier",
        "sklearn.tree._classes.ExtraTreeRegressor",
    }
)


def name_of(part: Any) -> str:
    """The dotted name of a class or function."""
    name = getattr(part, "__qualname__", getattr(part, "__name__", ""))
    return f"{getattr(part, '__module__', None) or 'numpy'}.{name}"


def is_part(name: str) -> bool:
    """Whether a card may name a class: one of the lists here, or a classifier of ``conf``."""
    return name in CLASSES or name in BUILT_BY_ARGUMENTS or is_listed(name, "classifier")


def function_part(name: str) -> Callable[..., Any]:
    """The function of a name on the list; BadTable for any other name."""
    if not isinstance(name, str) or name not in FUNCTIONS:
        raise _refused(name)
    return _found(name)


def part_class(name: str) -> type:
    """The class of a name on the list, or of the classifiers of ``conf`` and of allowed ones.

    Raises BadTable for any other name.
    """
    if not isinstance(name, str) or not is_part(name):
        raise _refused(name)
    if name in CLASSES or name in BUILT_BY_ARGUMENTS:
        return _found(name)
    part = part_named(name, "classifier", group="classifier")
    if not isinstance(part, type):
        raise _refused(name)
    return part


@cache
def _found(name: str) -> Any:
    module, _, own = name.rpartition(".")
    return getattr(importlib.import_module(module), own)


def _refused(name: object) -> BadTable:
    return BadTable(
        f"the model wants to build {str(name)[:120]}, which is not part of a model of exoval; if "
        "you know where the file is from, allow the class by exoval.build.allow"
    )
