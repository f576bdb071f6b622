"""The most rows that a classifier is fitted on, for those that need all of them at once."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import numpy as np

from exoval.errors import BadParameter, BadTable
from exoval.table.feature_table import FeatureTable
from train.data.splits import assign_stars

log = logging.getLogger(__name__)

#: key of the cap of classifiers that have none of their own
OTHERS = "others"


def cap_of(name: str, row_cap: Mapping[str, int | None]) -> int | None:
    """The cap of a classifier; None for no cap. Raises BadParameter for one below 1."""
    cap = row_cap.get(name, row_cap.get(OTHERS))
    if cap is not None and cap < 1:
        raise BadParameter(f"row_cap of {name} is {cap}; give a number of rows, or null for all")
    return cap


def capped_rows(
    name: str, table: FeatureTable, rows: np.ndarray, *, cap: int | None, seed: int
) -> np.ndarray:
    """At most ``cap`` of the row indexes, whole stars with about the shares of all labels.

    Warns when rows are left out. Raises BadTable if the cap leaves a single label or no planets.
    """
    if cap is None or len(rows) <= cap:
        return rows
    part = assign_stars(
        table.targets[rows],
        table.labels[rows],
        share=np.array([cap, len(rows) - cap]) / len(rows),
        random=np.random.default_rng(seed),
    )
    kept = rows[part == 0]
    if len(kept) > cap:
        kept = _without_last_stars(table, kept, cap)
    if table.is_planet[kept].all() or not table.is_planet[kept].any():
        labels = ", ".join(sorted(set(table.labels[kept])))
        raise BadTable(f"row_cap={cap} leaves {name} only {labels}; raise it")
    log.warning(
        "%s is fitted on %d of %d rows: it needs all of them in memory (row_cap)",
        name,
        len(kept),
        len(rows),
    )
    return kept


def _without_last_stars(table: FeatureTable, rows: np.ndarray, cap: int) -> np.ndarray:
    """Leave out whole stars, those with fewest rows first, until the cap is kept."""
    names, star, counts = np.unique(table.targets[rows], return_inverse=True, return_counts=True)
    order = np.argsort(counts, kind="stable")
    enough = np.searchsorted(np.cumsum(counts[order]), len(rows) - cap) + 1
    # a single star with more rows than the cap is better than nothing
    dropped = order[: min(enough, len(names) - 1)]
    return rows[~np.isin(star, dropped)]
