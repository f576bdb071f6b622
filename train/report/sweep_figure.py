"""The figure of a sweep: the metrics of every job, one line per setting."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from train.judging.metrics import METRICS
from train.report.figures import GRID, REAL, SIMULATED, STYLE, Axes, Figure, png, rc_context

#: metric of a panel -> columns of simulated and of real events
PANELS = {
    "log_loss": ("log_loss", "real_log_loss"),
    "roc_auc": ("roc_auc", "real_roc_auc"),
    "calibration_error": ("calibration_error", None),
}


def sweep_figure(settings: Mapping[str, pd.DataFrame]) -> bytes:
    """PNG with one line per setting: a dot for each job (seed) and a bar at their mean."""
    with rc_context(STYLE):
        figure = Figure(figsize=(10.4, 0.34 * len(settings) + 1.5))
        grid = figure.subplots(1, len(PANELS), sharey=True)
        for axes, (number, keys) in zip(grid, PANELS.items(), strict=True):
            for key, colour, shift in zip(keys, (SIMULATED, REAL), (-0.12, 0.12), strict=True):
                for place, rows in enumerate(settings.values()):
                    if key is not None:
                        _dots(
                            axes,
                            rows[key].dropna().astype(float),
                            place=place + shift,
                            colour=colour,
                        )
            axes.set_title(METRICS[number].title)
            axes.locator_params(axis="x", nbins=5)
            axes.grid(axis="x", color=GRID, linewidth=0.7)
        grid[0].set_yticks(range(len(settings)), list(settings))
        grid[0].set_ylim(len(settings) - 0.5, -0.5)
        known = any(rows["real_log_loss"].notna().any() for rows in settings.values())
        for label, colour in (("simulated test", SIMULATED), ("real", REAL))[: 2 if known else 1]:
            grid[0].plot([], [], color=colour, marker="o", linestyle="", label=label)
        figure.legend(*grid[0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
        return png(figure)


def _dots(axes: Axes, values: pd.Series, *, place: float, colour: str) -> None:
    """Draw a dot per job and a bar at the mean, without undefined numbers."""
    if len(values) == 0:
        return
    axes.plot(values, [place] * len(values), "o", color=colour, markersize=4.5, alpha=0.8)
    axes.plot([values.mean()] * 2, [place - 0.12, place + 0.12], color=colour, linewidth=2)
