"""The report's figures, as PNG bytes; matplotlib is an optional dependency (extra ``report``)."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
import pandas as pd

from exoval.errors import DataNotFound
from exoval.labels import FALSE_POSITIVE, PLANET, LabelMeaning, short_label
from exoval.table.feature_table import FeatureTable
from train.judging.feature_gap import of_kind
from train.judging.metrics import counts_above
from train.judging.scored import Scored

try:
    from matplotlib import rc_context
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
except ImportError:
    rc_context = Figure = Axes = None

#: colours of the classifiers in all figures, in order of fitting (Okabe & Ito)
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
INK, MUTED, GRID = "#1d2733", "#66727f", "#e3e8ed"
SIMULATED, REAL = "#8aa4bf", "#c8553d"
STYLE = {
    "font.family": "sans-serif",
    "font.size": 9.5,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "axes.linewidth": 0.8,
    "figure.dpi": 160,
    "figure.constrained_layout.use": True,
}


def available() -> bool:
    """Whether matplotlib is installed."""
    return Figure is not None


def require() -> None:
    """Raise DataNotFound, with the command to install it, if matplotlib is missing."""
    if not available():
        raise DataNotFound(
            "matplotlib is not installed; pip install 'exoval[report]' and run "
            "again for report.html"
        )


def colour_of(number: int) -> str:
    """The colour of the classifier with this number."""
    return PALETTE[number % len(PALETTE)]


def curves(scored: Mapping[str, Scored]) -> bytes:
    """ROC curve, reliability diagram and distribution of scores, one colour a classifier."""
    with rc_context(STYLE):
        figure = Figure(figsize=(9.6, 3.1))
        roc, reliability, spread = figure.subplots(1, 3)
        for number, (name, rows) in enumerate(scored.items()):
            _roc(roc, name, rows.judged, colour=colour_of(number))
            _reliability(reliability, rows.judged, colour=colour_of(number))
            _spread(spread, rows.judged, colour=colour_of(number))
        roc.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle=":")
        roc.set(title="ROC", xlabel="false positives called planets", ylabel="planets found")
        if roc.get_legend_handles_labels()[1]:
            roc.legend(loc="lower right", fontsize=8.5)
        reliability.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle=":")
        reliability.set(
            title="Reliability",
            xlabel="probability given",
            ylabel="share of planets",
            xlim=(-0.03, 1.03),
            ylim=(-0.03, 1.03),
        )
        spread.set(title="Scores", xlabel="P(planet)", ylabel="events", yscale="symlog")
        spread.set_ylim(bottom=0)
        spread.plot([], [], color=INK, linewidth=1.5, label="planets")
        spread.plot([], [], color=INK, linewidth=1.2, linestyle=":", label="false positives")
        spread.legend(fontsize=8, loc="upper center")
        for axes in (roc, reliability):
            axes.set_aspect("equal")
            axes.grid(color=GRID, linewidth=0.7)
        return png(figure)


def confusions(confusion: Mapping[str, dict], meanings: Mapping[str, LabelMeaning]) -> bytes:
    """Confusion matrices side by side: shares of each row as shade, counts as numbers."""
    rows = max(len(c["true"]) for c in confusion.values())
    width = max(2.4, 1.2 + 0.46 * max(len(c["predicted"]) for c in confusion.values()))
    columns = max(1, min(len(confusion), int(12 / width)))
    lines = int(np.ceil(len(confusion) / columns))
    with rc_context(STYLE):
        figure = Figure(figsize=(width * columns, (1.3 + 0.42 * rows) * lines))
        grid = figure.subplots(lines, columns, squeeze=False).ravel()
        for axes in grid[len(confusion) :]:
            axes.set_visible(False)
        for number, (name, matrix) in enumerate(confusion.items()):
            _matrix(grid[number], matrix, meanings)
            grid[number].set_title(name, color=colour_of(number))
        return png(figure)


def distributions(
    simulated: FeatureTable, real: FeatureTable, gap: pd.DataFrame, *, number: int = 12
) -> bytes:
    """Histograms of the most different features; planets in the upper row, others below."""
    names = list(gap["feature"][gap["worst"].notna()][:number])
    columns = 6
    lines = int(np.ceil(len(names) / columns))
    with rc_context(STYLE | {"font.size": 8, "axes.titlesize": 8.5}):
        figure = Figure(figsize=(10.4, 2.7 * lines + 0.3))
        grid = figure.subplots(2 * lines, columns, squeeze=False)
        for axes in grid.flat:
            axes.set_visible(False)
        for place, name in enumerate(names):
            line, column = divmod(place, columns)
            pair = grid[2 * line, column], grid[2 * line + 1, column]
            for axes, kind in zip(pair, (PLANET, FALSE_POSITIVE), strict=True):
                axes.set_visible(True)
                _histograms(axes, name, kind, simulated=simulated, real=real)
                if column == 0:
                    axes.set_ylabel(kind.replace("_", " ") + "s", color=MUTED)
            pair[0].set_title(name)
        figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
        return png(figure)


def _roc(axes: Axes, name: str, rows: Scored, *, colour: str) -> None:
    true, false = counts_above(rows.probability, rows.is_planet)
    if true[-1] > 0 and false[-1] > 0:
        axes.plot(false / false[-1], true / true[-1], color=colour, linewidth=1.8, label=name)


def _reliability(axes: Axes, rows: Scored, *, colour: str, most_bins: int = 10) -> None:
    """Share of planets in bins of equally many events, with binomial (Jeffreys) errors."""
    bins = min(most_bins, len(rows.star) // 10)
    if bins < 2:
        return
    parts = np.array_split(np.argsort(rows.probability, kind="stable"), bins)
    given = np.array([rows.probability[part].mean() for part in parts])
    share = np.array([rows.is_planet[part].mean() for part in parts])
    size = np.array([len(part) for part in parts])
    smooth = (share * size + 0.5) / (size + 1)
    axes.errorbar(
        given,
        share,
        np.sqrt(smooth * (1 - smooth) / size),
        color=colour,
        marker="o",
        markersize=4,
        linewidth=1.4,
        elinewidth=0.8,
    )


def _spread(axes: Axes, rows: Scored, *, colour: str) -> None:
    for truth, line in ((True, "-"), (False, ":")):
        axes.hist(
            rows.probability[rows.is_planet == truth],
            bins=np.linspace(0, 1, 11),
            histtype="step",
            color=colour,
            linestyle=line,
            linewidth=1.5,
        )


def _matrix(axes: Axes, matrix: dict, meanings: Mapping[str, LabelMeaning]) -> None:
    counts = np.array(matrix["counts"])
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1.15, aspect="auto")
    for (row, column), count in np.ndenumerate(counts):
        axes.text(
            column,
            row,
            f"{count}",
            ha="center",
            va="center",
            fontsize=9,
            color="white" if share[row, column] > 0.6 else INK,
        )
    predicted, true = (
        [short_label(name, meanings) for name in matrix[side]] for side in ("predicted", "true")
    )
    axes.set_xticks(range(counts.shape[1]), predicted)
    axes.set_yticks(range(counts.shape[0]), true)
    axes.set(xlabel="most probable scenario", ylabel="truth")
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _histograms(
    axes: Axes, name: str, kind: str, *, simulated: FeatureTable, real: FeatureTable
) -> None:
    """Simulated values filled and real ones as a line, each of unit area in the same bins."""
    values = [table.frame[name].to_numpy()[of_kind(table, kind)] for table in (simulated, real)]
    values = [part[np.isfinite(part)] for part in values]
    both = np.concatenate([table.frame[name].to_numpy() for table in (simulated, real)])
    both = both[np.isfinite(both)]
    low, high = np.quantile(both, [0.01, 0.99])
    # a range of two decades or more needs a logarithmic axis
    logarithmic = low > 0 and high > 100 * low
    edges = np.geomspace(low, high, 15) if logarithmic else np.linspace(low, high, 15)
    if not low < high:
        edges = np.linspace(low - 0.5, low + 0.5, 15)
    for part, style in zip(
        values,
        (
            {"color": SIMULATED, "alpha": 0.75, "label": "simulated"},
            {"color": REAL, "histtype": "step", "linewidth": 1.5, "label": "real"},
        ),
        strict=True,
    ):
        inside = np.clip(part, edges[0], edges[-1])
        axes.hist(inside, edges, weights=np.full(len(part), 1 / max(len(part), 1)), **style)
    axes.set_xscale("log" if logarithmic else "linear")
    axes.tick_params(labelsize=7)
    axes.set_yticks([])


def png(figure: Figure) -> bytes:
    """The figure as PNG."""
    buffer = io.BytesIO()
    # no software version in the file: the same numbers give the same bytes
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
