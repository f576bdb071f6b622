"""Metrics in bins of strength, period and size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from exoval.table.feature_table import FeatureTable
from train.judging.metrics import SUMMARY, judge

#: feature -> edges of its bins; the last bin is open
EDGES: dict[str, tuple[float, ...]] = {
    "mes": (7.1, 8, 10, 15, 30, 100, np.inf),
    "period": (0, 1, 3, 10, 30, 100, 300, np.inf),
    "planet_radius": (0, 1.25, 2, 4, 8, 15, np.inf),
}


def by_stratum(
    probability: np.ndarray,
    truth: np.ndarray,
    table: FeatureTable,
    *,
    resamples: int,
    seed: int,
    edges: Mapping[str, Sequence[float]] = EDGES,
) -> dict[str, list[dict]]:
    """Metrics in every bin of every feature of ``edges`` that the table has.

    ``probability`` and ``truth`` are (rows,); a bin includes its lower edge.
    """
    found = {}
    for name, limits in edges.items():
        if name not in table.feature_names:
            continue
        values = table.frame[name].to_numpy()
        found[name] = [
            _limits(low, high)
            | _numbers(
                (values >= low) & (values < high),
                probability,
                truth,
                table.targets,
                resamples=resamples,
                seed=seed,
            )
            for low, high in pairwise(limits)
        ]
    return found


def _limits(low: float, high: float) -> dict:
    """The limits ``from`` and ``to`` of a bin; ``to`` is None for an open bin."""
    return {"from": low, "to": high if np.isfinite(high) else None}


def _numbers(
    rows: np.ndarray,
    probability: np.ndarray,
    truth: np.ndarray,
    stars: np.ndarray,
    *,
    resamples: int,
    seed: int,
) -> dict:
    """Counts and metrics of the rows that a mask chooses."""
    counts = {"rows": int(rows.sum()), "planets": int(truth[rows].sum())}
    return counts | judge(
        probability[rows], truth[rows], stars[rows], resamples=resamples, seed=seed, keys=SUMMARY
    )
