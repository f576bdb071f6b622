"""Recall of planets at a given rate of false alarms in light curves without a planet.

    python benchmarks/recall_at_false_alarms.py LABELLED_SET TRAINED [--rate 0.01]

Searches for single transits give their recall of planets at a rate of false alarms, 1 % of the
light curves without a planet for Panopticon (Vivien et al. 2025, A&A 694, A293). Here search and
classifier both reject false alarms: a light curve without an injection is one if the search finds
an event in it and the classifier of the ``python -m train`` folder TRAINED calls it a planet. For
every classifier it gives the probability at which the rate is met on the held-out stars, and the
share of planets above it, among the found ones and among the visible ones (found or not), with
Jeffreys' 68 % intervals. The last line is one JSON object.
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
        alarms = scores.loc[scores["label"] == "no_transit", name]
        held_out = scores.loc[scores["label"] == "planet", name]
        limit = float(np.quantile(alarms, max(1 - options.rate / raised, 0.0)))
        kept = share(float((held_out > limit).sum()), len(held_out))
        one = report[name.removesuffix(ENDING)] = {
            "probability": limit,
            "alarms_held_out": len(alarms),
            "kept_of_found": kept,
            "kept_of_visible": found * kept["value"],
        }
        print(
            f"{name.removesuffix(ENDING)}: above {limit:.3f} ({len(alarms)} alarms) it keeps "
            f"{kept['value']:.3f} ({kept['low']:.3f}-{kept['high']:.3f}) of {kept['n']} planets "
            f"found, {one['kept_of_visible']:.3f} of the visible ones"
        )
    last_line(report, options)


if __name__ == "__main__":
    main(OPTIONS)
