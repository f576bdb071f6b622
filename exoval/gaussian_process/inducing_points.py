"""Where the inducing points of a sparse Gaussian process stand."""

from __future__ import annotations

import numpy as np
from sklearn.cluster import KMeans

#: clusters of more rows than this are not better places, only slower to find
MOST_ROWS = 20_000


def inducing_points(
    X: np.ndarray, weight: np.ndarray, *, number: int, random: np.random.RandomState
) -> np.ndarray:
    """Centres of a k-means clustering of the rows, shape (at most ``number``, columns).

    All distinct rows where there are no more than ``number`` of them. ``weight`` (rows,) counts
    a row of 2 as two rows.
    """
    distinct = np.unique(X, axis=0)
    if len(distinct) <= number:
        return distinct
    if len(X) > max(MOST_ROWS, 20 * number):
        chosen = random.choice(len(X), max(MOST_ROWS, 20 * number), replace=False)
        X, weight = X[chosen], weight[chosen]
    means = KMeans(min(number, len(X)), n_init=1, max_iter=30, random_state=random)
    return means.fit(X, sample_weight=weight).cluster_centers_
