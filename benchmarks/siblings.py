"""Events of one star in simulated and in real searches, side by side.

    python benchmarks/siblings.py LABELLED_SET [LABELLED_SET ...] --picture PNG

The labelled sets are outputs of python -m simulate with max_events above 1; beside them stands the
labelled table of Kepler's threshold-crossing events. For planets, eclipses (astrophysical false
positives) and events in which nothing transits it gives the share that has another event of the
star at its own period, by order of discovery and by ratio of strengths, and how many events a star
with events has. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from command_line import command_line, last_line, written

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("labelled_sets", type=Path, nargs="+", metavar="LABELLED_SET")
    parser.add_argument("--picture", type=written, metavar="PNG")
    OPTIONS = parser.parse_args()

import matplotlib
import numpy as np
import pandas as pd
from share import as_text, share

from exoval.catalogs.tce_columns import tce_table
from exoval.ephemeris import SAME_FOUND_PERIOD
from exoval.siblings import COLUMNS
from exoval.table.feature_table import load_feature_table

matplotlib.use("Agg")
import matplotlib.pyplot as plt

SIBLINGS = tuple(column.name for column in COLUMNS)
KINDS = ("planet", "eclipse", "nothing")
#: most events of a star that are counted one by one
MOST_EVENTS = 4


def simulated(folders: list[Path]) -> pd.DataFrame:
    """Kind, star and sibling columns of every event of labelled sets."""
    parts = []
    for folder in folders:
        table = load_feature_table(folder / "features.parquet")
        if "sibling_count" not in table.feature_names:
            raise SystemExit(f"{folder} has one event a star; simulate with max_events=4")
        truth = pd.read_parquet(folder / "truth.parquet").set_index("event")
        meanings = {label: one.transits for label, one in table.meanings.items()}
        part = table.frame[["event", *SIBLINGS]].copy()
        part["kind"] = table.frame["label"].map(meanings).replace({"star": "eclipse"})
        part["scenario"] = truth.loc[part["event"], "scenario"].to_numpy()
        part["star"] = str(folder) + part["event"].str.split(".").str[0]
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def real() -> pd.DataFrame:
    """The same of the labelled threshold-crossing events."""
    table = tce_table()
    found = table.frame[["event", *SIBLINGS]].copy()
    found["kind"] = table.frame["label"].map(
        {"planet": "planet", "AFP": "eclipse", "NTP": "nothing"}
    )
    found["star"] = table.frame["target"]
    return found


def same_period(events: pd.DataFrame) -> pd.Series:
    """Whether another event of the star has the event's own period."""
    near = events["sibling_period_distance"] < np.log10(SAME_FOUND_PERIOD)
    return near & (events["sibling_period_ratio"].abs() < 0.1)


def twins(events: pd.DataFrame) -> dict[str, dict]:
    """Shares of events with another one at their period, by kind and by order of discovery."""
    at_period = same_period(events)
    first = events["siblings_before"] == 0
    stronger = events["sibling_strength"] > 0
    report = {}
    for kind in KINDS:
        of_kind = events["kind"] == kind
        report[kind] = {
            "all": _share(at_period, of_kind),
            "found_first": _share(at_period, of_kind & first),
            "found_later": _share(at_period, of_kind & ~first),
            "with_a_stronger_one": _share(at_period & stronger, of_kind),
        }
    return report


def _share(hit: pd.Series, of: pd.Series) -> dict:
    return share(float((hit & of).sum()), int(of.sum()))


def events_of_stars(events: pd.DataFrame) -> dict[str, dict]:
    """Shares of stars with one, two, three and more events, among stars with events."""
    counts = np.minimum(events.groupby("star")["sibling_count"].max() + 1, MOST_EVENTS)
    return {
        str(number): share(float((counts == number).sum()), len(counts))
        for number in range(1, MOST_EVENTS + 1)
    }


def draw(sets: dict[str, pd.DataFrame], report: dict, picture: Path) -> None:
    """Events of a star, shares at the same period, and ratios of strengths, set beside set."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 3.8), layout="constrained")
    colours = dict(zip(sets, ("tab:blue", "tab:orange"), strict=True))
    for number, name in enumerate(sets):
        shift = 0.4 * number - 0.2
        counts = report[name]["events_of_a_star"]
        bars(left, list(counts.values()), shift=shift, colour=colours[name], label=name)
        shares = [report[name]["at_its_period"][kind]["all"] for kind in KINDS]
        bars(middle, shares, shift=shift, colour=colours[name], label=name)
        events = sets[name]
        ratio = events.loc[same_period(events), "sibling_strength"].dropna()
        right.hist(
            ratio,
            bins=np.linspace(-2.5, 2.5, 41),
            density=True,
            log=True,
            histtype="step",
            color=colours[name],
            label=name,
        )
    left.set_xticks(range(MOST_EVENTS), [*range(1, MOST_EVENTS), f"{MOST_EVENTS} or more"])
    left.set(xlabel="events of a star", ylabel="share of stars with events")
    middle.set_xticks(range(len(KINDS)), KINDS)
    middle.set(ylabel="share with another event at its period")
    right.set(xlabel="log10 of the other event's strength over its own", ylabel="density")
    left.legend()
    figure.savefig(picture, dpi=110)


def bars(axes: plt.Axes, shares: list[dict], *, shift: float, colour: str, label: str) -> None:
    """Bars of shares with their intervals."""
    value, low, high = (np.array([one[key] for one in shares]) for key in ("value", "low", "high"))
    places = np.arange(len(shares)) + shift
    axes.bar(places, value, 0.4, color=colour, label=label, yerr=[value - low, high - value])


def main(options: argparse.Namespace) -> None:
    """Print the tables and draw the picture."""
    sets = {"simulated": simulated(options.labelled_sets), "Kepler DR25": real()}
    report = {
        name: {
            "events": len(events),
            "at_its_period": twins(events),
            "events_of_a_star": events_of_stars(events),
        }
        for name, events in sets.items()
    }
    print("share of events with another event of the star at their period")
    for name, numbers in report.items():
        for kind, shares in numbers["at_its_period"].items():
            listed = ", ".join(f"{key} {as_text(one)}" for key, one in shares.items())
            print(f"  {name}, {kind}: {listed}")
    print("events of a star with events")
    for name, numbers in report.items():
        listed = ", ".join(f"{n}: {as_text(s)}" for n, s in numbers["events_of_a_star"].items())
        print(f"  {name}: {listed}")
    if options.picture is not None:
        draw(sets, report, options.picture)
    last_line(report, options)


if __name__ == "__main__":
    main(OPTIONS)
