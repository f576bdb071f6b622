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
from share import share

from exoval.catalogs.shared_ephemeris_match import with_ephemeris_match
from exoval.catalogs.spoc_tce import OF_THE_SURVEY as OF_SPOC
from exoval.catalogs.spoc_tce import read_spoc_tce
from exoval.catalogs.tce import OF_THE_SURVEY
from exoval.catalogs.tce_features import identity, read_archive_tces
from exoval.ephemeris_match import SurveyEvents, ephemeris_match


def main(draws: int) -> None:
    """Print both tables, and all numbers in the last line."""
    kepler = read_archive_tces(None)
    kepler = kepler.assign(label=identity(kepler)["label"])
    tess = read_spoc_tce(needed=(OF_SPOC["depth"],))
    numbers = {
        "kepler_tce": shares(kepler, OF_THE_SURVEY, None, draws),
        "spoc_tce": shares(tess, OF_SPOC, "run", draws),
        "seconds": seconds(kepler),
    }
    for survey in ("kepler_tce", "spoc_tce"):
        print(f"{survey:12s}{'deeper match':28s}{'any match':28s}deeper by chance")
        for label, row in numbers[survey].items():
            kinds = (per_cent(row[kind]) for kind in ("deeper", "any", "by_chance"))
            print(f"{label:12s}" + "".join(f"{text:28s}" for text in kinds))
    print(f"35,000 events: {numbers['seconds']:.2f} s")
    last_line(numbers, OPTIONS)


def per_cent(found: dict) -> str:
    """A share in per cent with its interval and number."""
    value, low, high = (100 * found[key] for key in ("value", "low", "high"))
    return f"{value:.2f} ({low:.2f}-{high:.2f}) of {found['n']}"


def shares(table: pd.DataFrame, names: dict, each: str | None, draws: int) -> dict:
    """By label: shares of events with a deeper match and with any, and with a deeper by chance."""
    found = with_ephemeris_match(table, names, each=each)
    random = np.random.default_rng(0)
    anew = []
    for _ in range(draws):
        epoch = table[names["epoch"]] + table[names["period"]] * random.random(len(table))
        scrambled = table.assign(**{names["epoch"]: epoch})
        anew.append(with_ephemeris_match(scrambled, names, each=each)["has_deeper_match"])
    numbers = {}
    for label, rows in found.groupby("label").indices.items():
        deeper = (found["has_deeper_match"].to_numpy()[rows] == 1).sum()
        matched = (found["matching_stars"].to_numpy()[rows] > 0).sum()
        chance = sum((one.to_numpy()[rows] == 1).sum() for one in anew)
        numbers[str(label)] = {
            "deeper": share(float(deeper), len(rows)),
            "any": share(float(matched), len(rows)),
            "by_chance": share(float(chance), draws * len(rows)),
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
