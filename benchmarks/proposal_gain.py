"""Effective sample size near the decision, a search, of sets with a proposal and without.

    python benchmarks/proposal_gain.py PLAIN RUN PROPOSED

PLAIN is a labelled set, RUN a training run on it and PROPOSED a set drawn with the proposal that
``python -m simulate propose PLAIN RUN FILE`` wrote. The leading model of RUN judges the events of
both sets on the stars that it left out of its training. An event is near the decision if its odds
of a planet in the population are within 1:99 and 99:1; its weight is that of the population, so
that sets of any size estimate the same numbers. The gain is the ratio of the two effective sample
sizes, each divided by the number of light curves that were searched on these stars; its interval is
that of 500 resamples of the stars. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("plain", type=Path, metavar="PLAIN")
    parser.add_argument("run", type=Path, metavar="RUN")
    parser.add_argument("proposed", type=Path, metavar="PROPOSED")
    OPTIONS = parser.parse_args()

import numpy as np
import pandas as pd

from exoval.injection.importance_weights import effective_sample_size, read_truth, reweight
from exoval.labels import PLANET
from exoval.table.feature_table import load_feature_table
from exoval.vetting.trained_run import load_trained_run
from simulate.example import DRAWN, FAILED
from simulate.propose import ODDS, population_logit, read_predictions

RESAMPLES = 500


def events_near(folder: Path, run: Path, rates: float) -> tuple[pd.DataFrame, pd.Series]:
    """Events near the decision with star, scenario and weight, and searches by star."""
    stars = set(read_predictions(run)["target"])
    truth = read_truth(folder)
    truth = truth.assign(weight=reweight(truth).to_numpy())
    truth = truth[truth["target"].isin(stars)]
    first = truth[truth["event_number"] == 0]
    searches = first[~first["status"].isin([DRAWN, FAILED])].groupby("target").size()
    table = load_feature_table(folder / "features.parquet")
    table = table.select(np.isin(table.targets, list(stars)))
    trained = load_trained_run(run)
    model = trained.models[trained.leading]
    planet = np.clip(model.of_planets(model.probabilities(table)), 1e-12, 1 - 1e-12)
    near = np.abs(np.log(planet / (1 - planet)) + rates) < np.log(ODDS)
    events = truth.set_index("event").loc[
        table.frame["event"][near], ["target", "weight", "label", "scenario"]
    ]
    # of each scenario the mean weight of its systems is its rate: weights compare once divided by
    # their number, which a proposal makes a different one for every scenario
    share = len(first) / events["scenario"].map(first.groupby("scenario").size())
    return events.assign(weight=events["weight"] * share).reset_index(), searches


def size_a_search(events: pd.DataFrame, searches: pd.Series) -> float:
    return effective_sample_size(events["weight"].to_numpy()) / max(int(searches.sum()), 1)


def resampled(
    events: pd.DataFrame, searches: pd.Series, stars: np.ndarray
) -> tuple[pd.DataFrame, pd.Series]:
    """Events and searches of stars drawn with repetition."""
    rows = events.groupby("target").indices
    chosen = np.concatenate([rows.get(star, np.empty(0, dtype=int)) for star in stars]).astype(int)
    return events.iloc[chosen], searches.reindex(stars).fillna(0)


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    truth = read_truth(options.plain)
    judged = read_predictions(options.run)
    on_left_out = truth[truth["target"].isin(set(judged["target"]))]
    value = np.clip(judged["probability"].to_numpy(), 1e-12, 1 - 1e-12)
    # one shift from the mixture of PLAIN to the population, for both sets
    rates = float(np.median(population_logit(judged, on_left_out) - np.log(value / (1 - value))))
    sets = {
        name: events_near(folder, options.run, rates)
        for name, folder in (("plain", options.plain), ("proposed", options.proposed))
    }
    print(f"{'set':12}{'searches':>10}{'near':>8}{'planets':>9}{'effective':>11}{'a search':>10}")
    for name, (events, searches) in sets.items():
        size = effective_sample_size(events["weight"].to_numpy())
        planets = int(events["label"].eq(PLANET).sum())
        print(
            f"{name:12}{int(searches.sum()):10d}{len(events):8d}{planets:9d}{size:11.1f}"
            f"{size_a_search(events, searches):10.4f}"
        )
    stars = np.array(sorted(set(judged["target"])))
    rng, gains = np.random.default_rng(0), []
    for _ in range(RESAMPLES):
        drawn = rng.choice(stars, len(stars))
        sizes = [size_a_search(*resampled(*one, drawn)) for one in sets.values()]
        if sizes[0] > 0:
            gains.append(sizes[1] / sizes[0])
    gain = size_a_search(*sets["proposed"]) / size_a_search(*sets["plain"])
    low, high = np.quantile(gains, [0.16, 0.84])
    print(f"gain {gain:.1f} ({low:.1f}-{high:.1f})")
    last_line(
        {
            "gain": {"value": gain, "low": low, "high": high, "n": len(stars)},
            **{
                name: {"searches": int(searches.sum()), "near": len(events)}
                for name, (events, searches) in sets.items()
            },
        },
        options,
    )


if __name__ == "__main__":
    main(OPTIONS)
