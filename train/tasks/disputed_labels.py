"""Rows whose label the models dispute, with evidence, and the effect of down-weighting them.

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

#: weight of a disputed row when the classifier is fitted again
WEIGHT = 0.2
#: share of the models that must contradict a label for it to be listed
MOST = 0.8

#: features that are listed with a disputed row, and their names in the list
SHOWN = {
    "period": "period_days",
    "mes": "mes",
    "transit_depth": "depth_ppm",
    "planet_radius": "planet_radius_earth",
}


def is_disputed(probability: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Mask of the rows whose label the probabilities of a planet contradict, (rows,)."""
    planets, others = probability[truth].mean(), (1 - probability[~truth]).mean()
    return np.where(truth, 1 - probability >= others, probability >= planets)


def disputed_labels(
    table: FeatureTable, probability: np.ndarray, *, by_model: Mapping[str, np.ndarray]
) -> pd.DataFrame:
    """The disputed rows, worst first, with the evidence of other catalogues for each.

    ``probability`` (rows,) is out of fold and calibrated; rows that it disputes are ``confident``.
    Rows that a share ``MOST`` of the models in ``by_model`` contradict are listed too. Evidence
    whose catalogue is missing is empty.
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
    """The entries of other catalogues for each row, and which side they favour.

    ``favours`` is ``label`` or ``models`` for rows among the certified false positives or the
    eclipsing binaries, and empty for others. For planets this evidence is independent of the
    label. The label AFP was made from certified false positives, so there it is only partly
    independent.
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
    """The catalogued eclipsing binary of the same star and period; empty without one."""
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
    """Metrics of a fit in which disputed rows have the weight ``WEIGHT``, beside the plain fit.

    Both fits are judged on all rows by their given labels, and on the undisputed rows. Disputes
    come from out-of-fold scores, which do not depend on a row's own label but do on those of other
    folds: the comparison on undisputed rows flatters both fits.
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
