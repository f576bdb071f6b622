"""How much each simulated row counts in fitting: nearer to nature than what was drawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from exoval.errors import BadParameter, BadTable
from exoval.injection.importance_weights import read_truth
from exoval.running.whole_folder import FULL
from exoval.table.feature_table import FeatureTable
from train.data.label_groups import groups_of

#: largest weight of a row, in mean weights of its label: one row must not stand for a whole label
MOST = 20.0
BALANCES = ("planets", "groups", "none")


@dataclass(frozen=True)
class RowWeights:
    """Weights by population and by kind of event.

    Rows of one scenario and label count by (prior / proposal)^``population``, with mean one:
    0 leaves them as drawn, 1 weighs them as nature does, at the price of few rows that count.
    ``balance`` gives the same total weight to planets and all other rows ("planets"), to the three
    groups of ``label_groups`` ("groups"), or nothing ("none"). Raises BadParameter for a
    ``population`` outside 0 to 1 or another ``balance``.
    """

    population: float = 0.5
    balance: str = "planets"

    def __post_init__(self) -> None:
        if not 0 <= self.population <= 1:
            raise BadParameter(f"population={self.population} of row weights; give 0 to 1")
        if self.balance not in BALANCES:
            raise BadParameter(f"balance='{self.balance}'; use one of {', '.join(BALANCES)}")

    def __call__(self, table: FeatureTable, log_weight: np.ndarray) -> np.ndarray:
        """The weight of every row, shape (rows,), with mean one.

        ``log_weight`` (rows,) is the logarithm of prior over proposal (``log_weights``).
        """
        weight = np.ones(len(table))
        for rows in pd.Series(table.labels).groupby(table.labels).indices.values():
            # rows that nature does not have count nothing, unless all count alike
            relative = log_weight[rows] - log_weight[rows].max()
            drawn = np.exp(self.population * relative) if self.population else np.ones(len(rows))
            weight[rows] = np.minimum(drawn / drawn.mean(), MOST)
        if self.balance == "none":
            return weight / weight.mean()
        return balanced(weight, groups_of(table) if self.balance == "groups" else table.is_planet)


def log_weights(table: FeatureTable, labelled_set: str | Path, *, verify: str = FULL) -> np.ndarray:
    """Logarithm of prior over proposal density of every row of a labelled set, shape (rows,).

    It is 0 for events of the star itself, which nothing was drawn for. Raises BadTable if the
    set's table of truths lacks events, DataNotFound without one.
    """
    truth = read_truth(labelled_set, verify=verify).set_index("event")
    missing = np.setdiff1d(table.frame["event"], truth.index)
    if len(missing):
        raise BadTable(
            f"the table of truths of {labelled_set} lacks {len(missing)} events of the set, such "
            f"as '{missing[0]}'; simulate the set again"
        )
    truth = truth.loc[table.frame["event"]]
    logarithm = (truth["log_prior"] - truth["log_proposal"]).to_numpy(dtype=float)
    if "event_kind" not in truth:
        return logarithm
    return np.where(truth["event_kind"] == "other", 0.0, logarithm)


def balanced(weight: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """Weights with the same total for every kind of row, and mean one.

    >>> balanced(np.ones(4), np.array([True, False, False, False])).round(3).tolist()
    [2.0, 0.667, 0.667, 0.667]
    """
    _, number = np.unique(kind, return_inverse=True)
    total = np.bincount(number, weight)
    return weight / total[number] * len(weight) / len(total)
