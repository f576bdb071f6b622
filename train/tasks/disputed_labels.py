"""Rows whose label the models dispute, with the evidence, and what down-weighting them does.

Confident learning (Northcutt, Jiang & Chuang 2021, J. Artif. Intell. Res. 70, 1373): a row is
disputed if its out-of-fold probability of the other kind is above the mean probability that rows
of that other kind get.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from exoval.catalogs.certified_false_positives import read_certified_false_positives
from exoval.catalogs.eclipsing_binaries import read_eclipsing_binaries
from exoval.catalogs.koi import read_koi
from exoval.catalogs.robovetter import read_robovetter
from exoval.ephemeris import is_other_period
from exoval.errors import DataNotFound
from exoval.labels import PLANET
from exoval.models.calibrate import Calibration
from exoval.table.feature_table import FeatureTable
from train.fitting.out_of_fold import cross_fitted, out_of_fold
from train.judging.metrics import judge
from train.tasks.catalogue_scores import koi_names

#: how much a disputed row counts when the classifier is fitted again
WEIGHT = 0.2
#: share of the models that must be against a label for it to be listed
MOST = 0.8

#: features that are listed with a disputed row, and what they are called there
SHOWN = {
    "period": "period_days",
    "mes": "mes",
    "transit_depth": "depth_ppm",
    "planet_radius": "planet_radius_earth",
}


def is_disputed(probability: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Which rows the probabilities of being a planet contradict, (rows,) boolean."""
    planets, others = probability[truth].mean(), (1 - probability[~truth]).mean()
    return np.where(truth, 1 - probability >= others, probability >= planets)


def disputed_labels(
    table: FeatureTable, probability: np.ndarray, *, by_model: Mapping[str, np.ndarray]
) -> pd.DataFrame:
    """The disputed rows, worst first, with the evidence of other catalogues for each.

    ``probability`` (rows,) is out of fold and calibrated. Rows that it disputes are ``confident``;
    listed as well are those that ``MOST`` of the models of ``by_model`` would call otherwise.
    Evidence that is not at hand is empty.
    """
    truth = (table.frame["disposition"] == PLANET).to_numpy()
    against = np.stack([(p >= 0.5) != truth for p in by_model.values()])
    confident = is_disputed(probability, truth)
    rows = np.flatnonzero(confident | (against.mean(axis=0) >= MOST))
    rows = rows[np.argsort(-np.abs(truth[rows] - probability[rows]), kind="stable")]
    frame, votes = table.frame.iloc[rows], against[:, rows]
    listed = pd.DataFrame(
        {
            "event": frame["event"],
            "target": frame["target"],
            "label": frame["label"],
            "probability_planet": probability[rows],
            "models_against_label": votes.sum(axis=0),
            "models": len(votes),
            "confident": confident[rows],
        }
        | {shown: frame.get(name, np.nan) for name, shown in SHOWN.items()}
    ).reset_index(drop=True)
    return pd.concat([listed, evidence(listed)], axis=1)


def evidence(listed: pd.DataFrame) -> pd.DataFrame:
    """What other catalogues say of each row, and whom that favours.

    ``favours`` is ``label`` or ``models`` where the certified false positives or the eclipsing
    binaries speak, and empty where they are silent. For planets that is evidence apart from the
    label; the label AFP was made from certified false positives, so there it is half an echo.
    """
    found = pd.DataFrame(
        {
            "kepoi_name": "",
            "koi_disposition": "",
            "certified": "",
            "cause": "",
            "eclipsing_binary": "",
            "robovetter_score": np.nan,
        },
        index=listed.index,
    )
    try:
        found["kepoi_name"] = koi_names(listed["event"]).fillna("").to_numpy()
        koi = {one.name: one.label for one in read_koi()}
        found["koi_disposition"] = found["kepoi_name"].map(koi).fillna("")
        certified = read_certified_false_positives().drop_duplicates("name").set_index("name")
        certified = certified.reindex(found["kepoi_name"])
        found["certified"] = certified["label"].fillna("").to_numpy()
        found["cause"] = certified["cause"].fillna("").to_numpy()
        found["eclipsing_binary"] = _eclipsing(listed)
        robovetter = read_robovetter().drop_duplicates("event").set_index("event")["score"]
        found["robovetter_score"] = robovetter.reindex(listed["event"]).to_numpy()
    except DataNotFound:
        pass
    return found.assign(favours=_favours(listed, found))


def _eclipsing(listed: pd.DataFrame) -> list[str]:
    """The catalogued eclipsing binary of the same star and period, if there is one."""
    known: dict[str, list] = {}
    for one in read_eclipsing_binaries():
        known.setdefault(one.target, []).append(one)
    names = []
    for target, period in zip(listed["target"], listed["period_days"], strict=True):
        same = [
            one.name
            for one in known.get(target, [])
            if not is_other_period(period, one.ephemeris.period)
        ]
        names.append(same[0] if same else "")
    return names


def _favours(listed: pd.DataFrame, found: pd.DataFrame) -> np.ndarray:
    against_planet = found["certified"].isin(["CERTIFIED FP", "CERTIFIED FA"]) | (
        found["eclipsing_binary"] != ""
    )
    for_planet = found["certified"] == "POSSIBLE PLANET"
    is_planet = listed["label"] == PLANET
    return np.select(
        [
            against_planet & is_planet,
            for_planet & ~is_planet,
            against_planet & ~is_planet,
            for_planet & is_planet,
        ],
        ["models", "models", "label", "label"],
        "",
    )


def down_weighted(
    classifier: Mapping[str, BaseEstimator],
    listed: pd.DataFrame,
    table: FeatureTable,
    fold: np.ndarray,
    *,
    calibration: Calibration,
    seed: int,
    cache: Path,
    resamples: int,
) -> dict:
    """Fit again with disputed rows counting ``WEIGHT``, and compare.

    Both fits are judged on all rows by their labels as they are, and on those that nobody
    disputes. The disputes themselves come from out-of-fold answers, so a row's own label had no
    part in them, but the rows of other folds did: the comparison on undisputed rows flatters both.
    """
    disputed = np.isin(table.frame["event"], listed["event"])
    truth = (table.frame["disposition"] == PLANET).to_numpy()
    weight = np.where(disputed, WEIGHT, 1.0)
    before = out_of_fold(classifier, table, fold, seed=seed, cache=cache)
    after = out_of_fold(classifier, table, fold, seed=seed, cache=cache, weight=weight)
    compared: dict = {}
    for name in classifier:
        compared[name] = {}
        for rows, kind in (
            (np.ones(len(table), dtype=bool), "all_rows"),
            (~disputed, "undisputed_rows"),
        ):
            compared[name][kind] = {}
            for when, scores in (("before", before), ("after", after)):
                probability = cross_fitted(
                    scores[name].score, truth.astype(float), fold, calibration=calibration
                )
                compared[name][kind][when] = judge(
                    probability[rows],
                    truth[rows],
                    table.targets[rows],
                    resamples=resamples,
                    seed=seed,
                    keys=("average_precision", "recall_at_precision_0.99", "log_loss"),
                )
    return {
        "rows": int(disputed.sum()),
        "weight": WEIGHT,
        "confident": int(listed["confident"].sum()),
        "planets": int((disputed & truth).sum()),
        "favours": {side: int((listed["favours"] == side).sum()) for side in ("label", "models")},
        "by_classifier": compared,
    }
