"""What stands at the top and at the bottom of a ranking of real events.

    python benchmarks/top_and_bottom.py TRANSFER [--classifier forest] [--top 120] [--bottom 250]

``TRANSFER`` is the output of python -m train experiment=simulated_to_tce or of another transfer,
whose ``features_target.parquet`` has the events. Causes whose columns it lacks apply to none. The
highest events that are no planets, and the lowest planets, are sorted by the first cause that
holds. Beside each count stands the share of all events of that kind to which the cause applies, so
that what is merely frequent is not taken for a cause. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("transfer", type=Path, metavar="TRANSFER")
    parser.add_argument("--classifier", default="forest")
    parser.add_argument("--top", type=int, default=120, help="events that are no planets")
    parser.add_argument("--bottom", type=int, default=250, help="planets")
    OPTIONS = parser.parse_args()

import numpy as np
import pandas as pd
from share import as_text, share

from exoval.catalogs.tce_columns import tce_table
from exoval.ephemeris import SAME_FOUND_PERIOD

Cause = Callable[[pd.DataFrame], pd.Series]


def has_sibling_near(events: pd.DataFrame, within: float) -> pd.Series:
    """Whether another event of the star is within a relative distance of a ratio of integers."""
    return events["sibling_period_distance"] < np.log10(within)


def at_its_period(events: pd.DataFrame) -> pd.Series:
    near = has_sibling_near(events, SAME_FOUND_PERIOD)
    return near & (events["sibling_period_ratio"].abs() < 0.1)


#: causes in the order in which they are tried
OF_NO_PLANETS: dict[str, Cause] = {
    "another event at its period": at_its_period,
    "another event at a harmonic": lambda events: has_sibling_near(events, SAME_FOUND_PERIOD),
    "ephemeris of a deeper event elsewhere": lambda events: events["has_deeper_match"] > 0,
    "light from beside the star (offset above 3 sigma)": lambda events: (
        events["source_offset_sigma"] > 3
    ),
    "ten events or fewer, strength below 15": lambda events: (
        (events["transit_count"] <= 10) & (events["mes"] < 15)
    ),
    "too large for a planet (above 22 Earth radii)": lambda events: events["planet_radius"] > 22,
    "a second dip above 7 sigma": lambda events: events["secondary_mes"] > 7.1,
    "odd and even depths differ by 3 sigma": lambda events: events["odd_even_sigma"] > 3,
    "evolved star (log g below 3.9)": lambda events: events["logg"] < 3.9,
    "one event has most of the strength": lambda events: events["ses_max_share"] > 0.7,
    "another event of the star": lambda events: events["sibling_count"] > 0,
    "strength below 10": lambda events: events["mes"] < 10,
    "none of these": lambda events: pd.Series(True, index=events.index),
}
OF_PLANETS: dict[str, Cause] = {
    "another event at its period or a harmonic": lambda events: has_sibling_near(
        events, SAME_FOUND_PERIOD
    ),
    "ephemeris of a deeper event elsewhere": lambda events: events["has_deeper_match"] > 0,
    "near a resonance with another planet (2 %)": lambda events: (
        has_sibling_near(events, 0.02) & (events["sibling_period_ratio"].abs() > 0.1)
    ),
    "offset above 3 sigma": lambda events: events["source_offset_sigma"] > 3,
    "a second dip above 7 sigma": lambda events: events["secondary_mes"] > 7.1,
    "below 1.25 Earth radii": lambda events: events["planet_radius"] < 1.25,
    "ten events or fewer": lambda events: events["transit_count"] <= 10,
    "strength below 12": lambda events: events["mes"] < 12,
    "evolved star (log g below 3.9)": lambda events: events["logg"] < 3.9,
    "above 8 Earth radii": lambda events: events["planet_radius"] > 8,
    "none of these": lambda events: pd.Series(True, index=events.index),
}


#: columns that the causes ask for
ASKED = (
    "sibling_period_distance",
    "sibling_period_ratio",
    "sibling_count",
    "has_deeper_match",
    "source_offset_sigma",
    "transit_count",
    "mes",
    "planet_radius",
    "secondary_mes",
    "odd_even_sigma",
    "logg",
    "ses_max_share",
)


def by_cause(chosen: pd.DataFrame, every: pd.DataFrame, causes: dict[str, Cause]) -> dict:
    """Number and share of the chosen events by their first cause, and its share of every event."""
    found, left = {}, pd.Series(True, index=chosen.index)
    for name, applies in causes.items():
        mine = applies(chosen) & left
        left &= ~mine
        found[name] = {
            "first_cause_of": share(float(mine.sum()), len(chosen)),
            "of_every_event_of_this_kind": share(float(applies(every).sum()), len(every)),
        }
    return found


def show(title: str, chosen: pd.DataFrame, causes: dict) -> dict:
    medians = {
        name: float(chosen[name].median())
        for name in ("mes", "period", "transit_count", "planet_radius", "probability")
    }
    listed = ", ".join(f"{name} {value:.3g}" for name, value in medians.items())
    print(f"{title}: {len(chosen)} events, medians {listed}")
    for name, one in causes.items():
        print(
            f"  {name:52s} {as_text(one['first_cause_of'])}, "
            f"applies to {one['of_every_event_of_this_kind']['value']:.3f} of all"
        )
    return {"causes": causes, "labels": chosen["label"].value_counts().to_dict()}


def _events(transfer: Path) -> pd.DataFrame:
    """The judged events with all columns that a cause asks for; NaN for those they lack."""
    path = transfer / "features_target.parquet"
    found = pd.read_parquet(path) if path.is_file() else tce_table().frame
    if "secondary_mes" not in found and "secondary_sigma" in found:
        found = found.assign(secondary_mes=found["secondary_sigma"])
    return found.reindex(columns=list(dict.fromkeys([*found, *ASKED])))


def main(options: argparse.Namespace) -> None:
    """Print both tables."""
    scores = pd.read_csv(options.transfer / "predictions_target.csv").set_index("event")
    events = _events(options.transfer).set_index("event").loc[scores.index]
    events["probability"] = scores[f"{options.classifier}_probability"]
    events = events.sort_values("probability", ascending=False, kind="stable")
    planets = events["disposition"] == "planet"
    top = events[~planets].head(options.top)
    bottom = events[planets].tail(options.bottom)
    result = {
        "top": show(
            "highest that are no planets",
            top,
            by_cause(top, events[~planets], OF_NO_PLANETS),
        ),
        "bottom": show(
            "lowest planets",
            bottom,
            by_cause(bottom, events[planets], OF_PLANETS),
        ),
    }
    last_line(result, options)


if __name__ == "__main__":
    main(OPTIONS)
