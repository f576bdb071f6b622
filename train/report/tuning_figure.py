"""The figure of a hyperparameter search: log-loss by trial, and importance of settings."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from train.report.figures import GRID, MUTED, PALETTE, STYLE, Axes, Figure, png, rc_context

try:
    from matplotlib.ticker import MaxNLocator
except ImportError:
    MaxNLocator = None

#: trials above this many times the median are drawn at the upper edge
HIGHEST = 2.0


def tuning_figure(trials: pd.DataFrame, importance: Mapping[str, Mapping[str, float]]) -> bytes:
    """PNG with log-loss by trial and importance of each setting, one row per classifier.

    ``trials`` is a table of ``trials_table``.
    """
    names = list(dict.fromkeys(trials["classifier"]))
    with rc_context(STYLE):
        figure = Figure(figsize=(9.6, 2.9 * len(names)))
        grid = figure.subplots(len(names), 2, squeeze=False, width_ratios=(1.5, 1))
        for line, name in zip(grid, names, strict=True):
            _history(line[0], name, trials[trials["classifier"] == name])
            _importance(line[1], importance[name])
        return png(figure)


def _history(axes: Axes, name: str, trials: pd.DataFrame) -> None:
    """Log-loss by trial, pruned ones hollow, and the best so far."""
    done, pruned = (trials[trials["state"] == state] for state in ("complete", "pruned"))
    top = HIGHEST * done["log_loss"].median()
    for some, style in (
        (done, {"color": PALETTE[0]}),
        (pruned, {"color": "white", "markeredgecolor": PALETTE[0]}),
    ):
        axes.plot(some["number"], np.minimum(some["log_loss"], top), "o", markersize=4.5, **style)
    axes.step(
        done["number"], done["log_loss"].cummin(), where="post", color=PALETTE[1], linewidth=1.5
    )
    axes.axhline(done["log_loss"].iloc[0], color=MUTED, linewidth=0.9, linestyle=":")
    hollow = f"; {len(pruned)} hollow: pruned" if len(pruned) else ""
    axes.set_title(f"{name}: best {done['log_loss'].min():.4f}")
    axes.set(
        xlabel=f"trial (dotted: the initial settings{hollow})",
        ylabel="log-loss, left-out stars",
    )
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(color=GRID, linewidth=0.7)


def _importance(axes: Axes, importance: Mapping[str, float]) -> None:
    """One bar a setting, the most important on top."""
    axes.set_title("Importance of settings")
    if not importance:
        axes.text(
            0.5, 0.5, "too few trials to tell", ha="center", color=MUTED, transform=axes.transAxes
        )
        axes.set_axis_off()
        return
    names = sorted(importance, key=importance.get)
    axes.barh(names, [importance[name] for name in names], color=PALETTE[0], height=0.6)
    # limits that keep a single bar from filling the panel
    axes.set(
        xlabel="share of the variance of the log-loss",
        xlim=(0, 1),
        ylim=(min(-0.6, len(names) - 4.4), len(names) - 0.4),
    )
    axes.grid(axis="x", color=GRID, linewidth=0.7)
