"""Limits on the rows that a classifier is fitted on, for those that hold all rows in memory."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import numpy as np

from exoval.errors import BadParameter, BadTable
from exoval.table.feature_table import FeatureTable
from train.data.splits import assign_stars

log = logging.getLogger(__name__)

#: key of the cap for all classifiers that are not named
OTHERS = "others"


def cap_of(name: str, row_cap: Mapping[str, int | None]) -> int | None:
    """The cap of a classifier; None without a cap. Raises BadParameter for a cap below 1.

    >>> cap_of("exact_gp", {"exact_gp": 2000, "others": None})
    2000
    """
    cap = row_cap.get(name, row_cap.get(OTHERS))
    if cap is not None and cap < 1:
        raise BadParameter(f"row_cap of {name} is {cap}; give a number of rows, or null for all")
    return cap


def capped_rows(
    name: str, table: FeatureTable, rows: np.ndarray, *, cap: int | None, seed: int
) -> np.ndarray:
    """At most ``cap`` of the row indexes, by whole stars, with about the label shares of all rows.

    Logs a warning if rows are left out. Raises BadTable if the cap leaves one label or no planets.
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
        raise BadTable(f"row_cap={cap} leaves {name} only {labels}; give a larger row_cap")
    log.warning(
        "%s is fitted on %d of %d rows: it needs all of them in memory (row_cap)",
        name,
        len(kept),
        len(rows),
    )
    return kept


def _without_last_stars(table: FeatureTable, rows: np.ndarray, cap: int) -> np.ndarray:
    """The rows without whole stars, those with fewest rows first, until the cap is met."""
    names, star, counts = np.unique(table.targets[rows], return_inverse=True, return_counts=True)
    order = np.argsort(counts, kind="stable")
    enough = np.searchsorted(np.cumsum(counts[order]), len(rows) - cap) + 1
    # keep one star even if it has more rows than the cap
    dropped = order[: min(enough, len(names) - 1)]
    return rows[~np.isin(star, dropped)]
