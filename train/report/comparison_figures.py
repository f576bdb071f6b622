"""Figures of comparisons: between scenarios, training sizes, and simulated and real events."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from exoval.labels import LabelMeaning, short_label
from exoval.models.novelty import NOVEL, NoveltyScores
from train.judging.metrics import METRICS, counts_above
from train.judging.scored import Scored
from train.report.figures import (
    GRID,
    INK,
    MUTED,
    PALETTE,
    REAL,
    SIMULATED,
    STYLE,
    Axes,
    Figure,
    colour_of,
    png,
    rc_context,
)

#: levels of published work: against every scenario, and against all except one
PUBLISHED = (0.97, 0.99)
#: metrics whose drop from simulated to real is shown
DROPS = ("roc_auc", "average_precision", "log_loss", "calibration_error")


def scenario_curves(
    name: str,
    scored: Scored,
    metrics: Mapping[str, dict],
    meanings: Mapping[str, LabelMeaning],
) -> bytes:
    """ROC of planets against each scenario for one classifier; AUC of all classifiers beside it.

    ``metrics`` maps classifier to the result of ``evaluate``.
    """
    labels = sorted(metrics[name]["auc_against"])
    with rc_context(STYLE):
        figure = Figure(figsize=(9.6, max(3.4, 0.42 * len(labels) + 1.2)))
        roc, areas = figure.subplots(1, 2, width_ratios=(1, 1.25))
        rows = scored.judged
        for number, label in enumerate(labels):
            pair = rows.select(rows.is_planet | (rows.label == label))
            _one_roc(roc, pair, label=short_label(label, meanings), number=number)
        roc.set(
            title=f"Planet against each scenario, {name}",
            xscale="symlog",
            xlabel="events of the scenario called planets",
            ylabel="planets found",
            xlim=(0, 1),
            ylim=(0, 1.01),
        )
        # linear below 0.01, since few scenarios have more than a hundred events
        roc.set_xscale("symlog", linthresh=0.01)
        roc.set_xticks([0, 0.01, 0.1, 1], ["0", "0.01", "0.1", "1"])
        roc.grid(color=GRID, linewidth=0.7)
        roc.legend(loc="lower right", fontsize=7.5)
        _areas(areas, labels, metrics, meanings)
        return png(figure)


def learning_curves(points: list[dict]) -> bytes:
    """Log-loss against the number of fitted rows, on simulated and, if judged, on real stars."""
    names = list(dict.fromkeys(point["classifier"] for point in points))
    kinds = {"simulated": "held-out simulated stars"}
    if any(_log_loss(point, "real") is not None for point in points):
        kinds["real"] = "real candidates"
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8 * len(kinds), 3.2))
        grid = figure.subplots(1, len(kinds), squeeze=False)[0]
        for axes, (kind, title) in zip(grid, kinds.items(), strict=True):
            for number, name in enumerate(names):
                mine = sorted(
                    (p["rows"], _log_loss(p, kind))
                    for p in points
                    if p["classifier"] == name and _log_loss(p, kind) is not None
                )
                axes.plot(
                    *zip(*mine, strict=True),
                    color=colour_of(number),
                    marker="o",
                    markersize=4,
                    label=name,
                )
            sizes = sorted({point["rows"] for point in points})
            axes.set(title=title, xscale="log", xlabel="events fitted", ylabel="log-loss")
            axes.set_xticks(sizes, [f"{size:,}" for size in sizes], minor=False)
            axes.minorticks_off()
            axes.set_ylim(bottom=0)
            axes.grid(color=GRID, linewidth=0.7)
        grid[0].legend(fontsize=8)
        return png(figure)


def drops(simulated: Mapping[str, dict], real: Mapping[str, dict]) -> bytes:
    """Metrics on simulated and on real events, one line per classifier, with intervals."""
    with rc_context(STYLE):
        figure = Figure(figsize=(10.4, 0.34 * len(simulated) + 1.5))
        grid = figure.subplots(1, len(DROPS), sharey=True)
        for axes, key in zip(grid, DROPS, strict=True):
            for place, name in enumerate(simulated):
                ends = [of[name][key] for of in (simulated, real)]
                if all(end["value"] is not None for end in ends):
                    axes.plot(
                        [end["value"] for end in ends],
                        [place, place],
                        color=GRID,
                        linewidth=3,
                        zorder=1,
                    )
                for end, colour, shift in zip(ends, (SIMULATED, REAL), (-0.12, 0.12), strict=True):
                    _with_interval(axes, end, place=place + shift, colour=colour)
            axes.set_title(METRICS[key].title)
            axes.grid(axis="x", color=GRID, linewidth=0.7)
        grid[0].set_yticks(range(len(simulated)), list(simulated))
        grid[0].set_ylim(len(simulated) - 0.5, -0.5)
        for label, colour in (("simulated", SIMULATED), ("real", REAL)):
            grid[0].plot([], [], color=colour, marker="o", linestyle="", label=label)
        figure.legend(*grid[0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
        return png(figure)


def novelty_spread(simulated: NoveltyScores, real: NoveltyScores | None) -> bytes:
    """Distribution of the novelty score, simulated filled and real as a line."""
    with rc_context(STYLE):
        figure = Figure(figsize=(6.4, 2.6))
        axes = figure.subplots()
        edges = np.linspace(0, 1, 21)
        sets = [(simulated, {"color": SIMULATED, "alpha": 0.75}, "simulated test")]
        if real is not None:
            sets.append((real, {"color": REAL, "histtype": "step", "linewidth": 1.6}, "real"))
        for found, style, label in sets:
            share = np.full(len(found.score), 1 / max(len(found.score), 1))
            novel = np.mean(found.verdict == NOVEL)
            axes.hist(
                found.score, edges, weights=share, label=f"{label}: {novel:.0%} novel", **style
            )
        axes.axvline(0.95, color=MUTED, linewidth=0.9, linestyle=":")
        axes.set(
            xlabel="novelty (1: more novel than every known event)",
            ylabel="share of events",
            xlim=(0, 1),
        )
        axes.legend(loc="upper center", fontsize=8.5)
        return png(figure)


def _log_loss(point: dict, kind: str) -> float | None:
    """The log-loss of a point of a learning curve; None if it was not judged."""
    return point[kind]["log_loss"]["value"] if kind in point else None


def _one_roc(axes: Axes, rows: Scored, *, label: str, number: int) -> None:
    """Draw the curve of planets against one label, unless one side is empty."""
    true, false = counts_above(rows.probability, rows.is_planet)
    if true[-1] > 0 and false[-1] > 0:
        axes.plot(
            false / false[-1],
            true / true[-1],
            linewidth=1.5,
            color=PALETTE[number % len(PALETTE)],
            linestyle="-" if number < len(PALETTE) else "--",
            label=f"{label} ({int(false[-1])})",
        )


def _areas(
    axes: Axes,
    labels: list[str],
    metrics: Mapping[str, dict],
    meanings: Mapping[str, LabelMeaning],
) -> None:
    """AUC and interval of every scenario, one row each, one colour a classifier."""
    step = 0.7 / max(len(metrics), 1)
    for number, (name, found) in enumerate(metrics.items()):
        for place, label in enumerate(labels):
            _with_interval(
                axes,
                found["auc_against"][label],
                place=place + step * (number - (len(metrics) - 1) / 2),
                colour=colour_of(number),
            )
        axes.plot([], [], color=colour_of(number), marker="o", linestyle="", label=name)
    for level in PUBLISHED:
        axes.axvline(level, color=MUTED, linewidth=0.9, linestyle=":")
    axes.set_yticks(range(len(labels)), [short_label(label, meanings) for label in labels])
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set(title="ROC AUC against each scenario", xlabel="dotted: 0.97 and 0.99")
    axes.grid(axis="x", color=GRID, linewidth=0.7)
    axes.legend(fontsize=7.5, loc="lower left", labelcolor=INK)


def _with_interval(axes: Axes, number: dict, *, place: float, colour: str) -> None:
    """Draw a dot and its interval, unless the number is undefined."""
    if number["value"] is None:
        return
    axes.plot(number["value"], place, color=colour, marker="o", markersize=4.5, zorder=3)
    if number["low"] is not None:
        axes.plot(
            [number["low"], number["high"]], [place, place], color=colour, linewidth=1.2, zorder=2
        )
