"""What a table's columns allow: classifiers taught by labels of its own other stars."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sklearn.base import BaseEstimator

from exoval.labels import FALSE_POSITIVE, PLANET, UNKNOWN
from exoval.models.calibrate import Calibration
from exoval.table.feature_table import FeatureTable
from train.fitting.fit import fitted_pipeline, planet_score
from train.fitting.out_of_fold import cross_fitted, planet_or_not, star_folds
from train.judging.scored import Scored


def taught_by_labels(
    classifier: Mapping[str, BaseEstimator],
    tables: Mapping[str, FeatureTable],
    *,
    calibration: Calibration,
    folds: int,
    seed: int,
) -> dict[str, Scored]:
    """Planet or not by the labels of other stars: every row scored by a copy without its fold.

    ``tables`` holds the rows as each classifier sees them; those of unknown disposition are left
    out. Empty with ``folds`` 0.
    """
    if folds == 0:
        return {}
    found = {}
    for name, estimator in classifier.items():
        table = tables[name].select((tables[name].frame["disposition"] != UNKNOWN).to_numpy())
        binary = planet_or_not(table)
        fold = star_folds(binary, folds=folds, seed=seed)
        raw = np.full(len(table), np.nan)
        for number in np.unique(fold):
            out = fold == number
            copy = fitted_pipeline(name, estimator, binary.select(~out), seed=seed)
            raw[out] = planet_score(copy, binary.select(out), binary.label_meanings())
        calibrated = cross_fitted(raw, table.is_planet.astype(float), fold, calibration=calibration)
        is_planet = calibrated >= 0.5
        found[name] = Scored(
            event=table.frame["event"].to_numpy(dtype=str),
            star=table.targets,
            label=table.labels,
            disposition=table.frame["disposition"].to_numpy(dtype=str),
            probability=calibrated,
            error=np.full(len(table), np.nan),
            predicted=np.where(is_planet, PLANET, FALSE_POSITIVE),
            predicted_is_planet=is_planet,
        )
    return found
