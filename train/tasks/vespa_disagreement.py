"""Disagreements of a model with vespa, and which side human vetting favours."""

from __future__ import annotations

import numpy as np
import pandas as pd

from exoval.catalogs.certified_false_positives import read_certified_false_positives
from exoval.errors import DataNotFound
from exoval.labels import FALSE_POSITIVE, PLANET
from exoval.models.calibrate import Calibration
from exoval.table.feature_table import FeatureTable
from train.fitting.out_of_fold import cross_fitted
from train.tasks.catalogue_scores import catalogue_scores, koi_names


def vespa_disagreement(
    table: FeatureTable, probability: np.ndarray, fold: np.ndarray, *, calibration: Calibration
) -> dict:
    """Numbers of objects on which a model and vespa disagree, by kind of object.

    ``probability`` (rows,) is that of the model, out of fold, trained on all events; it is
    calibrated again on the objects of interest that vespa judged. The two disagree if one is above
    one half and the other below; and, with the criterion of validation, at a false-positive
    probability of 1 %. Empty without vespa's table.
    """
    vespa = catalogue_scores(table).get("vespa")
    if vespa is None:
        return {}
    rows = np.isfinite(vespa)
    truth = (table.frame["disposition"] == PLANET).to_numpy()[rows]
    ours = cross_fitted(probability[rows], truth.astype(float), fold[rows], calibration=calibration)
    theirs = vespa[rows]
    frame = table.frame[rows].reset_index(drop=True)
    differ = (ours >= 0.5) != (theirs >= 0.5)
    settled = _certified(frame["event"])
    return {
        "objects": int(rows.sum()),
        "disagreement_at_half": float(differ.mean()),
        "disagreement_on_validation": float(((ours > 0.99) != (theirs > 0.99)).mean()),
        "by_label": {
            label: _kind((frame["label"] == label).to_numpy(), differ, ours)
            for label in sorted(set(frame["label"]))
        },
        "by_planet_radius": {
            f"{low:g}-{high:g}": _kind(
                frame["planet_radius"].between(low, high, inclusive="left").to_numpy(), differ, ours
            )
            for low, high in ((0, 2), (2, 4), (4, 10), (10, 22), (22, np.inf))
        },
        "certified_false_positives": _sides(
            settled == FALSE_POSITIVE, differ, ours=ours, theirs=theirs
        ),
        "labels_as_judge": {
            "model_right": float(((ours >= 0.5) == truth)[differ].mean()) if differ.any() else None,
            "disagreements": int(differ.sum()),
        },
    }


def _kind(mine: np.ndarray, differ: np.ndarray, ours: np.ndarray) -> dict:
    """Counts for one kind of object."""
    both = mine & differ
    return {
        "objects": int(mine.sum()),
        "disagreements": int(both.sum()),
        "share": float(differ[mine].mean()) if mine.any() else None,
        "model_says_planet": int((both & (ours >= 0.5)).sum()),
    }


def _certified(event: pd.Series) -> np.ndarray:
    """Disposition in the table of certified false positives; empty for objects not listed."""
    try:
        known = read_certified_false_positives().drop_duplicates("name").set_index("name")
        return known["disposition"].reindex(koi_names(event)).fillna("").to_numpy()
    except DataNotFound:
        return np.full(len(event), "")


def _sides(
    certified: np.ndarray, differ: np.ndarray, *, ours: np.ndarray, theirs: np.ndarray
) -> dict:
    """Among disputed certified false positives: how many each side called false positive."""
    rows = certified & differ
    return {
        "certified": int(certified.sum()),
        "disagreements": int(rows.sum()),
        "model_agrees_with_them": int((rows & (ours < 0.5)).sum()),
        "vespa_agrees_with_them": int((rows & (theirs < 0.5)).sum()),
    }
