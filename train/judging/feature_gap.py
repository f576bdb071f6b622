"""Distances between the simulated and the real distribution of every feature."""

from __future__ import annotations

import numpy as np
import pandas as pd

from exoval.features.shape_bins import PREFIX as SHAPE_BIN
from exoval.labels import FALSE_POSITIVE, PLANET
from exoval.table.feature_table import FeatureTable

#: fewest values on either side for a distance
FEWEST_VALUES = 8


def feature_gap(simulated: FeatureTable, real: FeatureTable) -> pd.DataFrame:
    """One row per feature, without the bins of the shape, the most different first.

    Columns: feature, unit, ``planets`` and ``false_positives`` (Kolmogorov-Smirnov distance
    between simulated and real events of that disposition, NaN with too few), ``missing_simulated``
    and ``missing_real`` (shares of rows), ``worst`` (the larger distance, by which it is sorted).
    """
    rows = []
    for column in simulated.columns:
        if column.name.startswith(SHAPE_BIN):
            continue
        ours, theirs = (table.frame[column.name].to_numpy() for table in (simulated, real))
        distance = {
            kind: distribution_distance(ours[of_kind(simulated, kind)], theirs[of_kind(real, kind)])
            for kind in (PLANET, FALSE_POSITIVE)
        }
        rows.append(
            {
                "feature": column.name,
                "unit": column.unit,
                "planets": distance[PLANET],
                "false_positives": distance[FALSE_POSITIVE],
                "missing_simulated": share_missing(ours),
                "missing_real": share_missing(theirs),
                "worst": np.fmax(distance[PLANET], distance[FALSE_POSITIVE]),
            }
        )
    return pd.DataFrame(rows).sort_values(
        "worst", ascending=False, na_position="last", kind="stable", ignore_index=True
    )


def distribution_distance(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Largest difference of the two cumulative distributions, 0 to 1, without NaN.

    >>> distribution_distance(np.arange(100.0), np.arange(50.0, 150.0))
    0.5
    """
    ours, theirs = (np.sort(values[np.isfinite(values)]) for values in (ours, theirs))
    if min(len(ours), len(theirs)) < FEWEST_VALUES:
        return float("nan")
    at = np.concatenate([ours, theirs])
    below = [np.searchsorted(values, at, side="right") / len(values) for values in (ours, theirs)]
    return float(np.abs(below[0] - below[1]).max())


def of_kind(table: FeatureTable, disposition: str) -> np.ndarray:
    """Mask of the rows with this disposition."""
    return (table.frame["disposition"] == disposition).to_numpy()


def share_missing(values: np.ndarray) -> float:
    """Share of NaN among the values; NaN for an empty array.

    >>> share_missing(np.array([1.0, np.nan]))
    0.5
    """
    return float(np.isnan(values).mean()) if len(values) else float("nan")
