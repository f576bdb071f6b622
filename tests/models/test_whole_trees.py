"""A made-up tree that would lead compiled code outside its arrays is refused."""

import numpy as np
import pytest
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
)
from sklearn.neighbors import LocalOutlierFactor

from exoval.errors import BadTable
from exoval.models.model_card import CardReader, CardWriter

X = np.random.default_rng(0).normal(size=(120, 4))
Y = np.arange(120) % 3
FOREST = RandomForestClassifier(3, random_state=0).fit(X, Y)
BOOSTED = HistGradientBoostingClassifier(max_iter=2).fit(X, Y)
ISOLATION = IsolationForest(n_estimators=3, random_state=0).fit(X)
SUBSET = IsolationForest(n_estimators=3, max_features=2, random_state=0).fit(X)
NEIGHBOURS = LocalOutlierFactor(5, novelty=True).fit(X)
WHOLE = [
    FOREST,
    ExtraTreesClassifier(3, random_state=0, max_leaf_nodes=9).fit(X, Y),
    BOOSTED,
    ISOLATION,
    SUBSET,
    NEIGHBOURS,
    LocalOutlierFactor(5, novelty=True, algorithm="ball_tree").fit(X),
    LocalOutlierFactor(30, novelty=True, leaf_size=3).fit(X[:40]),
]


def written(model):
    """The card of a model, and copies of its arrays."""
    writer = CardWriter()
    card = writer.card(model)
    return card, [array.copy() for array in writer.arrays]


@pytest.mark.parametrize("model", WHOLE, ids=lambda one: type(one).__name__)
def test_trees_as_they_were_fitted_are_whole(model):
    card, arrays = written(model)
    found = CardReader(arrays).value(card)
    ask = "predict_proba" if hasattr(model, "predict_proba") else "score_samples"
    np.testing.assert_array_equal(getattr(found, ask)(X), getattr(model, ask)(X))


@pytest.mark.parametrize(
    ("model", "field", "value"),
    [
        (FOREST, "left_child", 10**9),
        (FOREST, "left_child", -7),
        (FOREST, "right_child", 0),
        (FOREST, "feature", 4),
        (FOREST, "feature", -1),
        (ISOLATION, "right_child", 10**6),
        (BOOSTED, "left", 10**6),
        (BOOSTED, "right", 0),
        (BOOSTED, "feature_idx", 4),
        (BOOSTED, "is_categorical", 1),
        (NEIGHBOURS, "idx_end", 121),
        (NEIGHBOURS, "idx_start", -1),
    ],
)
def test_a_tree_that_leads_elsewhere_is_refused(model, field, value):
    card, arrays = written(model)
    trees = [one for one in arrays if one.dtype.names and field in one.dtype.names]
    trees[0][field][0] = value
    with pytest.raises(BadTable, match="leads outside its own arrays"):
        CardReader(arrays).value(card)


def states(card, name):
    """The states in a card of the objects of a class."""
    if isinstance(card, list):
        return [found for one in card for found in states(one, name)]
    if not isinstance(card, dict):
        return []
    own = [card["state"]] if str(card.get("object")).endswith(name) else []
    return own + [found for one in card.values() for found in states(one, name)]


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (FOREST, "DecisionTreeClassifier"),
        (FOREST, "RandomForestClassifier"),
        (BOOSTED, "HistGradientBoostingClassifier"),
        (ISOLATION, "ExtraTreeRegressor"),
    ],
)
def test_a_model_that_takes_fewer_columns_than_its_trees_is_refused(model, name):
    card, arrays = written(model)
    entries = [entry for state in states(card, name) for entry in state["dict"]]
    next(entry for entry in entries if entry[0] == "n_features_in_")[1] = 1
    with pytest.raises(BadTable, match="leads outside its own arrays"):
        CardReader(arrays).value(card)
