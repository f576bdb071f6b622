"""Figure of a transfer: ROC on source and target, reliability, and drift of features."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from train.judging.metrics import counts_above, value_of
from train.judging.scored import Scored
from train.report.figures import (
    INK,
    MUTED,
    PALETTE,
    REAL,
    SIMULATED,
    STYLE,
    Axes,
    Figure,
    rc_context,
    require,
)

#: number of features in the panel of distances
MOST_FEATURES = 16


def transfer_figure(
    path: str | Path, *, source: Scored, target: Scored, gap: pd.DataFrame, name: str
) -> None:
    """Draw the three panels; DataNotFound if matplotlib is not installed."""
    require()
    with rc_context(STYLE):
        figure = Figure(figsize=(11.5, 3.9))
        roc, reliability, drift = figure.subplots(1, 3, width_ratios=(1, 1, 1.2))
        _rocs(roc, source, target)
        for rows, colour, label in (
            (source, SIMULATED, "source, held-out stars"),
            (target, REAL, "target"),
        ):
            _reliability(reliability, rows.judged, colour=colour, label=label)
        reliability.plot([0, 1], [0, 1], color=MUTED, lw=0.8)
        reliability.set(
            xlabel="probability of a planet", ylabel="share of planets", title="Reliability"
        )
        reliability.legend(loc="upper left")
        _distances(drift, gap.head(MOST_FEATURES))
        figure.suptitle(name, x=0.01, ha="left", fontsize=9, color=MUTED)
        figure.savefig(path)


def _rocs(axes: Axes, source: Scored, target: Scored) -> None:
    rows = source.judged
    _roc(axes, rows, colour=SIMULATED, label="source, all others")
    rows = target.judged
    for number, label in enumerate(sorted(set(rows.label[~rows.is_planet]))):
        pair = rows.select(rows.is_planet | (rows.label == label))
        _roc(axes, pair, colour=PALETTE[number % len(PALETTE)], label=f"target, {label}")
    axes.set(
        xscale="log",
        xlim=(1e-4, 1),
        ylim=(0, 1.01),
        title="Planets against",
        xlabel="share of others kept",
        ylabel="share of planets kept",
    )
    axes.legend(loc="upper left", fontsize=8)


def _roc(axes: Axes, rows: Scored, *, colour: str, label: str) -> None:
    true, false = counts_above(rows.probability, rows.is_planet)
    area = value_of("roc_auc", rows.probability, rows.is_planet)
    axes.plot(
        np.maximum(false / false[-1], 1e-5),
        true / true[-1],
        color=colour,
        label=f"{label}: {area:.3f}",
    )


def _reliability(axes: Axes, rows: Scored, *, colour: str, label: str, bins: int = 10) -> None:
    which = np.minimum((rows.probability * bins).astype(int), bins - 1)
    count = np.bincount(which, minlength=bins)
    filled = count >= 5
    mean = np.bincount(which, rows.probability, bins)[filled] / count[filled]
    share = np.bincount(which, rows.is_planet, bins)[filled] / count[filled]
    error = np.sqrt(np.maximum(share * (1 - share), 1 / count[filled]) / count[filled])
    axes.errorbar(mean, share, error, fmt="o-", ms=3.5, lw=1, color=colour, label=label)


def _distances(axes: Axes, gap: pd.DataFrame) -> None:
    place = np.arange(len(gap))[::-1]
    axes.plot(gap["planets"], place, "o", color=PALETTE[2], ms=4.5, label="planets")
    axes.plot(gap["false_positives"], place, "s", color=PALETTE[1], ms=4, label="others")
    axes.set_yticks(place, gap["feature"], color=INK, fontsize=7.5)
    axes.set(xlim=(0, 1), xlabel="distance of the distributions (KS)", title="Drift")
    axes.grid(axis="x", color="#e3e8ed")
    axes.legend(loc="lower right")
