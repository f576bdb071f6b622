"""Positions of the inducing points of a sparse Gaussian process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exoval.lazy_module import LazyModule

if TYPE_CHECKING:
    from sklearn import cluster
else:
    cluster = LazyModule("sklearn.cluster")

#: more rows than this do not improve the clusters and only take longer
MOST_ROWS = 20_000


def inducing_points(
    X: np.ndarray, weight: np.ndarray, *, number: int, random: np.random.RandomState
) -> np.ndarray:
    """Centres of a k-means clustering of the rows, shape (at most ``number``, columns).

    All distinct rows, if there are at most ``number``. A row of ``weight`` 2 counts as two rows.
    """
    distinct = np.unique(X, axis=0)
    if len(distinct) <= number:
        return distinct
    if len(X) > max(MOST_ROWS, 20 * number):
        chosen = random.choice(len(X), max(MOST_ROWS, 20 * number), replace=False)
        X, weight = X[chosen], weight[chosen]
    means = cluster.KMeans(min(number, len(X)), n_init=1, max_iter=30, random_state=random)
    return means.fit(X, sample_weight=weight).cluster_centers_
