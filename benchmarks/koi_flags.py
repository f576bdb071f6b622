"""How well planets are told from Kepler's false positives of each kind, by the archive's flags.

    python benchmarks/koi_flags.py TRANSFER [--classifier laplace_gp]

``TRANSFER`` is the output of python -m train experiment=simulated_to_flattened_koi. The KOI table
flags false positives whose light moves off the star (offset), that show a second eclipse or are too
large (stellar eclipse), that share an ephemeris with another star (contamination), and that look
like no transit. Beside the classifier stands a ceiling: extra trees taught by the real labels of
other stars, in the same columns. Needs EXOVAL_DATA. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("transfer", type=Path, metavar="TRANSFER")
    parser.add_argument("--classifier", default="laplace_gp")
    parser.add_argument("--folds", type=int, default=10, help="of stars, for the ceiling")
    OPTIONS = parser.parse_args()

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.impute import SimpleImputer
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

from exoval.catalogs.koi import TABLE
from train.judging.metrics import judge

FLAGS = {
    "offset": "koi_fpflag_co",
    "stellar eclipse": "koi_fpflag_ss",
    "contamination": "koi_fpflag_ec",
    "no transit": "koi_fpflag_nt",
}
IDENTITY = ["event", "target", "label", "disposition"]
KEYS = ("roc_auc", "recall_at_precision_0.95")


def events_of(transfer: Path) -> pd.DataFrame:
    """The judged events of known disposition, with their columns, scores and flags."""
    scores = pd.read_csv(transfer / "predictions_target.csv").drop(columns=IDENTITY[1:])
    flags = TABLE.read(None, ("kepoi_name",), optional=tuple(FLAGS.values()))
    events = (
        pd.read_parquet(transfer / "features_target.parquet")
        .merge(scores, on="event")
        .merge(flags, left_on="event", right_on="kepoi_name")
    )
    return events[events["label"].isin(["CONFIRMED", "FALSE POSITIVE"])]


def ceiling(events: pd.DataFrame, columns: list[str], folds: int) -> np.ndarray:
    """Scores by trees that were taught by other stars' labels, (rows,)."""
    model = make_pipeline(
        SimpleImputer(), ExtraTreesClassifier(500, min_samples_leaf=2, random_state=0)
    )
    found = cross_val_predict(
        model,
        events[columns].to_numpy(),
        events["disposition"] == "planet",
        groups=events["target"],
        cv=StratifiedGroupKFold(folds, shuffle=True, random_state=0),
        method="predict_proba",
    )
    return found[:, 1]


def main(options: argparse.Namespace) -> None:
    """Print a row for each kind of false positive."""
    columns = pd.read_parquet(options.transfer / "features_target.parquet")
    columns = [one for one in columns if one not in IDENTITY and columns[one].notna().any()]
    events = events_of(options.transfer)
    is_planet = (events["disposition"] == "planet").to_numpy()
    scores = {
        options.classifier: events[f"{options.classifier}_probability"].to_numpy(),
        "ceiling": ceiling(events, columns, options.folds),
    }
    flagged = {name: (events[flag] == 1).to_numpy() for name, flag in FLAGS.items()}
    others = np.logical_or.reduce([flagged[name] for name in FLAGS if name != "offset"])
    kinds = {
        "all": ~is_planet,
        **flagged,
        "without offset": ~flagged["offset"],
        "nothing but an offset": flagged["offset"] & ~others,
    }
    result = {}
    for kind, rows in kinds.items():
        kept = is_planet | rows
        result[kind] = {"rows": int((rows & ~is_planet).sum())}
        for name, score in scores.items():
            found = judge(
                score[kept],
                is_planet[kept],
                events["target"].to_numpy(dtype=str)[kept],
                resamples=500,
                seed=0,
                keys=KEYS,
            )
            result[kind][name] = found
            text = ", ".join(
                f"{key} {one['value']:.3f} ({one['low']:.3f}-{one['high']:.3f})"
                for key, one in found.items()
            )
            print(f"{kind:24s} {result[kind]['rows']:4d} {name:12s} {text}")
    last_line(result, options)


if __name__ == "__main__":
    main(OPTIONS)
