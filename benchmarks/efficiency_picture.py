"""Completeness of every scenario of a labelled set as one figure.

    python benchmarks/efficiency_picture.py LABELLED_SET PICTURE.png

Cells show the weighted share of recovered signals and the number of draws. Lines are the smooth
fit at 0.1, 0.5 and 0.8, where its error is below 0.25. Prints the summary of every scenario and,
last, one line of JSON.
"""

from __future__ import annotations

import argparse

from command_line import command_line, last_line, written

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("labelled_set", help="folder that python -m simulate wrote")
    parser.add_argument("picture", type=written, help="PNG to draw")
    OPTIONS = parser.parse_args()

import matplotlib
import numpy as np

from exoval.injection.completeness import Completeness, load_completeness

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes


def draw_scenario(axes: Axes, cells: Completeness) -> object:
    mesh = axes.pcolormesh(
        cells.period_edges, cells.size_edges, cells.fraction.T, vmin=0, vmax=1, cmap="viridis"
    )
    centres = [np.sqrt(edges[:-1] * edges[1:]) for edges in (cells.period_edges, cells.size_edges)]
    for i, period in enumerate(centres[0]):
        for j, size in enumerate(centres[1]):
            if cells.rows[i, j]:
                axes.text(
                    period,
                    size,
                    cells.rows[i, j],
                    ha="center",
                    va="center",
                    fontsize=6,
                    color="w" if cells.fraction[i, j] < 0.6 else "k",
                )
    period = np.geomspace(cells.period_edges[0], cells.period_edges[-1], 80)
    size = np.geomspace(cells.size_edges[0], cells.size_edges[-1], 90)
    smooth, error = cells(period[:, None], size[None, :])
    lines = axes.contour(
        period,
        size,
        np.where(error < 0.25, smooth, np.nan).T,
        levels=[0.1, 0.5, 0.8],
        colors=["w", "orange", "red"],
        linewidths=1.3,
    )
    axes.clabel(lines, fontsize=7)
    axes.set(xscale="log", yscale="log", title=cells.scenario.replace("_", " "))
    axes.set_facecolor("0.85")
    return mesh


def main(options: argparse.Namespace) -> None:
    """Draw the figure and print the completeness of every scenario."""
    efficiencies = load_completeness(options.labelled_set)
    rows = int(np.ceil(len(efficiencies) / 3))
    figure, axes = plt.subplots(
        rows, 3, figsize=(12, 3.6 * rows), layout="constrained", squeeze=False
    )
    for axis, cells in zip(axes.flat, efficiencies.values()):
        mesh = draw_scenario(axis, cells)
    for axis in list(axes.flat)[len(efficiencies) :]:
        axis.set_axis_off()
    for axis in axes[-1]:
        axis.set_xlabel("period (days)")
    for axis in axes[:, 0]:
        axis.set_ylabel("depth (ppm)")
    figure.colorbar(mesh, ax=axes, label="share found", shrink=0.6)
    figure.savefig(options.picture, dpi=110)
    summaries = {name: cells.summary() for name, cells in efficiencies.items()}
    for name, summary in summaries.items():
        print(f"{name:22}" + "  ".join(f"{key} {value}" for key, value in summary.items()))
    last_line(summaries, options)


if __name__ == "__main__":
    main(OPTIONS)
