"""The range of every feature in training, and where an event leaves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from exoval.features.shape_bins import PREFIX as SHAPE_BIN
from exoval.table.feature_table import FeatureTable

#: how far beyond the extremes of training a feature may be, in units of the inverse hyperbolic sine
#: of its distance from the median in quartile ranges: far out a factor of 1.6
MARGIN = 0.5
#: a feature that is missing in less than this share of the training set is expected
EXPECTED = 0.05
#: share of the expected features without which a probability says nothing
MOST_MISSING = 0.5
#: features that are named; of the others only their number is given
NAMED = 4


def training_range(table: FeatureTable) -> dict[str, list[float]]:
    """Lowest and highest usual value and the share missing, ``[low, high, missing]`` by feature.

    Bins of the shape are left out, as no reader knows them by number.
    """
    found = {}
    for column, values in zip(table.columns, table.features.T, strict=True):
        known = values[np.isfinite(values)]
        if column.name.startswith(SHAPE_BIN) or not len(known):
            continue
        lower, middle, upper = np.quantile(known, [0.25, 0.5, 0.75])
        unit = (upper - lower) or float(np.ptp(known))
        low, high = known.min(), known.max()
        if unit > 0:
            widened = np.array([-MARGIN, MARGIN])
            reach = np.arcsinh((np.array([low, high]) - middle) / unit) + widened
            low, high = middle + unit * np.sinh(reach)
        found[column.name] = [float(low), float(high), float(1 - len(known) / len(values))]
    return found


def outside_training(
    features: Mapping[str, float], limits: Mapping[str, Sequence[float]]
) -> list[str]:
    """Sentences on features that are outside the range of training, or missing where expected."""
    outside, missing = [], []
    for name, (low, high, share) in limits.items():
        value = float(features.get(name, np.nan))
        if not np.isfinite(value):
            missing += [name] if share < EXPECTED else []
        elif not low <= value <= high:
            outside.append(f"{name} {value:.4g} ({low:.4g} to {high:.4g})")
    said = []
    if outside:
        said.append(f"outside what was simulated: {_listed(outside)}")
    if missing:
        said.append(f"missing, though measured in training: {_listed(missing)}")
    return said


def missing_share(
    features: Mapping[str, float], limits: Mapping[str, Sequence[float]]
) -> tuple[int, int]:
    """How many of the features that training nearly always had are missing, and their number."""
    expected = [name for name, (_, _, share) in limits.items() if share < EXPECTED]
    missing = [name for name in expected if not np.isfinite(features.get(name, np.nan))]
    return len(missing), len(expected)


def _listed(entries: list[str]) -> str:
    more = len(entries) - NAMED
    return ", ".join(entries[:NAMED]) + (f" and {more} more" if more > 0 else "")
