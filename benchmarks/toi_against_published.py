"""Scores of TESS Objects of Interest beside published ones of the same objects.

    python benchmarks/toi_against_published.py PREDICTIONS_TARGET_CSV

Takes ``predictions_target.csv`` of ``python -m train experiment=simulated_to_toi`` and the
published ExoMiner++ scores of two-minute threshold-crossing events (exominer_scores_2min_s1-67
under EXOVAL_DATA), matched by star and period. Only objects that both have are compared. ROC AUC,
accuracy at one half, precision and recall at 0.9. What the labels themselves teach by the table's
columns is said by boosted trees, cross-validated over stars. The last line is one JSON object.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from exoval.catalogs.toi_columns import toi_table
from exoval.labels import PLANET, UNKNOWN

#: periods that differ by less, relative, are one
SAME = 2e-3
THRESHOLD = 0.9


def published() -> pd.DataFrame:
    """The highest ExoMiner++ score of every star and period."""
    path = Path(os.environ["EXOVAL_DATA"]) / "tables/tess/exominer_scores_2min_s1-67.parquet"
    table = pd.read_parquet(path)
    return pd.DataFrame({"target": "TIC " + table["TIC ID"].astype(str),
                         "period": table["Orbital Period [day]"].astype(float),
                         "exominer": table["ExoMiner Score"].astype(float)})


def matched(predictions: pd.DataFrame) -> pd.DataFrame:
    """Predictions with the score of the same star and period beside them."""
    periods = toi_table().frame[["event", "target", "period"]]
    both = predictions.merge(periods, on=["event", "target"]).merge(
        published(), on="target", suffixes=("", "_published"))
    same = np.abs(both["period_published"] / both["period"] - 1) < SAME
    return both[same].groupby("event", as_index=False).max()


def judged(score: pd.Series, planet: np.ndarray) -> dict:
    """Numbers of one score."""
    called = score.to_numpy() > THRESHOLD
    return {"roc_auc": float(roc_auc_score(planet, score)),
            "accuracy": float(np.mean((score > 0.5) == planet)),
            "precision_at_0.9": float(planet[called].mean()) if called.any() else None,
            "recall_at_0.9": float(called[planet].mean())}


def taught_by_labels() -> float:
    """ROC AUC of boosted trees on the decided objects, each judged without its star."""
    table = toi_table()
    table = table.select((table.frame["disposition"] != UNKNOWN).to_numpy())
    planet = (table.frame["disposition"] == PLANET).to_numpy()
    trees = HistGradientBoostingClassifier(learning_rate=0.05, max_iter=150, random_state=0)
    score = cross_val_predict(trees, table.features, planet, groups=table.targets,
                              cv=GroupKFold(5), method="predict_proba")[:, 1]
    return float(roc_auc_score(planet, score))


def main() -> None:
    """Run the benchmark."""
    predictions = pd.read_csv(sys.argv[1])
    predictions = predictions[predictions["disposition"].isin(["planet", "false_positive"])]
    both = matched(predictions)
    planet = (both["disposition"] == "planet").to_numpy()
    report = {"objects": len(both), "planets": int(planet.sum()), "judged_of": len(predictions)}
    columns = ["exominer", *(name for name in both if name.endswith("_probability"))]
    print(f"{len(both)} of {len(predictions)} objects have a published score, {planet.sum()} of "
          "them planets")
    for name in columns:
        report[name] = judged(both[name], planet)
        print(f"{name:42}" + "".join(f"{key} {value:.3f}  " for key, value in report[name].items()
                                     if value is not None))
    report["taught_by_labels_roc_auc"] = taught_by_labels()
    print(f"the same columns, taught by labels: ROC AUC {report['taught_by_labels_roc_auc']:.3f}")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
