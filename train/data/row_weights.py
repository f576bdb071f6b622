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
            weight[rows] = self._of_a_label(log_weight[rows])
        if self.balance == "none":
            return weight / weight.mean()
        return balanced(weight, groups_of(table) if self.balance == "groups" else table.is_planet)

    def _of_a_label(self, log_weight: np.ndarray) -> np.ndarray:
        if self.population == 0:
            return np.ones(len(log_weight))
        drawn = np.exp(self.population * (log_weight - log_weight.max()))
        return np.minimum(drawn / drawn.mean(), MOST)


def log_weights(table: FeatureTable, labelled_set: str | Path, *, verify: str = FULL) -> np.ndarray:
    """Logarithm of prior over proposal density of every row of a labelled set, shape (rows,).

    It is 0 for events of the star itself, which nothing was drawn for. Raises BadTable if the
    set's table of truths lacks events, DataNotFound without one.
    """
    truth = _truth_of(table, labelled_set, verify=verify)
    logarithm = (truth["log_prior"] - truth["log_proposal"]).to_numpy(dtype=float)
    if "event_kind" not in truth:
        return logarithm
    return np.where(truth["event_kind"] == "other", 0.0, logarithm)


def event_kinds(table: FeatureTable, labelled_set: str | Path, *, verify: str = FULL) -> np.ndarray:
    """What every row of a labelled set is in its star (``simulate.event_kinds``), shape (rows,).

    Empty for the only event of a star. Raises as ``log_weights`` does.
    """
    truth = _truth_of(table, labelled_set, verify=verify)
    if "event_kind" not in truth:
        return np.full(len(table), "", dtype=object)
    return truth["event_kind"].fillna("").to_numpy(dtype=object)


def _truth_of(table: FeatureTable, labelled_set: str | Path, *, verify: str) -> pd.DataFrame:
    """The rows of the table of truths that belong to those of a labelled set, in their order."""
    truth = read_truth(labelled_set, verify=verify).set_index("event")
    # by hashes: numpy compares every name with every other one
    missing = table.frame.loc[~table.frame["event"].isin(truth.index), "event"].to_list()
    if missing:
        raise BadTable(
            f"the table of truths of {labelled_set} lacks {len(missing)} events of the set, such "
            f"as '{missing[0]}'; simulate the set again"
        )
    return truth.loc[table.frame["event"]]


def balanced(weight: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """Weights with the same total for every kind of row, and mean one.

    >>> balanced(np.ones(4), np.array([True, False, False, False])).round(3).tolist()
    [2.0, 0.667, 0.667, 0.667]
    """
    _, number = np.unique(kind, return_inverse=True)
    total = np.bincount(number, weight)
    return weight / total[number] * len(weight) / len(total)
