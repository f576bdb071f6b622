"""How good posteriors on the sky are in the population itself, and in changed ones.

    python benchmarks/sky_posterior.py SET RUN

SET is a labelled set and RUN a training run on it. The models of RUN are not trained again: for the
population of the simulation and for three deliberate changes of it (planets by broken power laws of
radius and period, pairs of stars of shorter periods, three times as many false alarms), rates are
computed anew, posteriors are learned from them, and judged on the test stars, whose events count as
often as the population has them. Beside each stand two other ways: the mixture's probabilities
with the population's shares of labels alone and, with --weighted, boosted trees that are trained on
events that count by their rates. In every bin of probability the share of planets is compared with
what weighted counts scatter by. The last line is JSON.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("labelled_set", type=Path, metavar="SET")
    parser.add_argument("run", type=Path, metavar="RUN")
    parser.add_argument(
        "--weighted", action="store_true", help="train on events that count by their rates, too"
    )
    parser.add_argument("--resamples", type=int, default=200, help="sets of stars; default: 200")
    OPTIONS = parser.parse_args()

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import chi2
from sklearn.ensemble import HistGradientBoostingClassifier

from exoval.models.calibrate import NoCalibration
from exoval.populations.binary_population import MoeBinaries
from exoval.populations.planet_power_law import BrokenPowerLaw
from exoval.posterior.event_rates import NOTHING
from exoval.table.feature_table import FeatureTable, load_feature_table
from exoval.vetting.trained_run import load_trained_run
from train.data.splits import Split, StarSplit
from train.fitting.fit import fit
from train.fitting.sky_posterior import SkyRates, learn_sky_posterior, sky_rates
from train.judging.population import effective_numbers, judge_weighted

SHOWN = (
    "log_loss",
    "base_rate_log_loss",
    "calibration_error",
    "roc_auc",
    "recall_at_precision_0.9",
    "recall_at_precision_0.99",
    "recall_at_0.99",
    "precision_at_0.99",
)
BINS = np.array([0, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 1.0])


@dataclass(frozen=True)
class ShorterPairs:
    """Pairs of stars whose numbers rise by a factor of three a decade towards short periods."""

    pairs: object = MoeBinaries()

    def of(self, primary_mass: float) -> ShorterPairs:
        return ShorterPairs(self.pairs.of(primary_mass))

    def log_prob(self, period: float, mass_ratio: float) -> float:
        return self.pairs.log_prob(period, mass_ratio) + np.log(3) * (1 - np.log10(period))


def changed_rates(table: FeatureTable, folder: Path) -> dict[str, SkyRates]:
    """The rates of a set in its own population and in three others."""
    plain = sky_rates(table, folder)
    noisy = np.where(table.labels == NOTHING, 3.0, 1.0)
    alarms = {
        name: (systems, 3 * found if name == NOTHING else found)
        for name, (systems, found) in plain.of_labels.items()
    }
    return {
        "as simulated": plain,
        "power laws of planets": sky_rates(table, folder, population={"planets": BrokenPowerLaw()}),
        "shorter pairs": sky_rates(table, folder, population={"binaries": ShorterPairs()}),
        "three times the alarms": replace(plain, of_rows=plain.of_rows * noisy, of_labels=alarms),
    }


def bins_within(planet: np.ndarray, is_planet: np.ndarray, rate: np.ndarray) -> dict:
    """The tail of chi-squared of the bins' shares of planets against their mean probability."""
    which = np.clip(np.digitize(planet, BINS) - 1, 0, len(BINS) - 2)
    terms = []
    for number in range(len(BINS) - 1):
        mine = (which == number) & (rate > 0)
        if mine.sum() < 5:
            continue
        weight = rate[mine] / rate[mine].sum()
        expected = float(weight @ planet[mine])
        variance = float(np.sum(weight**2 * planet[mine] * (1 - planet[mine])))
        terms.append((float(weight @ is_planet[mine]) - expected) ** 2 / max(variance, 1e-12))
    tail = float(chi2.sf(sum(terms), len(terms)))
    reason = f"chi-squared of {len(terms)} bins"
    return {"value": tail, "low": None, "high": None, "reason": reason}


def weighted_training(table: FeatureTable, split: Split, rates: SkyRates) -> np.ndarray:
    """P(planet) of the test rows by boosted trees trained on rows that count by their rates."""
    weight = rates.of_rows / rates.of_rows.mean()
    model = fit(
        "weighted",
        HistGradientBoostingClassifier(max_iter=150, max_leaf_nodes=15, random_state=0),
        calibration=NoCalibration(),
        table=replace(table, weight=np.maximum(weight, 1e-9)),
        split=split,
        seed=0,
    )
    return model.of_planets(model.probabilities(table.select(split.test)))


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    table = load_feature_table(options.labelled_set / "features.parquet")
    run = load_trained_run(options.run)
    split = StarSplit()(table, seed=0)
    judged = set(pd.read_csv(options.run / "predictions_simulated.csv")["event"])
    if judged != set(table.frame["event"][split.test]):
        raise SystemExit(f"{options.run} was not trained on {options.labelled_set} with seed=0")
    test = table.select(split.test)
    populations = changed_rates(table, options.labelled_set)
    found: dict[str, dict] = {}
    print(f"{'population':24}{'way':22}" + "".join(f"{name[-16:]:>18}" for name in SHOWN) + "  p")
    for population, rates in populations.items():
        rate = rates.of_rows[split.test]
        answers = {}
        for name, model in run.models.items():
            posterior = learn_sky_posterior(model, table, rates, split=split, seed=0)
            features = test.usable_matrix([column.name for column in model.columns])
            mixture = model.probabilities(test)
            answers[name] = posterior(mixture, features).planet
            shares = replace(posterior, regressions={}, means={})
            answers[f"{name}, shares"] = shares(mixture, features).planet
        if options.weighted:
            answers["weighted training"] = weighted_training(table, split, rates)
        worth = effective_numbers(test.is_planet, rate)
        found[population] = {"test": {key: round(worth[key]) for key in list(worth)[:3]}}
        for way, planet in answers.items():
            metrics = judge_weighted(
                planet, test.is_planet, test.targets, rate, resamples=options.resamples, seed=0
            )
            within = bins_within(planet, test.is_planet, rate)
            found[population][way] = {key: metrics[key] for key in SHOWN} | {"bins": within}
            values = [metrics[key]["value"] for key in SHOWN]
            cells = "".join(f"{'-' if one is None else format(one, '.4f'):>18}" for one in values)
            print(f"{population:24}{way:22}{cells}  {within['value']:.3f}", flush=True)
    last_line(found, options)


if __name__ == "__main__":
    main(OPTIONS)
