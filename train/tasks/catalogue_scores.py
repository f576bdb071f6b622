"""Other scores of the same events: Robovetter, vespa, and thresholds without any training."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from exoval.catalogs.robovetter import read_robovetter
from exoval.catalogs.tce_features import read_archive_tces
from exoval.catalogs.vespa import read_vespa
from exoval.errors import DataNotFound
from exoval.labels import PLANET
from exoval.models.calibrate import Calibration
from exoval.table.feature_table import FeatureTable
from train.fitting.out_of_fold import cross_fitted
from train.judging.metrics import SUMMARY, judge

#: feature -> limit above which an event counts as false positive, like the Robovetter's tests
#: (Thompson et al. 2018): sizes of planets, three sigma for offsets and odd-even differences, the
#: pipeline's threshold for a second event
LIMITS = {
    "planet_radius": 22.0,
    "image_offset_from_catalogue_sigma": 3.0,
    "odd_even_sigma": 3.0,
    "secondary_mes": 7.1,
    "halo_over_core": 1.0,
    "ses_max_share": 0.8,
}
#: metrics of every score
KEPT = (*SUMMARY, "precision_at_0.5", "recall_at_0.5")


def threshold_cut(table: FeatureTable) -> np.ndarray:
    """A score in [0, 1], shape (rows,), from one fixed limit per feature.

    The worst test decides: 1 / (1 + value / limit), above one half if every test is passed.
    Missing values pass.
    """
    tests = [
        table.frame[name].to_numpy() / limit
        for name, limit in LIMITS.items()
        if name in table.feature_names
    ]
    worst = np.nanmax(np.maximum(np.nan_to_num(np.stack(tests), nan=0.0), 0.0), axis=0)
    return 1 / (1 + worst)


def catalogue_scores(table: FeatureTable) -> dict[str, np.ndarray]:
    """Published scores for every row, from the tables that exist; NaN for rows without a score."""
    scores = {"threshold_cut": threshold_cut(table)}
    event = table.frame["event"]
    try:
        robovetter = read_robovetter().drop_duplicates("event").set_index("event")
        scores["robovetter_score"] = robovetter["score"].reindex(event).to_numpy()
    except DataNotFound:
        pass
    try:
        vespa = read_vespa().drop_duplicates("name").set_index("name")
        given = 1 - vespa["false_positive_probability"].reindex(koi_names(event))
        scores["vespa"] = given.to_numpy()
    except DataNotFound:
        pass
    return scores


def koi_names(event: pd.Series) -> pd.Series:
    """The object of interest (K00001.01) of every event; None for an event that has none."""
    tces = read_archive_tces(None)
    known = pd.Series(
        tces["kepoi_name"].to_numpy(),
        index="TCE "
        + tces["target_id"].astype(str)
        + "-"
        + tces["tce_plnt_num"].map("{:02.0f}".format),
    )
    return known.reindex(event).reset_index(drop=True)


def published_table(
    probability: Mapping[str, np.ndarray],
    table: FeatureTable,
    fold: np.ndarray,
    *,
    calibration: Calibration,
    resamples: int,
    seed: int,
) -> dict:
    """Metrics of our models and of published scores on the same rows.

    ``all_events`` are those with a Robovetter score; ``objects_of_interest`` are the planets and
    astrophysical false positives that vespa also judged. Each published score is judged as it is,
    and calibrated like ours.
    """
    others = catalogue_scores(table)
    truth = (table.frame["disposition"] == PLANET).to_numpy()
    rows = {"all_events": np.isfinite(others.get("robovetter_score", others["threshold_cut"]))}
    if "vespa" in others:
        rows["objects_of_interest"] = (
            rows["all_events"]
            & np.isfinite(others["vespa"])
            & np.isin(table.labels, [PLANET, "AFP"])
        )
    settings = {"resamples": resamples, "seed": seed}
    found = {}
    for name, mine in rows.items():
        events = table.select(mine)
        scores = {key: score[mine] for key, score in others.items()}
        scores = {key: score for key, score in scores.items() if np.isfinite(score).all()}
        # our models were trained on all events, among which the share of planets differs
        mapped = set(scores) if name == "all_events" else {*scores, *probability}
        scores |= {key: score[mine] for key, score in probability.items()}
        numbers = {}
        for key, score in scores.items():
            numbers[key] = _kept(score, events, **settings)
            if key in mapped:
                known = truth[mine].astype(float)
                calibrated = cross_fitted(score, known, fold[mine], calibration=calibration)
                numbers[f"{key}_calibrated"] = _kept(calibrated, events, **settings)
        found[name] = {
            "rows": int(mine.sum()),
            "planets": int(truth[mine].sum()),
            "scores": numbers,
        }
    return found


def _kept(score: np.ndarray, table: FeatureTable, *, resamples: int, seed: int) -> dict:
    """The metrics ``KEPT`` of one score (rows,) of a table."""
    truth = (table.frame["disposition"] == PLANET).to_numpy()
    return judge(score, truth, table.targets, resamples=resamples, seed=seed, keys=KEPT)
