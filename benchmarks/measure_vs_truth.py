"""Features of injected planets against the truth, and pulls of tests under the null hypothesis.

    python benchmarks/measure_vs_truth.py [--small] [PICTURE.png] [TABLE.csv]

Planets of the default populations are injected into real Kepler quarters (procedural ones without
EXOVAL_DATA) and measured at their known ephemeris: 2,000 draws, 200 with ``--small``. Dark planets
on circular or eccentric orbits have equal odd and even transits and no visible secondary, so that
these significances should be unit normal. Prints tables and, last, one line of JSON.
"""

from __future__ import annotations

import argparse
import itertools
import os
from pathlib import Path

from command_line import command_line, last_line, written

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("--small", action="store_true", help="200 draws instead of 2,000")
    parser.add_argument("picture", type=written, nargs="?", help="PNG to draw")
    parser.add_argument("table", type=written, nargs="?", help="CSV of all rows to write")
    OPTIONS = parser.parse_args()

os.environ.setdefault("OMP_NUM_THREADS", "1")

import matplotlib
import numpy as np
import pandas as pd
from hydra import compose, initialize_config_module
from hydra.utils import instantiate

from exoval.noise.robust_scatter import robust_scatter
from exoval.physics.quadratic_occultation import hidden_share
from exoval.running.progress import progress
from simulate.example import KEPT, simulate_example
from simulate.run import make_simulation

matplotlib.use("Agg")
import matplotlib.pyplot as plt

#: our column, its error column and the truth in the same unit
RECOVERED = (
    ("transit_depth", "transit_depth_error", "true_depth"),
    ("transit_duration", "transit_duration_error", "true_duration"),
    ("radius_ratio", "radius_ratio_error", "true_radius_ratio"),
    ("impact_parameter", "impact_parameter_error", "true_impact_parameter"),
)
#: strengths that divide the table
STRENGTHS = (0.0, 15.0, 40.0, np.inf)


def injections(draws: int) -> tuple[pd.DataFrame, str]:
    """Features and truths of the kept injections, and the kind of hosts."""
    with initialize_config_module("conf", version_base="1.3"):
        built = instantiate(
            compose("simulate", ["scenario=[planet]", "search=known_ephemeris"]), _convert_="all"
        )
    simulation = make_simulation(**(built | {"seed": 1, "views": False}))
    rows = []
    for index in progress(range(draws), total=draws, description="inject and measure"):
        outcome = simulate_example(simulation, "planet", index)
        if outcome.status == KEPT and outcome.truth["alias"] == "same":
            rows.append({**outcome.row, **truth_columns(outcome.truth)})
    return pd.DataFrame(rows), simulation.hosts.describe()["kind"]


def truth_columns(truth: dict) -> dict[str, float]:
    """The truth in the units of the features."""
    k, b = truth["radius_ratio"], truth["impact_parameter"]
    u1, u2 = truth["limb_darkening_1"], truth["limb_darkening_2"]
    return {
        "true_depth": 1e6 * truth["source_share"] * hidden_share(b, k, u1, u2),
        "true_duration": 24 * truth["duration_days"],
        "true_radius_ratio": k,
        "true_impact_parameter": b,
        "true_eccentricity": truth["eccentricity"],
        "dark": not truth["has_phase_curve"] and truth["surface_brightness_ratio"] == 0,
    }


def pulls(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Signed significances of dark planets."""
    rows = rows[rows["dark"]]
    sign = np.sign(rows["odd_depth"] - rows["even_depth"])
    chance = np.where(np.arange(len(rows)) % 2 == 0, 1.0, -1.0)
    found = {
        "odd_even": sign * rows["odd_even_sigma"],
        "half_phase": rows["half_phase_sigma"],
        "secondary": rows["secondary_sigma"],
        "duration_difference": chance * rows["odd_even_duration_sigma"],
    }
    return {name: values[np.isfinite(values)].to_numpy() for name, values in found.items()}


def recovered_table(rows: pd.DataFrame) -> dict[str, float]:
    """Print medians and scatters by strength; return those of all rows."""
    print(
        f"\n{'column':18s}{'MES':>12s}{'events':>8s}{'median':>9s}{'scatter':>9s}"
        f"{'pull mean':>11s}{'pull width':>11s}"
    )
    results = {}
    for ours, error, theirs in RECOVERED:
        for low, high in [*itertools.pairwise(STRENGTHS), (0.0, np.inf)]:
            part = rows[(rows["mes"] >= low) & (rows["mes"] < high)].dropna(subset=[ours])
            differs = ours == "impact_parameter"
            value = part[ours] - part[theirs] if differs else part[ours] / part[theirs]
            pull = (part[ours] - part[theirs]) / part[error]
            middle, spread = np.median(value), robust_scatter(value)
            print(
                f"{ours:18s}{low:6.0f}-{high:<5.0f}{len(part):8d}{middle:9.3f}{spread:9.3f}"
                f"{np.median(pull):11.2f}{robust_scatter(pull):11.2f}"
            )
        results |= {
            f"{ours}_median": round(float(middle), 4),
            f"{ours}_scatter": round(float(spread), 4),
        }
    return results


def pull_table(found: dict[str, np.ndarray]) -> dict[str, float]:
    """Print and return mean and width of every pull, outliers beyond five clipped."""
    results = {}
    print(f"\n{'pull':22s}{'events':>8s}{'mean':>9s}{'width':>9s}{'robust':>9s}{'> 3':>8s}")
    for name, values in found.items():
        core = values[np.abs(values) < 5]
        print(
            f"{name:22s}{len(values):8d}{core.mean():9.3f}{core.std():9.3f}"
            f"{robust_scatter(values):9.3f}{np.mean(np.abs(values) > 3):8.4f}"
        )
        results |= {
            f"{name}_mean": round(float(core.mean()), 3),
            f"{name}_width": round(float(core.std()), 3),
        }
    return results


def picture(rows: pd.DataFrame, found: dict[str, np.ndarray], path: Path) -> None:
    figure, axes = plt.subplots(2, 4, figsize=(18, 9), constrained_layout=True)
    for axis, (ours, _, theirs) in zip(axes[0], RECOVERED):
        points = axis.scatter(rows[theirs], rows[ours], s=6, c=np.log10(rows["mes"]))
        ends = np.array([rows[theirs].min(), rows[theirs].max()])
        axis.plot(ends, ends, "-", color="0.5", lw=1)
        if ours != "impact_parameter":
            axis.set(xscale="log", yscale="log")
        axis.set(xlabel=theirs.replace("_", " "), ylabel=ours)
    figure.colorbar(points, ax=axes[0], label="log MES")
    x = np.linspace(-5, 5, 200)
    for axis, (name, values) in zip(axes[1], found.items()):
        axis.hist(
            np.clip(values, -5, 5),
            bins=np.arange(-5, 5.3, 0.3),
            density=True,
            color="tab:blue",
            alpha=0.6,
        )
        axis.plot(x, np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi), "k-", lw=1)
        axis.set(
            xlabel=f"{name} pull", title=f"{np.mean(values):.2f} ± {robust_scatter(values):.2f}"
        )
    figure.savefig(path, dpi=80)


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    rows, hosts = injections(200 if options.small else 2000)
    print(f"{len(rows)} planets measured in {hosts} light curves")
    results = recovered_table(rows)
    found = pulls(rows)
    results |= pull_table(found)
    if options.picture:
        picture(rows, found, options.picture)
    if options.table:
        rows.to_csv(options.table, index=False)
    last_line({"events": len(rows), "hosts": hosts, **results}, options)


if __name__ == "__main__":
    main(OPTIONS)
