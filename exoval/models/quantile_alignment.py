"""Quantile alignment: every feature of another place is given the distribution of home."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

#: quantiles of a feature that are kept
QUANTILES = 201


class QuantileAlignment(TransformerMixin, BaseEstimator):
    """Maps each feature's quantiles away to those at home; values stay missing where they are.

    ``away`` and ``home`` are (QUANTILES, features), as ``quantiles`` makes them. A feature without
    values on one side is left alone, and so are values beyond the outermost quantiles, which move
    by as much as these. The alignment holds where everything that differs is the instrument: a
    change in the shares of planets and false positives is aligned away with the rest.
    """

    def __init__(self, away: np.ndarray, home: np.ndarray) -> None:
        self.away = away
        self.home = home

    def fit(self, features: np.ndarray, labels: np.ndarray | None = None) -> QuantileAlignment:
        """Nothing is learned here."""
        return self

    def transform(self, features: np.ndarray) -> np.ndarray:
        """The aligned features, of the same shape (rows, features)."""
        aligned = np.array(features, dtype=float)
        for column, (away, home) in enumerate(zip(self.away.T, self.home.T, strict=True)):
            if not (np.all(np.isfinite(away)) and np.all(np.isfinite(home))):
                continue
            values = aligned[:, column]
            within = np.clip(values, away[0], away[-1])
            # of several equal quantiles the middle one
            first, last = (np.searchsorted(away, within, side=side) for side in ("left", "right"))
            inside = np.interp(within, away, home)
            tied = last - first > 1
            inside[tied] = home[(first[tied] + last[tied] - 1) // 2]
            aligned[:, column] = inside + (values - within)
        return aligned


def quantiles(features: np.ndarray, *, weight: np.ndarray | None = None) -> np.ndarray:
    """Evenly spaced quantiles of every feature, shape (QUANTILES, features), NaN without values.

    ``features`` is (rows, features) and ``weight`` (rows,) what each row counts.
    """
    levels = np.linspace(0, 1, QUANTILES)
    found = np.full((QUANTILES, features.shape[1]), np.nan)
    weight = np.ones(len(features)) if weight is None else weight
    for column, values in enumerate(features.T):
        known = np.isfinite(values)
        if known.any():
            found[:, column] = np.quantile(
                values[known], levels, weights=weight[known], method="inverted_cdf"
            )
    return found
