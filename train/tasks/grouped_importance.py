"""Importance of groups of features: the loss when correlated features are shuffled together.

Shuffling one of two redundant features has no effect, since the other keeps the information. So
features are grouped by the rank correlation of their values (Strobl et al. 2008), and a group is
shuffled by rows, which keep the group's values together.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from scipy.stats import rankdata
from sklearn.base import BaseEstimator

from exoval.models.fitted_model import planet_columns
from exoval.running.output_path import make_folder
from exoval.running.progress import progress
from exoval.table.feature_table import FeatureTable
from train.fitting.fit import fitted_pipeline, planet_score
from train.fitting.out_of_fold import planet_or_not
from train.judging.metrics import value_of

#: features whose absolute rank correlation is above this on average form a group
CORRELATION = 0.6
REPEATS = 2
#: names of a group's losses in the table
COLUMNS = ("log_loss_increase", "average_precision_drop")
#: number of folds that are fitted
FOLDS = 3


def feature_groups(table: FeatureTable, correlation: float = CORRELATION) -> list[list[str]]:
    """Names of features in groups, by average linkage of 1 - |Spearman's correlation|."""
    filled = table.frame[table.feature_names].fillna(table.frame[table.feature_names].median())
    ranks = rankdata(filled.to_numpy(), axis=0)
    varying = ranks.std(axis=0) > 0
    alike = np.eye(ranks.shape[1])
    alike[np.ix_(varying, varying)] = np.abs(np.corrcoef(ranks[:, varying].T))
    distance = squareform(np.clip(1 - alike, 0, 1), checks=False)
    number = fcluster(linkage(distance, "average"), 1 - correlation, "distance")
    names = np.array(table.feature_names)
    return [list(names[number == which]) for which in np.unique(number)]


def grouped_importance(
    classifier: BaseEstimator, table: FeatureTable, fold: np.ndarray, *, seed: int, cache: Path
) -> pd.DataFrame:
    """Loss in log-loss and average precision by each group, largest first.

    Rows of the first few folds are judged by copies fitted without them. ``cache`` is the folder
    for the results.
    """
    key = hashlib.sha256(
        repr(
            (
                classifier.get_params(),
                table.schema_hash,
                seed,
                len(table),
                CORRELATION,
                REPEATS,
                FOLDS,
                COLUMNS,
            )
        ).encode()
        + fold.tobytes()
    ).hexdigest()[:16]
    path = cache / f"{key}.parquet"
    if path.is_file():
        return pd.read_parquet(path)
    groups, table = feature_groups(table), planet_or_not(table)
    parts = [
        _one_fold(classifier, table, fold == number, groups, seed=seed)
        for number in progress(np.unique(fold)[:FOLDS], total=FOLDS, description="shuffle features")
    ]
    losses = np.mean(parts, axis=0)
    found = pd.DataFrame(
        {
            "features": [", ".join(group) for group in groups],
            COLUMNS[0]: losses[:, 0],
            COLUMNS[1]: losses[:, 1],
        }
    )
    found = found.sort_values(COLUMNS[0], ascending=False, ignore_index=True)
    make_folder(cache)
    found.to_parquet(path)
    return found


def _one_fold(
    classifier: BaseEstimator,
    table: FeatureTable,
    held: np.ndarray,
    groups: list[list[str]],
    *,
    seed: int,
) -> np.ndarray:
    """Losses of every group on one fold, (groups, 2)."""
    pipeline = fitted_pipeline("importance", classifier, table.select(~held), seed=seed)
    rows, meanings = table.select(held), table.label_meanings()
    truth = rows.is_planet
    score = planet_score(pipeline, rows, meanings)
    whole = value_of("log_loss", score, truth), value_of("average_precision", score, truth)
    random = np.random.default_rng(seed)
    places = {name: place for place, name in enumerate(table.feature_names)}
    planets = planet_columns(pipeline, meanings)
    losses = np.zeros((len(groups), 2))
    for number, group in enumerate(groups):
        columns = [places[name] for name in group]
        for _ in range(REPEATS):
            shuffled = rows.features
            shuffled[:, columns] = shuffled[random.permutation(len(rows))][:, columns]
            changed = pipeline.predict_proba(shuffled)[:, planets].sum(axis=1)
            losses[number] += (
                value_of("log_loss", changed, truth) - whole[0],
                whole[1] - value_of("average_precision", changed, truth),
            )
    return losses / REPEATS
