"""Recall of planets at a given rate of false alarms in light curves without a planet.

    python benchmarks/recall_at_false_alarms.py LABELLED_SET TRAINED [--rate 0.01]

Searches for single transits give their recall of planets at a rate of false alarms, 1 % of the
light curves without a planet for Panopticon (Vivien et al. 2025, A&A 694, A293). Here search and
classifier both reject false alarms: a light curve without an injection is one if the search finds
an event in it and the classifier of the ``python -m train`` folder TRAINED calls it a planet. For
every classifier it gives the probability at which the rate is met on the held-out stars, and the
share of planets above it, among the found ones and among the visible ones (found or not). Intervals
are the central 68 % of sets of stars drawn with replacement, as the light curves and signals of one
star repeat each other; the limit is set anew in each. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("labelled_set", type=Path, help="folder that python -m simulate wrote")
    parser.add_argument("trained", type=Path, help="folder that python -m train wrote for it")
    parser.add_argument("--rate", type=float, default=0.01)
    OPTIONS = parser.parse_args()

import numpy as np
import pandas as pd
from share import share

from exoval.injection.completeness import FOUND

ENDING = "_probability"
RESAMPLES = 500


def kept_share(scores: pd.DataFrame, name: str, quantile: float) -> tuple[float, dict, int]:
    """The limit in probability, the share of planets above it, and the number of alarms."""
    alarm, planet = (scores[scores["label"] == label] for label in ("no_transit", "planet"))
    stars, random = scores["target"].unique(), np.random.default_rng(0)
    limit = float(np.quantile(alarm[name], quantile))
    value, drawn = float(np.mean(planet[name] > limit)), []
    for _ in range(RESAMPLES):
        times = pd.Series(
            random.multinomial(len(stars), np.full(len(stars), 1 / len(stars))), stars
        )
        alarms, planets = (
            np.repeat(part[name].to_numpy(), part["target"].map(times)) for part in (alarm, planet)
        )
        if len(alarms) and len(planets):
            drawn.append(np.mean(planets > np.quantile(alarms, quantile)))
    low, high = np.quantile(drawn, [0.16, 0.84])
    kept = {"value": value, "low": float(low), "high": float(high), "n": len(planet)}
    return limit, kept, len(alarm)


def main(options: argparse.Namespace) -> None:
    """Print one line a classifier."""
    truth = pd.read_parquet(options.labelled_set / "truth.parquet")
    scores = pd.read_csv(options.trained / "predictions_simulated.csv")
    empty, planets = (truth[truth["label"] == label] for label in ("no_transit", "planet"))
    raised = empty["status"].isin(FOUND).mean()
    visible = planets[planets["status"] != "drawn"]
    found = visible["status"].isin(FOUND).mean()
    report = {
        "rate": options.rate,
        "light_curves_with_an_alarm_of_the_search": raised,
        "visible_planets_found": share(found * len(visible), len(visible)),
    }
    print(
        f"the search raises an alarm in {raised:.3f} of {len(empty)} empty light curves and "
        f"finds {found:.3f} of {len(visible)} visible planets"
    )
    for name in (column for column in scores if column.endswith(ENDING)):
        limit, kept, alarms = kept_share(scores, name, max(1 - options.rate / raised, 0.0))
        one = report[name.removesuffix(ENDING)] = {
            "probability": limit,
            "alarms_held_out": alarms,
            "kept_of_found": kept,
            "kept_of_visible": found * kept["value"],
        }
        print(
            f"{name.removesuffix(ENDING)}: above {limit:.3f} ({alarms} alarms) it keeps "
            f"{kept['value']:.3f} ({kept['low']:.3f}-{kept['high']:.3f}) of {kept['n']} planets "
            f"found, {one['kept_of_visible']:.3f} of the visible ones"
        )
    last_line(report, options)


if __name__ == "__main__":
    main(OPTIONS)
