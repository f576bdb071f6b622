"""Importance of features for separating two tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.inspection import permutation_importance
from sklearn.model_selection import GroupShuffleSplit

from exoval.errors import BadTable
from exoval.table.feature_table import FeatureTable

#: most rows of each table that are used
MOST_ROWS = 4000
REPEATS = 3


def domain_importance(one: FeatureTable, other: FeatureTable, *, seed: int) -> pd.DataFrame:
    """Drop of the domain AUC of two tables when a feature is shuffled.

    Columns ``feature`` and ``drop``, the largest first, on stars that the boosted trees did not
    see. A feature that others can replace has a small drop: compare the distances of single
    features. Raises BadTable if either table has fewer than 20 rows.
    """
    if min(len(one), len(other)) < 20:
        raise BadTable(
            f"{len(one)} and {len(other)} rows are too few to separate two tables; give 20 or more"
        )
    random = np.random.default_rng(seed)
    parts = [table.select(random.permutation(len(table))[:MOST_ROWS]) for table in (one, other)]
    features = np.concatenate([part.features for part in parts])
    origin = np.repeat([0, 1], [len(part) for part in parts])
    stars = np.concatenate([part.targets for part in parts])
    fitted, judged = next(
        GroupShuffleSplit(1, test_size=0.4, random_state=seed).split(features, origin, stars)
    )
    trees = HistGradientBoostingClassifier(max_iter=100, random_state=seed)
    trees.fit(features[fitted], origin[fitted])
    found = permutation_importance(
        trees,
        features[judged],
        origin[judged],
        scoring="roc_auc",
        n_repeats=REPEATS,
        random_state=seed,
    )
    frame = pd.DataFrame({"feature": one.feature_names, "drop": found.importances_mean})
    return frame.sort_values("drop", ascending=False, kind="stable", ignore_index=True)
