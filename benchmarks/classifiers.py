"""Every classifier on the same rows: seconds to fit, held-out log-loss and average precision.

    python benchmarks/classifiers.py [--small] [--threads 2] [--labelled-set DIR] [--only NAME ...]

Real features: 32 of the pipeline's columns, without those that give the label away, for the
labelled Kepler DR25 threshold-crossing events (Valizadegan et al. 2022) under EXOVAL_DATA.
Classifiers learn planet candidates against the rest; the same quarter of the stars is held out for
every number of rows. For more rows than there are, rows are repeated with a jitter of a hundredth
of each column's quartile range, and the table says so: such rows take as much time as new ones but
add little information.
Simulated features: a folder that ``python -m simulate`` wrote, with all of its scenarios as
classes. If it has views, the classifiers that use views are included.

The variational process of the comparison has as many inducing points as the Laplace one and is
trained until the log-loss of a held-out tenth has not improved for five epochs. The last line is
one JSON object.
"""

from __future__ import annotations

import argparse
import os
import time as clock
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("--small", action="store_true", help="400 rows, for a quick test")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rows", type=int, nargs="+", default=[1000, 10_000, 70_000])
    parser.add_argument("--only", nargs="+", help="names of the classifiers to run; default: all")
    parser.add_argument("--labelled-set", help="folder that python -m simulate wrote")
    OPTIONS = parser.parse_args()

import numpy as np
import pandas as pd
import torch
from hydra import compose, initialize_config_module
from hydra.utils import instantiate
from sklearn.base import BaseEstimator
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.gaussian_process.kernels import RBF, ConstantKernel
from sklearn.model_selection import GroupShuffleSplit
from sklearn.utils.validation import has_fit_parameter
from threadpoolctl import threadpool_limits

from exoval.classifiers.laplace_gp import LaplaceGP
from exoval.classifiers.sparse_gp import SparseGP
from exoval.labels import PLANET
from exoval.models.feature_pipeline import feature_pipeline
from exoval.table.feature_table import load_feature_table
from exoval.views.store import ViewRows, open_views
from train.judging.metrics import FLOOR, WeightedRows, interval, intervals

COLUMNS = (
    "tce_period",
    "tce_duration",
    "transit_depth",
    "tce_ror",
    "tce_dor",
    "tce_impact",
    "tce_ingress",
    "tce_prad",
    "tce_num_transits",
    "tce_model_snr",
    "tce_robstat",
    "tce_max_mult_ev",
    "tce_max_sngle_ev",
    "wst_robstat",
    "wst_depth",
    "tce_maxmes",
    "tce_maxmesd",
    "tce_bin_oedp_stat",
    "tce_albedo_stat",
    "tce_ptemp_stat",
    "boot_fap",
    "tce_cap_stat",
    "tce_hap_stat",
    "tce_rb_tcount0",
    "tce_fwm_stat",
    "tce_dicco_msky",
    "tce_dicco_msky_err",
    "tce_dikco_msky",
    "tce_steff",
    "tce_slogg",
    "tce_smet",
    "tce_sradius",
)
#: columns in which -1 stands for a missing value
SENTINELS = ("boot_fap", "tce_dicco_msky_err")
FROM_CONF = (
    "laplace_gp",
    "sparse_gp",
    "forest",
    "extra_trees",
    "histogram_gradient_boosting",
    "boosted_trees",
    "perceptron",
    "logistic",
    "linear_discriminant",
    "quadratic_discriminant",
    "ensemble",
)
WITH_VIEWS = ("transit_cnn", "deep_kernel_gp")
#: rows beyond which a classifier is left out: an exact process needs the cube of the rows
MOST_ROWS = {"exact_gp": 2000, "ensemble": 10_000}
JITTER = 0.01
#: sets of stars behind every interval
RESAMPLES = 200


@dataclass(frozen=True)
class Rows:
    """Features (rows, columns), labels and stars; ``planet`` is the label of a planet.

    ``views`` are those of the rows, where there are any.
    """

    X: np.ndarray
    y: np.ndarray
    stars: np.ndarray
    planet: str
    views: ViewRows | None = None

    def take(self, rows: np.ndarray) -> Rows:
        """The rows of the indexes."""
        return Rows(
            self.X[rows],
            self.y[rows],
            self.stars[rows],
            self.planet,
            None if self.views is None else self.views.select(rows),
        )


def labelled_tces() -> Rows | None:
    """The real table; None, with a printed message, if it does not exist."""
    folder = os.environ.get("EXOVAL_DATA")
    path = Path(folder or ".") / "tables/kepler/tce_dr25_labelled.parquet"
    if not folder or not path.is_file():
        print("no labelled TCE table; set EXOVAL_DATA for real features")
        return None
    frame = pd.read_parquet(path)
    features = frame[list(COLUMNS)].astype(float)
    for name in SENTINELS:
        features[name] = features[name].where(features[name] != -1)
    label = np.where(frame["label"] == "PC", "candidate", "other")
    return Rows(features.to_numpy(), label, frame["target_id"].to_numpy(), "candidate")


def simulated(folder: str | None) -> Rows | None:
    """The labelled set; None, with a printed message, without a folder."""
    if folder is None:
        print("no --labelled-set; simulated features are left out")
        return None
    table = load_feature_table(Path(folder) / "features.parquet")
    views = None
    if (Path(folder) / "views.npy").is_file():
        views = ViewRows.of_all(open_views(folder), len(table))
    return Rows(table.features, table.labels, table.targets, PLANET, views)


def held_out(rows: Rows) -> tuple[Rows, Rows]:
    """Rows to fit and rows of other stars."""
    splitter = GroupShuffleSplit(1, test_size=0.25, random_state=0)
    fitted, tested = next(splitter.split(rows.X, groups=rows.stars))
    return rows.take(fitted), rows.take(tested)


def resized(rows: Rows, number: int, random: np.random.Generator) -> tuple[Rows, int]:
    """``number`` random rows and how many of them are jittered copies."""
    order = random.permutation(len(rows.X))
    if number <= len(rows.X):
        return rows.take(order[:number]), 0
    copies = random.integers(0, len(rows.X), number - len(rows.X))
    extra = rows.take(copies)
    quartiles = np.nanquantile(rows.X, [0.25, 0.75], axis=0)
    moved = extra.X + JITTER * (quartiles[1] - quartiles[0]) * random.normal(size=extra.X.shape)
    return Rows(
        np.concatenate([rows.X, moved]),
        np.concatenate([rows.y, extra.y]),
        np.concatenate([rows.stars, extra.stars]),
        rows.planet,
    ), len(copies)


def classifiers(small: bool, views: bool) -> Iterator[tuple[str, BaseEstimator]]:
    """Name and classifier, in the order of the table."""
    from_conf = FROM_CONF + (WITH_VIEWS if views else ())
    with initialize_config_module("conf", version_base="1.3"):
        config = compose(
            "train", [f"classifier=[{','.join(from_conf)}]", "~real", "labelled_set=none"]
        )
    built = instantiate(config.classifier, _convert_="all")
    inducing = 64 if small else 512
    long = {
        "inducing_points": inducing,
        "batch_size": 1024,
        "epochs": 3 if small else 60,
        "patience": 5,
        "random_state": 0,
    }
    yield "laplace_gp", LaplaceGP(inducing_points=inducing, random_state=0)
    yield (
        "laplace_gp_moved",
        LaplaceGP(
            inducing_points=inducing,
            evidence_rows=20_000,
            evidence_steps=50,
            learning_rate=0.05,
            move_inducing=True,
            random_state=0,
        ),
    )
    yield "converged_gp", SparseGP(**long)
    yield "natural_gp", SparseGP(**long, optimizer="natural")
    yield (
        "laplace_then_variational_gp",
        SparseGP(**long | {"learning_rate": 0.005}, start="laplace"),
    )
    yield "exact_gp", GaussianProcessClassifier(ConstantKernel(4.0) * RBF(6.0), random_state=0)
    for name in from_conf[1:]:
        yield name, built[name]


def judged(classifier: BaseEstimator, fitted: Rows, tested: Rows) -> dict:
    """Seconds to fit, log-loss of all classes and average precision on rows of other stars."""
    pipeline = feature_pipeline(classifier, len(fitted.X))
    extra: dict = {}
    if has_fit_parameter(classifier, "groups"):
        extra["classifier__groups"] = fitted.stars
    looks = has_fit_parameter(classifier, "views")
    if looks:
        extra["classifier__views"] = fitted.views
    start = clock.perf_counter()
    pipeline.fit(fitted.X, fitted.y, **extra)
    seconds = clock.perf_counter() - start
    probability = pipeline.predict_proba(tested.X, **({"views": tested.views} if looks else {}))
    known = np.isin(tested.y, pipeline.classes_)
    planet = probability[:, list(pipeline.classes_).index(fitted.planet)]
    sets = WeightedRows.resampled(
        planet, tested.y == fitted.planet, tested.stars, resamples=RESAMPLES, seed=0
    )
    given = probability[known, np.searchsorted(pipeline.classes_, tested.y[known])]
    losses = sets.select(known).mean(-np.log(np.maximum(given, FLOOR)))
    result = {
        "seconds": round(seconds, 2),
        "multiclass_log_loss": interval(losses, undefined="no class that was learned"),
        **intervals(sets, ("average_precision",)),
    }
    epochs = getattr(pipeline[-1], "epochs_run_", None)
    return result | ({"epochs": epochs} if epochs is not None else {})


def tables_of(name: str, rows: Rows, sizes: list[int], small: bool, only: list[str] | None) -> dict:
    """Print and return one table per number of rows, by title; ``only`` names classifiers."""
    fitted, tested = held_out(rows)
    tables: dict = {}
    for size in sizes:
        some, copies = resized(fitted, size, np.random.default_rng(size))
        said = f", {copies:,} of them jittered copies" if copies else ""
        title = (
            f"{name}: {len(some.X):,} x {rows.X.shape[1]} to fit{said}; "
            f"{len(tested.X):,} of other stars to judge; {len(set(rows.y))} classes"
        )
        found = tables[title] = {}
        print(f"\n{title}")
        print(f"{'classifier':32}{'seconds':>9}{'log-loss':>10}{'precision':>11}{'epochs':>8}")
        for which, classifier in classifiers(small, rows.views is not None):
            if len(some.X) > MOST_ROWS.get(which, np.inf) or (only and which not in only):
                continue
            numbers = judged(classifier, some, tested)
            found[which] = numbers
            print(
                f"{which:32}{numbers['seconds']:9.1f}"
                f"{numbers['multiclass_log_loss']['value']:10.4f}"
                f"{numbers['average_precision']['value']:11.3f}{numbers.get('epochs', ''):>8}",
                flush=True,
            )
    return tables


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    torch.set_num_threads(options.threads)
    sizes = [400] if options.small else options.rows
    tables = {}
    with threadpool_limits(options.threads):
        real, made = labelled_tces(), simulated(options.labelled_set)
        if made is not None:
            size = min(sizes[0], len(held_out(made)[0].X))
            tables |= tables_of("simulated", made, [size], options.small, options.only)
        if real is not None:
            tables |= tables_of("labelled TCEs", real, sizes, options.small, options.only)
    last_line({"columns": len(COLUMNS), "tables": tables}, options)


if __name__ == "__main__":
    main(OPTIONS)
