"""Figure of a transfer between missions: metrics against the number of labelled events."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from train.judging.metrics import METRICS
from train.report.figures import INK, MUTED, PALETTE, STYLE, Axes, Figure, rc_context, require

#: metrics that are drawn
SHOWN = ("roc_auc", "log_loss")


def mission_transfer_figure(path: str | Path, frame: pd.DataFrame) -> None:
    """Draw AUC and log-loss against labelled events: judged tables in rows, classifiers in columns.

    ``frame`` is the table of ``mission_transfer``. Raises DataNotFound without matplotlib.
    """
    require()
    names, tables = (list(dict.fromkeys(frame[key])) for key in ("classifier", "judged_on"))
    panels = [(where, metric) for where in tables for metric in SHOWN]
    with rc_context(STYLE):
        figure = Figure(figsize=(0.6 + 2.9 * len(names), 0.6 + 2.3 * len(panels)))
        axes = figure.subplots(len(panels), len(names), squeeze=False, sharex=True, sharey="row")
        for column, name in enumerate(names):
            for row, (where, metric) in enumerate(panels):
                chosen = frame[(frame["classifier"] == name) & (frame["judged_on"] == where)]
                _curves(axes[row, column], chosen, metric)
                if column == 0:
                    axes[row, 0].set_ylabel(f"{METRICS[metric].title}, {where.replace('_', ' ')}")
            axes[0, column].set_title(name)
            axes[-1, column].set_xlabel("labelled events of the target")
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
        figure.savefig(path)


def _curves(axes: Axes, rows: pd.DataFrame, metric: str) -> None:
    """Draw one curve per way; a horizontal line for ways without labelled events."""
    for number, (way, some) in enumerate(rows.groupby("way", sort=False)):
        colour, name = PALETTE[number % len(PALETTE)], str(way).replace("_", " ")
        values = some.astype({metric: float}).groupby("rows_of_target")[metric]
        middle = values.median()
        if len(middle) == 1 and middle.index[0] == 0:
            axes.axhline(middle.iloc[0], color=colour, ls="--", lw=1.2, label=name)
            continue
        size = middle.index.to_numpy(float)
        axes.fill_between(size, values.min(), values.max(), color=colour, alpha=0.15, lw=0)
        axes.plot(size, middle, "o-", color=colour, ms=3, lw=1.4, label=name)
    axes.set_xscale("log")
    sizes = sorted(set(rows["rows_of_target"]) - {0})
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.tick_params(colors=MUTED, labelcolor=INK)
    axes.margins(y=0.08)
    if metric == "roc_auc" and axes.get_ylim()[1] > 1:
        # an area under a curve is at most 1
        axes.set_ylim(min(axes.get_ylim()[0], 0.99), 1.001)
    if np.isfinite(axes.get_ylim()).all():
        axes.grid(axis="y", color="#e3e8ed", lw=0.6)
