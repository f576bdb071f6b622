"""Scores of TESS objects beside published ones, and beside models trained on their labels.

    python benchmarks/tess_against_published.py toi PREDICTIONS_TARGET_CSV
    python benchmarks/tess_against_published.py spoc PREDICTIONS_TARGET_CSV

Takes ``predictions_target.csv`` of ``python -m train experiment=simulated_to_toi`` or
``simulated_to_spoc`` and the published ExoMiner++ scores of two-minute threshold-crossing events
(exominer_scores_2min_s1-67 under EXOVAL_DATA), matched by star and period. Only objects with both
scores are compared, by ROC AUC, accuracy at one half, precision and recall at 0.9. Boosted trees on
the table's columns, trained on the labels and cross-validated by star, give a ceiling, in all and
against each label. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from command_line import command_line, data_folder, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("kind", choices=["toi", "spoc"], help="which objects are judged")
    parser.add_argument("predictions", type=Path, help="predictions_target.csv of python -m train")
    OPTIONS = parser.parse_args()

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold, cross_val_predict

from exoval.catalogs.spoc_tce_columns import spoc_tce_table
from exoval.catalogs.toi_columns import toi_table
from exoval.ephemeris import SAME_FOUND_PERIOD
from exoval.labels import PLANET, UNKNOWN
from exoval.table.feature_table import FeatureTable
from train.judging.metrics import WeightedRows, intervals, judge
from train.judging.scored import auc_against

KEPT = ("roc_auc", "accuracy", "precision_at_0.9", "recall_at_0.9")
TABLES = {"toi": toi_table, "spoc": spoc_tce_table}


def published() -> pd.DataFrame:
    """The highest ExoMiner++ score of every star and period."""
    path = data_folder() / "tables/tess/exominer_scores_2min_s1-67.parquet"
    table = pd.read_parquet(path)
    return pd.DataFrame(
        {
            "target": "TIC " + table["TIC ID"].astype(str),
            "period": table["Orbital Period [day]"].astype(float),
            "exominer": table["ExoMiner Score"].astype(float),
        }
    )


def matched(predictions: pd.DataFrame, table: FeatureTable) -> pd.DataFrame:
    """Predictions with the score of the same star and period beside them."""
    periods = table.frame[["event", "target", "period"]]
    both = predictions.merge(periods, on=["event", "target"]).merge(
        published(), on="target", suffixes=("", "_published")
    )
    same = np.abs(both["period_published"] / both["period"] - 1) < SAME_FOUND_PERIOD
    return both[same].groupby("event", as_index=False).max()


def judged(score: pd.Series, planet: np.ndarray, stars: pd.Series) -> dict:
    """Metrics of one score, with intervals from bootstraps of stars."""
    return judge(
        score.to_numpy(), planet, stars.to_numpy(dtype=str), resamples=500, seed=0, keys=KEPT
    )


def taught_by_labels(table: FeatureTable) -> dict:
    """ROC AUC of boosted trees on the decided objects, each judged without its star."""
    table = table.select((table.frame["disposition"] != UNKNOWN).to_numpy())
    planet = (table.frame["disposition"] == PLANET).to_numpy()
    trees = HistGradientBoostingClassifier(learning_rate=0.05, max_iter=150, random_state=0)
    score = cross_val_predict(
        trees,
        table.features,
        planet,
        groups=table.targets,
        cv=GroupKFold(5),
        method="predict_proba",
    )[:, 1]
    rows = WeightedRows.resampled(score, planet, table.targets, resamples=500, seed=0)
    return intervals(rows, ["roc_auc"]) | {"auc_against": auc_against(rows, table.labels)}


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    table = TABLES[options.kind]()
    predictions = pd.read_csv(options.predictions)
    predictions = predictions[predictions["disposition"].isin(["planet", "false_positive"])]
    both = matched(predictions, table)
    planet = (both["disposition"] == "planet").to_numpy()
    report = {"objects": len(both), "planets": int(planet.sum()), "judged_of": len(predictions)}
    columns = ["exominer", *(name for name in both if name.endswith("_probability"))]
    print(
        f"{len(both)} of {len(predictions)} objects have a published score, {planet.sum()} of "
        "them planets"
    )
    for name in columns:
        report[name] = judged(both[name], planet, both["target"])
        print(
            f"{name:42}"
            + "".join(
                f"{key} {number['value']:.3f}  "
                for key, number in report[name].items()
                if number["value"] is not None
            )
        )
    taught = report["taught_by_labels"] = taught_by_labels(table)
    print(
        f"the same columns, trained on labels: ROC AUC {taught['roc_auc']['value']:.3f}; "
        + ", ".join(
            f"against {label} {number['value']:.3f}"
            for label, number in taught["auc_against"].items()
        )
    )
    last_line(report, options)


if __name__ == "__main__":
    main(OPTIONS)
