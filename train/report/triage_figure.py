"""Figure of a triage: precision and recall of both questions, and median folds of both origins."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from exoval.catalogs.tess_triage import TRIAGE_BINS
from exoval.table.feature_table import FeatureTable
from train.judging.metrics import counts_above
from train.judging.scored import Scored
from train.report.figures import PALETTE, REAL, SIMULATED, STYLE, Axes, Figure, rc_context, require

LINES = {"simulated": "--", "real": "-", "real_test": "-.", "ceiling_test": ":"}
WORDS = {
    "simulated": "simulated, held out",
    "real": "real",
    "real_test": "real test",
    "ceiling_test": "trained on real labels, real test",
}


def triage_figure(
    path: str | Path,
    *,
    curves: Mapping[str, Mapping[str, tuple[Scored, np.ndarray]]],
    simulated: FeatureTable,
    real: FeatureTable,
    junk: str,
) -> None:
    """Draw the figure of a triage; ``curves`` maps classifier and table to scores.

    Raises DataNotFound without matplotlib.
    """
    require()
    labels = sorted(set(real.labels), key=lambda name: (name == junk, name != "planet"))
    with rc_context(STYLE):
        figure = Figure(figsize=(3.4 * (1 + len(labels)), 6.2))
        axes = figure.subplots(2, 1 + len(labels))
        for number, (name, tables) in enumerate(curves.items()):
            for where, (rows, transit) in tables.items():
                style = {
                    "color": PALETTE[number % len(PALETTE)],
                    "ls": LINES[where],
                    "label": f"{name}, {WORDS[where]}",
                    "lw": 1.2,
                }
                _precision_recall(axes[0, 0], rows.probability, rows.is_planet, style)
                _precision_recall(axes[1, 0], transit, rows.label != junk, style)
        axes[0, 0].set_title("Planets against all")
        axes[1, 0].set_title("Planets and binaries against junk")
        handles, words = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, words, fontsize=7, loc="outside lower center", ncols=4)
        for column, label in enumerate(labels, start=1):
            for row, name in enumerate(TRIAGE_BINS):
                _folds(axes[row, column], simulated, real, label=label, name=name)
        figure.savefig(path)


def _precision_recall(axes: Axes, probability: np.ndarray, truth: np.ndarray, style: dict) -> None:
    true, false = counts_above(probability, truth)
    axes.plot(true[1:] / max(true[-1], 1), true[1:] / (true + false)[1:], **style)
    axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02))


def _folds(
    axes: Axes, simulated: FeatureTable, real: FeatureTable, *, label: str, name: str
) -> None:
    """Median and central 68 % of one view of the events of one label."""
    for table, colour, words in ((simulated, SIMULATED, "simulated"), (real, REAL, "real")):
        # rows evenly spaced over the table, whose first rows come from one set
        rows = np.flatnonzero(table.labels == label)
        rows = rows[:: max(1, len(rows) // 2000)]
        if not len(rows):
            continue
        values = table.views[rows]
        part = table.views.layout.slices[name]
        low, middle, high = np.quantile(values[:, part], [0.16, 0.5, 0.84], axis=0)
        place = np.linspace(-0.5, 0.5, len(middle)) * (1 if name == "global" else 4)
        axes.fill_between(place, low, high, color=colour, alpha=0.25, lw=0)
        axes.plot(place, middle, color=colour, lw=1.3, label=f"{words} ({len(rows)})")
    axes.set_title(label.replace("_", " "))
    axes.set_xlabel("phase" if name == "global" else "durations from the middle")
    axes.legend(fontsize=7, loc="lower right")
