"""Whether trees of a model file stay inside their own arrays.

Compiled code follows the node numbers of a tree without looking. Those of a file that somebody made
up would lead it anywhere in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from exoval.errors import BadTable

#: attributes of which a fitted model of trees has one
FITTED = {"tree_", "estimators_", "_predictors"}
Check = Callable[[Any, Sequence, Any], None]


def check_whole(name: str, made: Any, arguments: Sequence, state: Any) -> None:
    """Raise BadTable for a tree, or a model of trees, that would read outside its arrays.

    ``made`` is of the class ``name``, from ``arguments`` and ``state``.
    """
    check = CHECKS.get(name)
    # an ensemble also holds members as they were before fitting
    if check is not None and not _is_unfitted(made):
        check(made, arguments, state)


def _is_unfitted(made: Any) -> bool:
    return isinstance(made, BaseEstimator) and not FITTED & set(vars(made))


def _decision_tree(_: Any, arguments: Sequence, state: Any) -> None:
    nodes, features = state["nodes"], int(arguments[0])
    inner = nodes["left_child"] != -1
    _require(state["node_count"] == len(nodes) == len(state["values"]) > 0)
    _require_ahead(nodes, inner, "left_child", "right_child")
    _require_within(nodes["feature"][inner], features)


def _predictor(made: Any, _: Sequence, __: Any) -> None:
    nodes = made.nodes
    inner = nodes["is_leaf"] == 0
    _require(len(nodes) > 0)
    _require_ahead(nodes, inner, "left", "right")
    categorical = inner & (nodes["is_categorical"] != 0)
    _require_within(nodes["bitset_idx"][categorical], len(made.raw_left_cat_bitsets))


def _estimator(made: Any, _: Sequence, __: Any) -> None:
    _require(made.tree_.n_features == made.n_features_in_)


def _forest(made: Any, _: Sequence, __: Any) -> None:
    _require(all(one.n_features_in_ == made.n_features_in_ for one in made.estimators_))


def _isolation_forest(made: Any, _: Sequence, __: Any) -> None:
    all_features = made._max_features == made.n_features_in_
    for tree, features in zip(made.estimators_, made.estimators_features_, strict=True):
        asked = made.n_features_in_ if all_features else len(features)
        _require(tree.n_features_in_ == asked)


def _boosted(made: Any, _: Sequence, __: Any) -> None:
    for predictor in (one for several in made._predictors for one in several):
        inner = predictor.nodes["is_leaf"] == 0
        _require_within(predictor.nodes["feature_idx"][inner], made.n_features_in_)


def _neighbours(_: Any, __: Sequence, state: Any) -> None:
    data, order, nodes, bounds = state[:4]
    levels, count = state[5:7]
    _require(len(nodes) == count == 2**levels - 1 and len(order) == len(data))
    _require(bounds.shape[1:] == (count, data.shape[1]))
    _require_within(order, len(data))
    _require(bool(np.all(nodes["idx_start"] <= nodes["idx_end"])))
    _require_within(nodes["idx_start"], len(data) + 1)
    _require_within(nodes["idx_end"], len(data) + 1)


def _require_ahead(nodes: np.ndarray, inner: np.ndarray, *sides: str) -> None:
    """Children come after their node, so that every path ends."""
    places = np.flatnonzero(inner)
    for side in sides:
        children = nodes[side][inner].astype(np.int64)
        _require(bool(np.all(children > places)))
        _require_within(children, len(nodes))


def _require_within(indexes: np.ndarray, size: int) -> None:
    _require(bool(np.all((indexes >= 0) & (indexes < size))))


def _require(holds: bool) -> None:
    if not holds:
        raise BadTable("the model has a tree that leads outside its own arrays")


_TREES = "sklearn.tree._classes"
_BOOSTED = "sklearn.ensemble._hist_gradient_boosting"
CHECKS: dict[str, Check] = {
    "sklearn.tree._tree.Tree": _decision_tree,
    f"{_TREES}.DecisionTreeClassifier": _estimator,
    f"{_TREES}.ExtraTreeClassifier": _estimator,
    f"{_TREES}.ExtraTreeRegressor": _estimator,
    "sklearn.ensemble._forest.ExtraTreesClassifier": _forest,
    "sklearn.ensemble._forest.RandomForestClassifier": _forest,
    "sklearn.ensemble._iforest.IsolationForest": _isolation_forest,
    f"{_BOOSTED}.predictor.TreePredictor": _predictor,
    f"{_BOOSTED}.gradient_boosting.HistGradientBoostingClassifier": _boosted,
    f"{_BOOSTED}.gradient_boosting.HistGradientBoostingRegressor": _boosted,
    "sklearn.neighbors._ball_tree.BallTree": _neighbours,
    "sklearn.neighbors._ball_tree.BallTree64": _neighbours,
    "sklearn.neighbors._kd_tree.KDTree": _neighbours,
    "sklearn.neighbors._kd_tree.KDTree64": _neighbours,
}
