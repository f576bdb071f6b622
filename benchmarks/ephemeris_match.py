"""Share of labelled events that coincide with a deeper event of another star, and the chance rate.

    EXOVAL_DATA=... python benchmarks/ephemeris_match.py

The events of Kepler DR25 by the labels of Valizadegan et al. 2022 and those of TESS sectors 1-6 by
their labels in the catalogues; in brackets 95 % Wilson intervals. A pipeline's run over one set of
TESS sectors is a survey of its own. Beside them stands what remains if every epoch is drawn anew,
mean and scatter of a few draws, and the time that 35,000 events take.
"""

from __future__ import annotations

import time

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("--draws", type=int, default=10, help="times that epochs are drawn anew")
    OPTIONS = parser.parse_args()

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from exoval.catalogs.shared_ephemeris_match import with_ephemeris_match
from exoval.catalogs.spoc_tce import read_spoc_tce
from exoval.catalogs.tce_features import OF_THE_SURVEY, identity, read_archive_tces
from exoval.ephemeris_match import SurveyEvents, ephemeris_match

OF_SPOC = {
    "target": "ticid",
    "period": "orbitalPeriodDays",
    "epoch": "transitEpochBtjd",
    "duration": "transitDurationHours",
    "depth": "transitDepthPpm",
}


def main(draws: int) -> None:
    """Print both tables, and all numbers in the last line."""
    kepler = read_archive_tces(None)
    kepler = kepler.assign(label=identity(kepler)["label"])
    tess = read_spoc_tce(needed=(OF_SPOC["depth"],))
    numbers = {
        "kepler_tce": shares(kepler, OF_THE_SURVEY, None, draws),
        "spoc_tce": shares(tess, OF_SPOC, "run", draws),
        "seconds_for_35000_events": seconds(kepler),
    }
    for survey in ("kepler_tce", "spoc_tce"):
        print(f"{survey:14s}{'events':>8s}  deeper match, %           any match, %   by chance, %")
        for label, row in numbers[survey].items():
            low, high = (100 * one for one in row["deeper_interval"])
            chance, scatter = 100 * row["by_chance"], 100 * row["by_chance_scatter"]
            print(
                f"{label:14s}{row['events']:8d}  {100 * row['deeper']:6.2f} ({low:5.2f} - "
                f"{high:5.2f})  {100 * row['any']:12.2f}   {chance:6.2f} +- {scatter:.2f}"
            )
    print(f"35,000 events: {numbers['seconds_for_35000_events']:.2f} s")
    last_line(numbers, OPTIONS)


def shares(table: pd.DataFrame, names: dict, each: str | None, draws: int) -> dict:
    """By label: events, share with a deeper match and its interval, with any, and by chance."""
    found = with_ephemeris_match(table, names, each=each)
    random = np.random.default_rng(0)
    anew = []
    for _ in range(draws):
        epoch = table[names["epoch"]] + table[names["period"]] * random.random(len(table))
        scrambled = table.assign(**{names["epoch"]: epoch})
        anew.append(with_ephemeris_match(scrambled, names, each=each)["has_deeper_match"])
    numbers = {}
    for label, rows in found.groupby("label").indices.items():
        matched = found["has_deeper_match"].to_numpy()[rows] == 1
        chance = [np.mean(one.to_numpy()[rows] == 1) for one in anew]
        interval = binomtest(int(matched.sum()), len(rows)).proportion_ci(method="wilson")
        numbers[str(label)] = {
            "events": len(rows),
            "deeper": float(matched.mean()),
            "deeper_interval": [float(interval.low), float(interval.high)],
            "any": float(np.mean(found["matching_stars"].to_numpy()[rows] > 0)),
            "by_chance": float(np.mean(chance)),
            "by_chance_scatter": float(np.std(chance)),
        }
    return numbers


def seconds(table: pd.DataFrame) -> float:
    """The time to compare 35,000 events, drawn with repeats from a table, with one another."""
    drawn = table.sample(35_000, replace=True, random_state=0).reset_index(drop=True)
    events = pd.DataFrame({own: drawn[name] for own, name in OF_THE_SURVEY.items()})
    events["duration"] /= 24
    start = time.perf_counter()
    ephemeris_match(events, SurveyEvents.of_table(events))
    return time.perf_counter() - start


if __name__ == "__main__":
    main(OPTIONS.draws)
