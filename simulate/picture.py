"""Figures of injected signals, to check that the signal is where it should be."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from exoval.ephemeris import Ephemeris
from exoval.running.output_path import make_folder
from simulate.example import (
    KEPT,
    InjectedSystem,
    Outcome,
    Simulation,
    example_rng,
    inject_example,
)
from simulate.shard import Shard, outcomes_of

log = logging.getLogger(__name__)

BEFORE, AFTER, SIGNAL = "#9aa5b1", "#1f5fa8", "#d1495b"


def picture_examples(
    simulation: Simulation, shards: Sequence[Shard], *, folder: Path, number: int
) -> None:
    """Draw the first ``number`` kept examples of every scenario of a set as PNG files.

    Each figure shows the light curve before and after injection, the fold on the true ephemeris
    (the found one without an injection) and the parameters. Without matplotlib a warning says how
    to install it.
    """
    try:
        import matplotlib
    except ImportError:
        log.warning("figures need matplotlib: pip install 'exoval[report]'")
        return
    matplotlib.use("Agg")
    make_folder(folder)
    for scenario in simulation.scenarios:
        of_scenario = (shard for shard in shards if shard.stretch.scenario == scenario)
        outcomes = (one for shard in of_scenario for one in outcomes_of(shard.outcomes()))
        signals = (one for one in outcomes if one.number == 0 and one.status == KEPT)
        for outcome in islice(signals, number):
            path = folder / f"{scenario}-{outcome.index:07d}.png"
            _picture(simulation, outcome, path)
            log.info("wrote %s", path)


def replay(simulation: Simulation, outcome: Outcome) -> InjectedSystem:
    """Simulate an example's light curve again from its seed and index."""
    rng = example_rng(simulation.seed, outcome.scenario, outcome.index)
    host, star = simulation.hosts.draw(rng)
    return inject_example(simulation, outcome.scenario, rng=rng, host=host, star=star)


def _picture(simulation: Simulation, outcome: Outcome, path: Path) -> None:
    import matplotlib.pyplot as plt

    injected = replay(simulation, outcome)
    truth = outcome.truth
    period = truth.get("period_days", truth.get("found_period_days"))
    epoch = truth.get("epoch_days", truth.get("found_epoch_days"))
    if period is None:
        return
    duration = min(truth.get("duration_days", 0.05 * period), 0.3 * period)
    ephemeris = Ephemeris(period, epoch, duration)
    figure = plt.figure(figsize=(12, 6.4), layout="constrained")
    grid = figure.add_gridspec(2, 3, height_ratios=[1, 1.1])
    _draw_light_curve(figure.add_subplot(grid[0, :]), injected)
    flat = [
        simulation.recipe.detrend(curve, ephemeris)
        for curve in (injected.host, injected.light_curve)
    ]
    _draw_fold(
        figure.add_subplot(grid[1, 0]),
        flat=flat,
        ephemeris=ephemeris,
        reach=(-0.25 * period, 0.75 * period),
        title="whole orbit",
    )
    _draw_fold(
        figure.add_subplot(grid[1, 1]),
        flat=flat,
        ephemeris=ephemeris,
        reach=(-2 * duration, 2 * duration),
        title="event",
    )
    _write_parameters(figure.add_subplot(grid[1, 2]), truth, outcome.status)
    figure.suptitle(
        f"{outcome.scenario.replace('_', ' ')} in {outcome.target}, "
        f"segments {truth.get('segments', '')}",
        fontsize=13,
    )
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _draw_light_curve(axes: object, injected: InjectedSystem) -> None:
    level = np.nanmedian(injected.host.flux)
    for curve, colour, name in (
        (injected.host, BEFORE, "before"),
        (injected.light_curve, AFTER, "after injection"),
    ):
        axes.plot(curve.time, curve.flux / level, ".", ms=2.5, color=colour, label=name)
    axes.set(xlabel="time (d)", ylabel="flux, not detrended")
    axes.legend(loc="upper left", bbox_to_anchor=(0, 1.14), ncols=2, markerscale=4, frameon=False)


def _draw_fold(
    axes: object, *, flat: list, ephemeris: Ephemeris, reach: tuple[float, float], title: str
) -> None:
    for curve, colour in zip(flat, (BEFORE, AFTER)):
        from_mid = (curve.time - ephemeris.epoch - reach[0]) % ephemeris.period + reach[0]
        near = from_mid <= reach[1]
        axes.plot(24 * from_mid[near], curve.flux[near], ".", ms=2.5, color=colour, alpha=0.5)
    # bins of at most a fifth of the event, so that it is not smoothed away
    bins = int(np.clip((reach[1] - reach[0]) / ephemeris.duration * 5, 40, 400))
    middles, means = _binned(from_mid[near], curve.flux[near], np.linspace(*reach, bins + 1))
    axes.plot(24 * middles, means, "-", lw=1.6, color=SIGNAL, label="binned")
    axes.set(xlabel="hours from mid-event", ylabel="detrended flux", title=title)


def _binned(x: np.ndarray, y: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    index = np.digitize(x, edges) - 1
    count = np.bincount(index.clip(0), minlength=len(edges))[: len(edges) - 1]
    total = np.bincount(index.clip(0), y, minlength=len(edges))[: len(edges) - 1]
    filled = count > 0
    return (0.5 * (edges[1:] + edges[:-1]))[filled], total[filled] / count[filled]


def _write_parameters(axes: object, truth: dict, status: str) -> None:
    axes.axis("off")
    lines = [f"status: {status}"]
    for name, value in truth.items():
        text = f"{value:.5g}" if isinstance(value, float) else str(value)
        lines.append(f"{name}: {text}")
    axes.text(
        0, 1, "\n".join(lines), va="top", family="monospace", fontsize=7.5, transform=axes.transAxes
    )
