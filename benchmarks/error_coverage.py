"""Whether the stated error of a probability is what training on other stars would change.

    python benchmarks/error_coverage.py LABELLED_SET [--real PARQUET] [--only NAME ...]

For every seed, two fifths of the set's stars train one model and two fifths another, each with the
error that it states, cross-calibrated as ``python -m train calibration_folds=4`` does. Both answer
for the last fifth of the stars and for real events: the table ``features_real.parquet`` of a run of
``python -m train`` on a set of the same columns, whose stars are trained on by neither. If errors
hold, 68 % of the differences of log odds are within one error of the difference and 95 % within
two.
The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import time as clock
from pathlib import Path

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("labelled_set", type=Path, metavar="LABELLED_SET")
    parser.add_argument("--real", type=Path, metavar="PARQUET")
    parser.add_argument("--only", nargs="+", metavar="NAME", default=["laplace_gp", "forest"])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--draws", type=int, default=1, help="error_draws of python -m train")
    parser.add_argument("--rows", type=int, help="most rows of one model")
    OPTIONS = parser.parse_args()

import numpy as np
from hydra import compose, initialize_config_module
from hydra.utils import instantiate
from sklearn.base import BaseEstimator

from exoval.models.calibrate import PlattCalibration
from exoval.models.fitted_model import FittedModel
from exoval.table.feature_table import FeatureTable, load_feature_table
from train.data.labelled_set import empty_columns, load_labelled_set
from train.data.splits import Split, assign_stars
from train.fitting.fit import fit
from train.fitting.retraining import planet_log_odds, reseeded, retraining_of, with_error

FOLDS = 4
#: shares of the stars: one model, the other model, asked about
SHARES = np.array([0.4, 0.4, 0.2])


def classifier(name: str) -> BaseEstimator:
    """The classifier of conf with this name."""
    with initialize_config_module("conf", version_base=None):
        config = compose("train", overrides=[f"classifier={name}", "labelled_set=none"])
    return instantiate(config.classifier[name])


def trained(
    estimator: BaseEstimator, table: FeatureTable, options: argparse.Namespace, *, seed: int
):
    """A model of a table with its error."""
    settings = {"calibration": PlattCalibration(), "table": table, "seed": seed}
    share = np.array([0.75, 0.25])
    part = assign_stars(
        table.targets, table.labels, share=share, random=np.random.default_rng(seed)
    )
    settings["split"] = Split(*(np.flatnonzero(part == number) for number in range(3)))
    settings["row_cap"] = options.rows
    estimator = reseeded(estimator, str(seed))
    model = fit("it", estimator, folds=FOLDS, **settings)
    return with_error(model, retraining_of(model, estimator, draws=options.draws, **settings), {})[
        0
    ]


def compared(one: FittedModel, other: FittedModel, table: FeatureTable) -> np.ndarray:
    """Differences of log odds over their stated errors, (rows,)."""
    answers = [planet_log_odds(model, table) for model in (one, other)]
    errors = [
        model.error.of_planet(answer, table.matrix([column.name for column in model.columns]))
        for model, answer in zip((one, other), answers, strict=True)
    ]
    return (answers[0] - answers[1]) / np.hypot(*errors)


def coverage(ratios: list[np.ndarray]) -> dict:
    """Shares within one and two errors, with the scatter of the mean over seeds."""
    found = {}
    for limit in (1, 2):
        by_seed = [float(np.mean(np.abs(ratio) < limit)) for ratio in ratios]
        error = np.std(by_seed, ddof=1) / np.sqrt(len(by_seed)) if len(by_seed) > 1 else np.nan
        value = float(np.mean(by_seed))
        found[f"within_{limit}_sigma"] = {
            "value": value,
            "low": value - float(error),
            "high": value + float(error),
            "n": len(by_seed),
        }
    return found


def run(options: argparse.Namespace) -> dict:
    """Coverage by classifier and kind of events."""
    table = load_labelled_set(options.labelled_set).table
    real = None if options.real is None else load_feature_table(options.real)
    if real is not None:
        table = table.select(~np.isin(table.targets, real.targets))
    empty = empty_columns(table)
    table = table.only([name for name in table.feature_names if name not in empty])
    report = {"rows": len(table), "stars": len(set(table.targets)), "classifiers": {}}
    print(f"{'classifier':30}{'events':12}{'within 1':>10}{'within 2':>10}{'seconds':>10}")
    for name in options.only:
        start, estimator, ratios = clock.perf_counter(), classifier(name), {}
        for seed in range(options.seeds):
            part = assign_stars(
                table.targets, table.labels, share=SHARES, random=np.random.default_rng(seed)
            )
            models = [
                trained(estimator, table.select(part == side), options, seed=2 * seed + side)
                for side in (0, 1)
            ]
            judged = {"simulated": table.select(part == 2)} | (
                {} if real is None else {"real": real}
            )
            for kind, rows in judged.items():
                ratios.setdefault(kind, []).append(compared(*models, rows))
        seconds = clock.perf_counter() - start
        report["classifiers"][name] = {kind: coverage(of) for kind, of in ratios.items()}
        for kind, of in report["classifiers"][name].items():
            one, two = (of[f"within_{limit}_sigma"]["value"] for limit in (1, 2))
            print(f"{name:30}{kind:12}{one:10.3f}{two:10.3f}{seconds:10.0f}", flush=True)
    return report


if __name__ == "__main__":
    last_line(run(OPTIONS), OPTIONS)
