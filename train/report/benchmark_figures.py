"""Figures of a cross-validated comparison: reliability, precision and recall, importance."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from train.judging.metrics import counts_above
from train.report.figures import (
    GRID,
    INK,
    MUTED,
    STYLE,
    Axes,
    Figure,
    colour_of,
    png,
    rc_context,
    require,
)

BEFORE, AFTER = "#c8553d", "#0072b2"
#: edges of the reliability diagram's bins, finer near 0 and 1, where most probabilities are
EDGES = np.array([0, 0.01, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.99, 1.0])


def write_figures(
    stem: Path,
    *,
    before: Mapping[str, np.ndarray],
    after: Mapping[str, np.ndarray],
    truth: np.ndarray,
    importance: pd.DataFrame | None = None,
) -> None:
    """Write ``STEM_reliability.png``, ``STEM_precision_recall.png`` and ``STEM_importance.png``.

    ``before`` and ``after`` calibration are probabilities (rows,) by model, ``truth`` is boolean
    (rows,). Raises DataNotFound without matplotlib.
    """
    require()
    for name, picture in (
        ("reliability", reliability(before=before, after=after, truth=truth)),
        ("precision_recall", precision_recall(after, truth)),
    ):
        stem.with_name(f"{stem.name}_{name}.png").write_bytes(picture)
    if importance is not None:
        stem.with_name(f"{stem.name}_importance.png").write_bytes(importances(importance))


def reliability(
    *, before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray], truth: np.ndarray
) -> bytes:
    """Share of planets against probability before and after calibration, one panel per model."""
    columns = min(4, len(after))
    lines = int(np.ceil(len(after) / columns))
    with rc_context(STYLE):
        figure = Figure(figsize=(2.7 * columns, 2.6 * lines + 0.5))
        grid = figure.subplots(lines, columns, squeeze=False, sharex=True, sharey=True)
        for axes in grid.flat[len(after) :]:
            axes.set_visible(False)
        for axes, name in zip(grid.flat, after):
            axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle=":")
            _reliability(axes, before[name], truth, colour=BEFORE, label="before calibration")
            _reliability(axes, after[name], truth, colour=AFTER, label="after")
            axes.set_title(name.replace("_", " "), fontsize=9)
            axes.set_aspect("equal")
            axes.grid(color=GRID, linewidth=0.7)
        figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
        figure.supxlabel("probability given", fontsize=9.5, color=INK)
        figure.supylabel("share of planets", fontsize=9.5, color=INK)
        return png(figure)


def precision_recall(probability: Mapping[str, np.ndarray], truth: np.ndarray) -> bytes:
    """Precision against recall of every model, and its corner enlarged."""
    with rc_context(STYLE):
        figure = Figure(figsize=(9.6, 4.0))
        whole, corner = figure.subplots(1, 2)
        for number, (name, score) in enumerate(probability.items()):
            true, false = counts_above(score, truth)
            recall, precision = true[1:] / true[-1], true[1:] / (true[1:] + false[1:])
            for axes in (whole, corner):
                axes.plot(
                    recall,
                    precision,
                    color=colour_of(number),
                    linewidth=1.4,
                    linestyle=("-", "--", ":")[number // 6 % 3],
                    label=name.replace("_", " "),
                )
        corner.axhline(0.99, color=MUTED, linewidth=0.8, linestyle=":")
        whole.set(
            title="Planets among all events",
            xlim=(0, 1.01),
            ylim=(0, 1.02),
            xlabel="recall",
            ylabel="precision",
        )
        corner.set(
            title="The corner; dotted: precision 0.99",
            xlim=(0.8, 1.002),
            ylim=(0.9, 1.002),
            xlabel="recall",
        )
        whole.legend(loc="lower left", fontsize=8)
        for axes in (whole, corner):
            axes.grid(color=GRID, linewidth=0.7)
        return png(figure)


def importances(found: pd.DataFrame, most: int = 16) -> bytes:
    """Bars of the loss when each group of features is shuffled."""
    shown = found.head(most)
    with rc_context(STYLE):
        figure = Figure(figsize=(9.6, 0.36 * len(shown) + 0.9))
        axes = figure.subplots()
        place = np.arange(len(shown))[::-1]
        axes.barh(place, shown["log_loss_increase"], color=AFTER, height=0.65)
        axes.set_yticks(place, [_short(names) for names in shown["features"]], fontsize=8)
        axes.set(xlabel="increase of log-loss when these features are shuffled together")
        axes.set_axisbelow(True)
        axes.grid(axis="x", color=GRID, linewidth=0.7)
        return png(figure)


def _short(names: str, most: int = 2) -> str:
    """The first names of a group and how many more there are."""
    listed = names.split(", ")
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(name.replace("_", " ") for name in listed[:most]) + more


def _reliability(
    axes: Axes, probability: np.ndarray, truth: np.ndarray, *, colour: str, label: str
) -> None:
    """Bins with ten rows or more, with binomial (Jeffreys) errors."""
    which = np.clip(np.searchsorted(EDGES, probability, side="right") - 1, 0, len(EDGES) - 2)
    size = np.bincount(which, minlength=len(EDGES) - 1)
    enough = size >= 10
    size = size[enough]
    given, planets = (
        np.bincount(which, values, minlength=len(EDGES) - 1)[enough] / size
        for values in (probability, truth)
    )
    smooth = (planets * size + 0.5) / (size + 1)
    axes.errorbar(
        given,
        planets,
        np.sqrt(smooth * (1 - smooth) / size),
        color=colour,
        marker="o",
        markersize=3.5,
        linewidth=1.2,
        elinewidth=0.8,
        label=label,
    )
