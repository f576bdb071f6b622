"""The mean rate of simulated events of one label that look like an event.

A label's simulated events come from a proposal, which draws where signals can be seen. How much
rarer or more frequent than the mean of the label nature makes those with certain features is the
ratio of the population's density of features to the proposal's, and a regression of the rates on
the features estimates it: no density in many dimensions is needed.
"""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

#: fewest events of a label, and effective number of them, whose rates are told apart by features
FEWEST, FEWEST_EFFECTIVE = 100, 20.0
#: rates below this share of the label's mean count as this share: the deviance needs positive ones
LEAST_SHARE = 1e-6
#: most rows that a regression is fitted on
MOST_ROWS = 50_000


def learn_relative_rate(
    features: np.ndarray, rate: np.ndarray, *, seed: int
) -> HistGradientBoostingRegressor | None:
    """A regression of the rate over its mean on features (rows, columns); None with few events.

    The regression has the Poisson deviance, under which the events that count most in nature also
    count most in the fit.
    """
    mean = float(np.mean(rate)) if len(rate) else 0.0
    if len(rate) < FEWEST or mean <= 0 or np.ptp(rate) <= 1e-9 * mean:
        return None
    if np.sum(rate) ** 2 / np.sum(rate**2) < FEWEST_EFFECTIVE:
        return None
    relative = np.maximum(rate / mean, LEAST_SHARE)
    if len(relative) > MOST_ROWS:
        chosen = np.random.default_rng(seed).choice(len(relative), MOST_ROWS, replace=False)
        features, relative = features[chosen], relative[chosen]
    regression = HistGradientBoostingRegressor(
        loss="poisson",
        max_iter=100,
        learning_rate=0.05,
        max_leaf_nodes=8,
        min_samples_leaf=20,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )
    return regression.fit(features, relative)
