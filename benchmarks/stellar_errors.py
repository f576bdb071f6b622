"""How much the errors of stellar parameters reveal which stars passed vetting.

    python benchmarks/stellar_errors.py

Kepler's stellar parameters were measured again, with smaller errors, for stars whose events had
passed vetting. Histogram gradient boosting separates planets from all other labelled events of
DR25 by columns of the star alone, in five folds by star. The last line is one JSON object.
"""

from __future__ import annotations

import argparse

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    OPTIONS = command_line(__doc__).parse_args()

from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

from exoval.catalogs.tce_features import read_archive_tces
from train.judging.metrics import judge

VALUES = ("tce_steff", "tce_slogg", "tce_smet", "tce_sradius", "tce_smass", "tce_sdens", "mag")
ERRORS = ("tce_steff_err", "tce_slogg_err", "tce_smet_err", "tce_sradius_err")


def main(options: argparse.Namespace) -> None:
    """Print the average precision of each set of columns."""
    table = read_archive_tces(None)
    truth = (table["label"] == "PC").to_numpy()
    found = {}
    for name, columns in (
        ("values", VALUES),
        ("errors", ERRORS),
        ("values_and_errors", VALUES + ERRORS),
    ):
        score = cross_val_predict(
            HistGradientBoostingClassifier(random_state=0),
            table[list(columns)].to_numpy(float),
            truth,
            groups=table["target_id"],
            method="predict_proba",
            cv=StratifiedGroupKFold(5, shuffle=True, random_state=0),
        )[:, 1]
        stars = table["target_id"].to_numpy()
        keys = ["average_precision"]
        found[name] = judge(score, truth, stars, resamples=200, seed=0, keys=keys)
    print(f"{'base rate':>20}: {truth.mean():.3f}")
    for name, of in found.items():
        number = of["average_precision"]
        print(f"{name:>20}: {number['value']:.3f} ({number['low']:.3f}-{number['high']:.3f})")
    last_line({"base_rate": float(truth.mean()), **found}, options)


if __name__ == "__main__":
    main(OPTIONS)
