"""Events of light curves without an injection beside Kepler's own, and the weights that agree.

    python benchmarks/junk.py LABELLED_SET [--figure PNG]

Kepler's pipeline searched light curves that were inverted and scrambled, in which no planet can be
(Coughlin 2017, KSCI-19114-002; Thompson et al. 2018, ApJS 235, 38): its threshold-crossing events
there are false alarms, once those of known signals (the project's drop list) are left out. They are
compared with the events that LABELLED_SET found with nothing injected, transform by transform, in
period (up to the longest that the set searched), strength, number of events and duration: the
largest difference of the two distributions (Kolmogorov-Smirnov), which is 0 where they agree. The
number of events compares only in light curves as long as Kepler's. Weights of the transforms are
then fitted, by non-negative least squares of the distributions, and printed as settings. The
strength of a set is that of its own search. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from command_line import command_line, data_folder, last_line, written

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("labelled_set", type=Path, metavar="LABELLED_SET")
    parser.add_argument("--figure", type=written, metavar="PNG")
    OPTIONS = parser.parse_args()

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from exoval.injection.importance_weights import read_truth
from exoval.schema import read_json
from exoval.table.feature_table import load_feature_table

#: what is compared, with the limits of a figure
COMPARED = {
    "period (d)": (0.5, 400.0),
    "strength": (7.1, 100.0),
    "number of events": (3.0, 3000.0),
    "duration (h)": (0.5, 40.0),
}
RUNS = ("inv", "scr1")
#: points at which distributions are compared
POINTS = 200


def of_kepler(longest: float) -> dict[str, pd.DataFrame]:
    """False alarms of Kepler's inverted and scrambled runs with periods up to ``longest`` days."""
    folder = data_folder() / "tables" / "kepler"
    events = pd.read_parquet(folder / "simulated_tces_dr25.parquet")
    dropped = pd.read_parquet(folder / "simulated_tces_droplist.parquet")
    found = {}
    for name in RUNS:
        of_signals = set(dropped.loc[dropped["dataset"] == name, "tce"])
        rows = events[(events["dataset"] == name) & ~events["TCE_ID"].isin(of_signals)]
        rows = rows[rows["period"] <= longest]
        columns = ("period", "MES", "NTran", "duration")
        found[name] = pd.DataFrame(
            {new: rows[old].to_numpy(float) for new, old in zip(COMPARED, columns, strict=True)}
        )
    return found


def of_set(folder: Path) -> dict[str, pd.DataFrame]:
    """Events of a set with nothing injected, by transform."""
    truth = read_truth(folder).set_index("event")
    truth = truth[truth["scenario"].eq("no_transit") & truth["status"].eq("kept")]
    features = load_feature_table(folder / "features.parquet").frame.set_index("event")
    features = features.loc[truth.index]
    events = pd.DataFrame(
        {
            "period (d)": truth["found_period_days"],
            "strength": truth["found_snr"],
            "number of events": features["transit_count"],
            "duration (h)": features["duration"],
        }
    )
    return {str(name): rows for name, rows in events.groupby(truth["transform"])}


def distribution(values: pd.Series, name: str) -> np.ndarray:
    """The cumulative distribution at points evenly spaced in the logarithm."""
    points = np.geomspace(*COMPARED[name], POINTS)
    return np.searchsorted(np.sort(values.to_numpy(float)), points, side="right") / len(values)


def differences(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> dict[str, float]:
    return {name: float(np.abs(one[name] - other[name]).max()) for name in COMPARED}


def fitted_weights(
    target: dict[str, np.ndarray], parts: dict[str, dict[str, np.ndarray]]
) -> dict[str, float]:
    """Weights of the parts, of sum 1, whose mixture is nearest to the target."""
    columns = np.array([np.concatenate(list(part.values())) for part in parts.values()]).T
    # a heavy row of ones: the weights add up to one
    matrix = np.vstack([columns, 100.0 * np.ones(len(parts))])
    found, _ = nnls(matrix, np.append(np.concatenate(list(target.values())), 100.0))
    return dict(zip(parts, (found / found.sum()).tolist(), strict=True))


def mixture(
    parts: dict[str, dict[str, np.ndarray]], weights: dict[str, float]
) -> dict[str, np.ndarray]:
    return {
        name: sum(weights[part] * values[name] for part, values in parts.items())
        for name in COMPARED
    }


def draw(
    path: Path,
    kepler: dict[str, pd.DataFrame],
    found: dict[str, pd.DataFrame],
    mixed: dict[str, np.ndarray],
) -> None:
    """Cumulative distributions of Kepler's runs, of every transform, and of the mixture."""
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(2, 2, figsize=(11, 8), layout="constrained")
    for axes, name in zip(panels.flat, COMPARED, strict=True):
        points = np.geomspace(*COMPARED[name], POINTS)
        for transform, events in found.items():
            axes.plot(points, distribution(events[name], name), lw=1, alpha=0.8, label=transform)
        axes.plot(points, mixed[name], color="black", lw=2.5, label="weighted")
        for run, style in zip(RUNS, ("--", ":"), strict=True):
            axes.plot(
                points,
                distribution(kepler[run][name], name),
                style,
                color="crimson",
                lw=2.5,
                label={"inv": "Kepler, inverted", "scr1": "Kepler, scrambled"}[run],
            )
        axes.set(xscale="log", xlabel=name, ylabel="share of events", ylim=(0, 1))
    panels[0, 0].legend(frameon=False, fontsize=9)
    figure.savefig(path, dpi=110)


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    found = of_set(options.labelled_set)
    manifest = read_json(options.labelled_set / "manifest.json", remedy="simulate it again")
    # Kepler searched four years, and a set perhaps single quarters
    kepler = of_kepler(float(manifest["config"]["mission"]["maximum_period_days"]))
    targets = {
        run: {name: distribution(events[name], name) for name in COMPARED}
        for run, events in kepler.items()
    }
    both = {name: np.mean([one[name] for one in targets.values()], axis=0) for name in COMPARED}
    parts = {
        transform: {name: distribution(events[name], name) for name in COMPARED}
        for transform, events in found.items()
    }
    weights = fitted_weights(both, parts)
    mixed = mixture(parts, weights)
    rows = {
        "inverted and scrambled": differences(targets["inv"], targets["scr1"]),
        **{transform: differences(part, both) for transform, part in parts.items()},
        "weighted": differences(mixed, both),
    }
    print(f"{'largest difference':24}{'events':>8}" + "".join(f"{name:>18}" for name in COMPARED))
    for label, row in rows.items():
        number = len(found[label]) if label in found else sum(map(len, found.values()))
        print(f"{label:24}{number:8d}" + "".join(f"{value:18.3f}" for value in row.values()))
    text = ",".join(f"{name}:{weight:.2f}" for name, weight in weights.items())
    print(f"scenario.no_transit.transforms: {text}")
    if options.figure:
        draw(options.figure, kepler, found, mixed)
    last_line({"largest_difference": rows, "weights": weights}, options)


if __name__ == "__main__":
    main(OPTIONS)
