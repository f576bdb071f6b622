"""Ways to adapt a model without a label, compared in surveys of Kepler's simulated events.

    python benchmarks/adaptation.py LABELLED_SET [LABELLED_SET ...] [--only NAME ...]
        [--ways WAY ...]

A way has to be chosen before the first label of a new survey is known. So it is chosen where the
truth is known by construction: of the planets and binaries that NASA put into Kepler's pixels, and
of the false alarms in its inverted and scrambled light curves, surveys of several compositions are
drawn, with injections of evenly distributed logarithms of period up to 400 days. Classifiers
learn from LABELLED_SETs of ``python -m simulate`` in the columns that both have, every way adapts
them to each survey, and log-loss and calibration error say how well. Real events are not touched.
A way that refuses counts with what the model says as it is. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("labelled_set", nargs="+", metavar="LABELLED_SET")
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="NAME",
        default=["forest", "extra_trees", "histogram_gradient_boosting"],
    )
    parser.add_argument("--ways", nargs="+", metavar="WAY", help="all without labels by default")
    OPTIONS = parser.parse_args()

import numpy as np
from hydra import compose, initialize_config_module
from hydra.utils import instantiate

from exoval.catalogs.simulated_tce import simulated_tce_table
from exoval.errors import BadTable
from exoval.labels import PLANET
from exoval.models.calibrate import PlattCalibration
from exoval.table.feature_table import FeatureTable
from train.data.splits import StarSplit
from train.data.tables import without_stars_of
from train.fitting.adaptation.way import cross_fitted_at_home
from train.fitting.adaptation.ways import UNLABELLED, WAYS
from train.fitting.fit import fitted_pipeline
from train.judging.metrics import value_of
from train.tasks.adapted import material_of

#: planets, eclipsing binaries and false alarms of each survey
SURVEYS = {
    "real shares": (1500, 3000, 14000),
    "many planets": (2500, 1500, 4000),
    "few planets": (600, 3000, 14000),
    "hardly any": (200, 1000, 10000),
}
LONGEST_DAYS = 400.0
#: bins of the logarithm of period in which as many injections are drawn
BINS = 20


def survey(table: FeatureTable, numbers: tuple[int, ...], random: np.random.Generator):
    """A survey of so many planets, binaries and false alarms."""
    log_period = np.log10(table.frame["period"].to_numpy(dtype=float))
    chosen = []
    for label, number in zip((PLANET, "AFP", "NTP"), numbers, strict=True):
        rows = np.flatnonzero((table.labels == label) & (log_period < np.log10(LONGEST_DAYS)))
        counts, edges = np.histogram(log_period[rows], BINS)
        share = 1 / counts[np.clip(np.digitize(log_period[rows], edges) - 1, 0, BINS - 1)]
        chance = share / share.sum() if label != "NTP" else None
        chosen.append(random.choice(rows, min(number, len(rows)), replace=False, p=chance))
    return table.select(np.sort(np.concatenate(chosen)))


def settings(names: list[str], sets: list[str]):
    """The experiment's simulated table and the classifiers of conf."""
    with initialize_config_module("conf", version_base=None):
        config = compose(
            "train",
            overrides=[
                "experiment=simulated_to_tce",
                f"classifier=[{','.join(names)}]",
                f"labelled_set=[{','.join(sets)}]",
            ],
        )
    return instantiate(config.source), {n: instantiate(config.classifier[n]) for n in names}


def run(options: argparse.Namespace) -> dict:
    """Log-loss and calibration error by way, classifier and survey."""
    source, classifiers = settings(options.only, options.labelled_set)
    simulated, home = simulated_tce_table(), source()
    home = home.only([name for name in home.feature_names if name in simulated.feature_names])
    simulated = without_stars_of(simulated.only(home.feature_names), home)
    split = StarSplit()(home, seed=0)
    # what counts where a way refuses
    ways = list(dict.fromkeys(["as_it_is", *(options.ways or UNLABELLED)]))
    random = np.random.default_rng(0)
    surveys = {name: survey(simulated, numbers, random) for name, numbers in SURVEYS.items()}
    print(f"{'classifier':30}{'survey':16}{'way':20}{'share':>8}{'log-loss':>10}{'ECE':>8}")
    report: dict = {}
    for name, estimator in classifiers.items():
        fitted = material_of(home, split, simulated)
        at_home = cross_fitted_at_home(
            name,
            estimator,
            fitted,
            pipeline=fitted_pipeline(
                name, estimator, fitted.home_fit, seed=0, weight=fitted.home_fit.weight
            ),
            folds=5,
            seed=0,
        )
        for title, away in surveys.items():
            material = material_of(home, split, away)
            for way in ways:
                try:
                    model = WAYS[way](
                        name,
                        estimator,
                        calibration=PlattCalibration(),
                        material=material,
                        home=at_home,
                        seed=0,
                    )
                except BadTable as error:
                    print(f"{name:30}{title:16}{way:20} refused: {str(error)[:60]}", flush=True)
                    report[f"{name}/{title}/{way}"] = None
                    continue
                planet = model.of_planets(model.probabilities(away))
                loss, error = (
                    value_of(metric, planet, away.is_planet)
                    for metric in ("log_loss", "calibration_error")
                )
                report[f"{name}/{title}/{way}"] = {"log_loss": loss, "calibration_error": error}
                share = float(planet.mean())
                print(
                    f"{name:30}{title:16}{way:20}{share:8.3f}{loss:10.3f}{error:8.3f}", flush=True
                )
    return {"by_way": means(report, ways), "all": report}


def means(report: dict, ways: Sequence[str]) -> dict:
    """Mean log-loss and calibration error of each way; as_it_is where a way refuses."""
    found: dict = {}
    for way in ways:
        ones = [
            report[key] or report[f"{key.rpartition('/')[0]}/as_it_is"]
            for key in report
            if key.endswith(f"/{way}")
        ]
        found[way] = {
            metric: float(np.mean([one[metric] for one in ones]))
            for metric in ("log_loss", "calibration_error")
        }
        print(
            f"{'mean':46}{way:20}{'':8}{found[way]['log_loss']:10.3f}"
            f"{found[way]['calibration_error']:8.3f}"
        )
    return found


if __name__ == "__main__":
    last_line(run(OPTIONS), OPTIONS)
