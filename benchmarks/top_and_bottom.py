"""What stands at the top and at the bottom of a ranking of real events.

    python benchmarks/top_and_bottom.py TRANSFER [--of tce] [--classifier forest] [--top 120]
        [--bottom 250]

``TRANSFER`` is the output of python -m train experiment=simulated_to_tce (``--of tce``: Kepler's
threshold-crossing events) or of simulated_to_exofinder (``--of exofinder``: folded TESS Objects of
Interest), or of another transfer with the columns that the first asks for; causes whose columns it
lacks apply to none. The events are those of its ``features_target.parquet``, of the table under
EXOVAL_DATA without one. The highest events that are no planets, and the lowest planets, are sorted
by the first cause that holds. Beside each count stands the share of all events of that kind to
which the cause applies, so that what is merely frequent is not taken for a cause. The last line is
one JSON object.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("transfer", type=Path, metavar="TRANSFER")
    parser.add_argument("--of", choices=("tce", "exofinder"), default="tce")
    parser.add_argument("--classifier", default="forest")
    parser.add_argument("--top", type=int, default=120, help="events that are no planets")
    parser.add_argument("--bottom", type=int, default=250, help="planets")
    OPTIONS = parser.parse_args()

import numpy as np
import pandas as pd
from share import as_text, share

from exoval.catalogs.tce_columns import tce_table
from exoval.catalogs.tess_exofinder import exofinder_table
from exoval.ephemeris import SAME_FOUND_PERIOD
from exoval.labels import PLANET, UNKNOWN
from exoval.table.feature_table import FeatureTable

Cause = Callable[[pd.DataFrame], pd.Series]


def has_sibling_near(events: pd.DataFrame, within: float) -> pd.Series:
    """Whether another event of the star is within a relative distance of a ratio of integers."""
    return events["sibling_period_distance"] < np.log10(within)


def at_its_period(events: pd.DataFrame) -> pd.Series:
    near = has_sibling_near(events, SAME_FOUND_PERIOD)
    return near & (events["sibling_period_ratio"].abs() < 0.1)


def every(events: pd.DataFrame) -> pd.Series:
    return pd.Series(True, index=events.index)


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
    "none of these": every,
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
    "none of these": every,
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
#: the same of folded TESS Objects of Interest
OF_NO_PLANETS_FOLDED: dict[str, Cause] = {
    "too large for a planet (above 22 Earth radii)": lambda events: events["planet_radius"] > 22,
    "no radius of the star": lambda events: events["planet_radius"].isna(),
    "the fold does not show it (strength below 4)": lambda events: events["fold_strength"] < 4,
    "longer than a central transit by half": lambda events: events["duration_over_central"] > 1.5,
    "a second dip of a third of the first's depth": lambda events: (
        (events["second_strength"] > 4) & (events["second_depth_ratio"] > 0.33)
    ),
    "the size of a giant (8 to 22 Earth radii)": lambda events: events["planet_radius"] > 8,
    "as short as a grazing event (below half a central transit)": lambda events: (
        events["duration_over_central"] < 0.5
    ),
    "the size of a small planet (below 4 Earth radii)": lambda events: events["planet_radius"] < 4,
    "none of these": every,
}
OF_PLANETS_FOLDED: dict[str, Cause] = {
    "above 22 Earth radii by the table": lambda events: events["planet_radius"] > 22,
    "no radius of the star": lambda events: events["planet_radius"].isna(),
    "the fold does not show it (strength below 4)": lambda events: events["fold_strength"] < 4,
    "longer than a central transit by half": lambda events: events["duration_over_central"] > 1.5,
    "as short as a grazing event (below half a central transit)": lambda events: (
        events["duration_over_central"] < 0.5
    ),
    "a hot star (above 7000 K)": lambda events: events["teff"] > 7000,
    "a cool star (below 4500 K)": lambda events: events["teff"] < 4500,
    "the size of a giant (8 to 22 Earth radii)": lambda events: events["planet_radius"] > 8,
    "none of these": every,
}
#: a bench: its table, causes of events that are no planets and of planets, and columns to describe
BENCHES = {
    "tce": (
        tce_table,
        OF_NO_PLANETS,
        OF_PLANETS,
        ("mes", "period", "transit_count", "planet_radius", "probability"),
    ),
    "exofinder": (
        exofinder_table,
        OF_NO_PLANETS_FOLDED,
        OF_PLANETS_FOLDED,
        ("fold_strength", "period", "transit_depth", "planet_radius", "teff", "probability"),
    ),
}


def by_cause(chosen: pd.DataFrame, of_kind: pd.DataFrame, causes: dict[str, Cause]) -> dict:
    """Number and share of the chosen events by their first cause, and its share of every event."""
    found, left = {}, pd.Series(True, index=chosen.index)
    for name, applies in causes.items():
        mine = applies(chosen) & left
        left &= ~mine
        found[name] = {
            "first_cause_of": share(float(mine.sum()), len(chosen)),
            "of_every_event_of_this_kind": share(float(applies(of_kind).sum()), len(of_kind)),
        }
    return found


def show(title: str, chosen: pd.DataFrame, causes: dict, *, described: Sequence[str]) -> dict:
    medians = {name: float(chosen[name].median()) for name in described}
    listed = ", ".join(f"{name} {value:.3g}" for name, value in medians.items())
    print(f"{title}: {len(chosen)} events, medians {listed}")
    for name, one in causes.items():
        print(
            f"  {name:60s} {as_text(one['first_cause_of'])}, "
            f"applies to {one['of_every_event_of_this_kind']['value']:.3f} of all"
        )
    return {"causes": causes, "labels": chosen["label"].value_counts().to_dict()}


def judged_events(transfer: Path, table: Callable[[], FeatureTable]) -> pd.DataFrame:
    """The judged events with all columns that a cause asks for; NaN for those they lack."""
    path = transfer / "features_target.parquet"
    found = pd.read_parquet(path) if path.is_file() else table().frame
    if "secondary_mes" not in found and "secondary_sigma" in found:
        found = found.assign(secondary_mes=found["secondary_sigma"])
    return found.reindex(columns=list(dict.fromkeys([*found, *ASKED])))


def main(options: argparse.Namespace) -> None:
    """Print both tables."""
    table, of_no_planets, of_planets, described = BENCHES[options.of]
    scores = pd.read_csv(options.transfer / "predictions_target.csv").set_index("event")
    events = judged_events(options.transfer, table).set_index("event").loc[scores.index]
    events["probability"] = scores[f"{options.classifier}_probability"]
    events = events[events["disposition"] != UNKNOWN]
    events = events.sort_values("probability", ascending=False, kind="stable")
    planets = events["disposition"] == PLANET
    top = events[~planets].head(options.top)
    bottom = events[planets].tail(options.bottom)
    result = {
        "top": show(
            "highest that are no planets",
            top,
            by_cause(top, events[~planets], of_no_planets),
            described=described,
        ),
        "bottom": show(
            "lowest planets",
            bottom,
            by_cause(bottom, events[planets], of_planets),
            described=described,
        ),
    }
    last_line(result, options)


if __name__ == "__main__":
    main(OPTIONS)
