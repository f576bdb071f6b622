"""The numbers in bins of strength, period and size: where is a model good?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from exoval.table.feature_table import FeatureTable
from train.judging.star_metrics import judge

#: feature -> edges of its bins; the last ones are open
EDGES: dict[str, tuple[float, ...]] = {
    "mes": (7.1, 8, 10, 15, 30, 100, np.inf),
    "period": (0, 1, 3, 10, 30, 100, 300, np.inf),
    "planet_radius": (0, 1.25, 2, 4, 8, 15, np.inf),
}
#: what is said of every bin
KEPT = (
    "roc_auc",
    "pr_auc",
    "recall_at_precision_99",
    "log_loss",
    "base_rate_log_loss",
    "brier",
    "ece",
)


def by_stratum(
    probability: np.ndarray,
    truth: np.ndarray,
    table: FeatureTable,
    resamples: int,
    seed: int,
    edges: Mapping[str, Sequence[float]] = EDGES,
) -> dict[str, list[dict]]:
    """Numbers of every bin of every feature of ``edges`` that the table has.

    ``probability`` and ``truth`` are (rows,); bins hold their lower edge.
    """
    found = {}
    for name, limits in edges.items():
        if name not in table.feature_names:
            continue
        values = table.frame[name].to_numpy()
        found[name] = [
            _bin(
                low,
                high,
                (values >= low) & (values < high),
                probability,
                truth,
                table,
                resamples,
                seed,
            )
            for low, high in pairwise(limits)
        ]
    return found


def _bin(
    low: float,
    high: float,
    rows: np.ndarray,
    probability: np.ndarray,
    truth: np.ndarray,
    table: FeatureTable,
    resamples: int,
    seed: int,
) -> dict:
    """One bin's limits, counts and numbers."""
    numbers = judge(probability[rows], truth[rows], table.targets[rows], resamples, seed)
    return {
        "from": low,
        "to": high if np.isfinite(high) else None,
        "rows": int(rows.sum()),
        "planets": int(truth[rows].sum()),
    } | {name: numbers[name] for name in KEPT}
