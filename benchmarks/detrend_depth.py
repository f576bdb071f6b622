"""Effect of detrending on the depth of transits in real light curves, and residual scatter.

    python benchmarks/detrend_depth.py [--small] [--picture docs/results/detrend_depth.png]
    python benchmarks/detrend_depth.py --long-events [--light-curves 45]

Transits of 1-12 hours are injected into real Kepler quarters and TESS sectors. For every detrending
and window the bias of the depth is measured twice: as in the search (the event influences the
trend), and as in ``measure`` (the found event is masked and the light curve detrended again). The
cost of a window is the residual scatter on six hours, over that of the same hosts with a one-day
biweight. Draws a figure, prints a table and, last, one line of JSON. Needs EXOVAL_DATA.

With ``--long-events`` events of 0.5-3 days are injected into made-up PLATO light curves of a
quarter. The windows are several multiples of 1.11 days, the longest trial duration of a search up
to 400 days. Needs no data and draws nothing.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from command_line import command_line, last_line, written

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("--small", action="store_true", help="two light curves, no figure")
    parser.add_argument("--light-curves", type=int, default=45, help="Kepler quarters; default 45")
    parser.add_argument(
        "--long-events", action="store_true", help="events of 0.5-3 days in PLATO light curves"
    )
    parser.add_argument("--picture", type=written, default=Path("docs/results/detrend_depth.png"))
    OPTIONS = parser.parse_args()

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd

from exoval.allow_list import CONF
from exoval.detrend.biweight import Biweight
from exoval.detrend.detrend import Detrend
from exoval.detrend.median import Median
from exoval.detrend.quietest import Quietest
from exoval.detrend.spline import Spline
from exoval.ephemeris import Ephemeris
from exoval.errors import ExovalError
from exoval.folded.trapezoid import trapezoid
from exoval.lightcurve import LightCurve
from exoval.missions.kepler import kepler
from exoval.missions.mission_file import read_mission
from exoval.missions.tess import tess
from exoval.noise.differential_precision import differential_precision
from exoval.noise.robust_scatter import robust_scatter
from exoval.running.output_path import make_folder
from exoval.running.progress import progress
from exoval.search.refine import refine
from simulate.hosts import Hosts, ProceduralHosts, RealHosts

DURATION_HOURS = (1, 2, 3, 4, 6, 8, 10, 12)
#: transit depth over the noise of a single cadence; deeper ones are easy to tell from a trend
STRENGTHS = (1.0, 10.0)
#: of all events together; enough to measure the bias of one light curve to a few per cent
EVENTS = 4
DETRENDS = {
    "biweight 1 d": Biweight(window_days=1.0),
    "biweight 1.5 d": Biweight(window_days=1.5),
    "biweight 2 d": Biweight(window_days=2.0),
    "biweight 3 d": Biweight(window_days=3.0),
    "median 1.5 d": Median(window_days=1.5),
    "spline 1.5 d": Spline(1.5),
    "spline 2 d": Spline(2.0),
}
REFERENCE = "biweight 1 d"
#: of PLATO: durations, and the longest period in days, whose longest boxes are 1.11 days
LONG_HOURS = (12, 18, 24, 36, 48, 72)
LONG_PERIOD = 400.0
LONG_DETRENDS = {
    **{f"biweight {days:g} d": Biweight(window_days=days) for days in (1.5, 2.2, 3.3, 4.4)},
    "quietest 1.5 d": Quietest(),
    "quietest for 400 d": Quietest(longest_period_days=LONG_PERIOD),
}
STAGES = ("search", "measure", "measure_alone")


def hosts_of(mission: str) -> Hosts:
    """Hosts of one quarter or sector, real except for PLATO."""
    if mission == "plato":
        return ProceduralHosts(mission=read_mission(CONF[0] / "mission/plato.yaml"), segments=1)
    return RealHosts(mission={"kepler": kepler, "tess": tess}[mission]())


def dimmed(host: LightCurve, ephemeris: Ephemeris, depth: float) -> tuple[LightCurve, np.ndarray]:
    """The host with a trapezoid transit, and the relative flux it loses, cadence by cadence."""
    phase = ephemeris.time_from_mid_event(host.time) / ephemeris.duration
    lost = depth * trapezoid(phase, depth=1.0, duration=1.0, ingress_share=0.1, offset=0.0)
    return host.with_flux(host.flux * (1 - lost)), lost


def depth_ratio(
    flat: LightCurve, host: LightCurve, lost: np.ndarray, ephemeris: Ephemeris
) -> float:
    """Light missing in the event over the injected loss, relative to one duration beside it."""
    offset = np.abs(ephemeris.time_from_mid_event(flat.time)) / ephemeris.duration
    inside, beside = offset < 0.5, (offset > 0.6) & (offset < 1.5)
    if inside.sum() < 4 or beside.sum() < 8:
        return np.nan
    taken = lost[np.searchsorted(host.time, flat.time)]
    return float((flat.flux[beside].mean() - flat.flux[inside].mean()) / taken[inside].mean())


def residual_ppm(flat: LightCurve) -> float:
    """Standard deviation of six-hour means of a flat light curve, outliers cut at five sigma."""
    means = []
    for segment in flat.segments:
        index = np.floor(flat.time[segment.cadences] / 0.25).astype(int)
        frame = pd.DataFrame({"flux": flat.flux[segment.cadences]}).groupby(index).flux
        means.append(frame.mean()[frame.count() > 0.5 * frame.count().median()])
    values = np.concatenate(means)
    spread = robust_scatter(values)
    return 1e6 * float(np.std(values[np.abs(values - np.median(values)) < 5 * spread]))


def depth_in_noise(host: LightCurve, strength: float) -> float:
    """Relative depth that is ``strength`` times the noise of half an hour."""
    return strength * 1e-6 * differential_precision(host, hours=6.0) * np.sqrt(0.25 * 48)


def trials_on(
    host: LightCurve, hours: float, rng: np.random.Generator, detrends: Mapping[str, Detrend]
) -> list[dict]:
    """Depth ratios of injections at one position by every detrending.

    The noise at that position is known from the host without the injection, with the position
    masked from the trend. It is subtracted in ``search`` and ``measure`` but not in
    ``measure_alone``.
    """
    period = host.baseline / EVENTS
    truth = Ephemeris(period, host.time[0] + rng.random() * period, hours / 24)
    rows = []
    for name, detrend in detrends.items():
        alone = detrend(host, truth)
        for strength in STRENGTHS:
            injected, lost = dimmed(host, truth, depth_in_noise(host, strength))
            noise = depth_ratio(alone, host, lost, truth)
            seen = detrend(injected)
            found = refine(seen, truth)
            hidden = detrend(injected, found.ephemeris if found else truth)
            measured = depth_ratio(hidden, host, lost, truth)
            rows.append(
                {
                    "detrend": name,
                    "hours": hours,
                    "strength": strength,
                    "search": depth_ratio(seen, host, lost, truth) - noise - 1,
                    "measure": measured - noise - 1,
                    "measure_alone": measured - 1,
                }
            )
    return rows


def trials(
    mission: str,
    number: int,
    *,
    detrends: Mapping[str, Detrend] = DETRENDS,
    hours: Sequence[float] = DURATION_HOURS,
) -> pd.DataFrame:
    hosts, rng, rows = hosts_of(mission), np.random.default_rng(1), []
    for _ in progress(range(number), total=number, description=f"{mission} light curves"):
        host, _star = hosts.draw(rng)
        for duration in hours:
            try:
                rows += trials_on(host, duration, rng, detrends)
            except ExovalError:
                continue
    return pd.DataFrame(rows).assign(mission=mission)


def residuals(
    mission: str, number: int, *, detrends: Mapping[str, Detrend] = DETRENDS, over: str = REFERENCE
) -> pd.DataFrame:
    """Six-hour scatter and milliseconds of every detrending on hosts without injections."""
    hosts, rng, rows = hosts_of(mission), np.random.default_rng(2), []
    for _ in range(number):
        host, _star = hosts.draw(rng)
        try:
            row = {}
            for name, detrend in detrends.items():
                start = time.perf_counter()
                flat = detrend(host)
                row[name] = residual_ppm(flat), 1e3 * (time.perf_counter() - start)
        except ExovalError:
            continue
        rows += [
            {"detrend": name, "ppm": ppm, "ms": ms, "over_reference": ppm / row[over][0]}
            for name, (ppm, ms) in row.items()
        ]
    return pd.DataFrame(rows).assign(mission=mission)


def median_with_error(values: pd.Series) -> pd.Series:
    values = values.dropna()
    spread = robust_scatter(values)
    return pd.Series(
        {
            "bias": values.median(),
            "scatter": spread,
            "error": 1.2533 * spread / np.sqrt(max(len(values), 1)),
        }
    )


def reading_ms() -> dict[str, float]:
    """Median milliseconds to read one quarter or sector into a light curve."""
    spent = {}
    for mission in ("kepler", "tess"):
        library = hosts_of(mission).library
        times = []
        for target in library.targets()[:40]:
            segment = library.segments(target)[:1]
            start = time.perf_counter()
            library.read(target, segment)
            times.append(1e3 * (time.perf_counter() - start))
        spent[mission] = float(np.median(times))
    return spent


def draw(table: pd.DataFrame, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, 3, figsize=(13, 7.5), layout="constrained", sharex="col")
    for row, mission in zip(axes, ("kepler", "tess")):
        for axis, (title, stage, strength) in zip(
            row,
            (
                ("search, depth = noise of a half hour", "search", 1.0),
                ("search, depth = 10 × noise", "search", 10.0),
                ("measure (event hidden), depth = noise", "measure", 1.0),
            ),
        ):
            part = table[
                (table.mission == mission) & (table.stage == stage) & (table.strength == strength)
            ]
            for number, name in enumerate(DETRENDS):
                line = part[part.detrend == name]
                axis.errorbar(
                    line.hours + 0.06 * (number - 3),
                    100 * line.bias,
                    100 * line.error,
                    label=name,
                    color=f"C{number}",
                    lw=1.4,
                    marker=".",
                    capsize=2,
                )
            axis.axhline(0, color="0.5", lw=0.8)
            axis.axhspan(-1, 1, color="0.9", zorder=0)
            axis.set_title(f"{mission}: {title}", fontsize=10)
        row[0].set_ylabel("median depth bias (%)")
        row[2].set_ylim(-8, 8)
    for axis in axes[1]:
        axis.set_xlabel("transit duration (hours)")
    axes[0, 0].legend(fontsize=8)
    make_folder(path.parent, setting="--picture")
    figure.savefig(path, dpi=110)


def medians(rows: pd.DataFrame) -> pd.DataFrame:
    """Median bias, its scatter and its error, by stage, mission, detrending, strength and hours."""
    stages = [
        rows.groupby(["mission", "detrend", "strength", "hours"])[stage]
        .apply(median_with_error)
        .unstack()
        .reset_index()
        .assign(stage=stage)
        for stage in STAGES
    ]
    return pd.concat(stages)


def long_events(options: argparse.Namespace) -> None:
    """Bias of events of half a day to three days in PLATO light curves, and the cost of windows."""
    number = 2 if options.small else options.light_curves
    table = medians(trials("plato", number, detrends=LONG_DETRENDS, hours=LONG_HOURS))
    costs = residuals("plato", 2 * number, detrends=LONG_DETRENDS, over="quietest 1.5 d")
    report(table, costs, LONG_DETRENDS)
    found = table[(table.stage != "measure_alone")]
    last_line(
        {
            f"{stage}_{detrend.replace(' ', '_')}_depth_{strength:g}": {
                f"{hours:g}": round(float(bias), 4) for hours, bias in zip(part.hours, part.bias)
            }
            for (stage, detrend, strength), part in found.groupby(["stage", "detrend", "strength"])
        }
        | {"scatter": costs.groupby("detrend").over_reference.median().round(3).to_dict()},
        options,
    )


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    if options.long_events:
        long_events(options)
        return
    number = 2 if options.small else options.light_curves
    # fewer two-minute light curves, since they have more cadences
    numbers = {"kepler": number, "tess": max(number // 3, 2)}
    rows = pd.concat([trials(mission, count) for mission, count in numbers.items()])
    table = medians(rows)
    costs = pd.concat([residuals(mission, 3 * count) for mission, count in numbers.items()])
    report(table, costs, DETRENDS)
    if not options.small:
        draw(table, options.picture)
    last_line(summary(table, costs) | {"read_ms": reading_ms()}, options)


def report(table: pd.DataFrame, costs: pd.DataFrame, detrends: Mapping[str, Detrend]) -> None:
    for (mission, stage, strength), part in table.groupby(["mission", "stage", "strength"]):
        print(
            f"\n{mission}, {stage}, depth {strength:g} × half-hour noise: median bias in % by hours"
        )
        shown = 100 * part.pivot(index="detrend", columns="hours", values="bias")
        print(shown.loc[list(detrends)].round(2).to_string())
        worst = 100 * part.groupby("detrend").error.max()
        print(
            "largest error of a median (%): "
            + ", ".join(f"{name} {worst[name]:.2f}" for name in detrends)
        )
    print("\nsix-hour scatter left over that of the reference, and milliseconds")
    quantiles = costs.groupby(["mission", "detrend"]).agg(
        ppm_median=("ppm", "median"),
        ratio_median=("over_reference", "median"),
        ratio_90=("over_reference", lambda v: v.quantile(0.9)),
        ratio_max=("over_reference", "max"),
        ms=("ms", "median"),
    )
    print(quantiles.round(3).to_string())


def summary(table: pd.DataFrame, costs: pd.DataFrame) -> dict:
    default = f"biweight {Biweight().window_days:g} d"
    chosen = table[(table.detrend == default)]
    worst = {
        f"worst_median_bias_{stage}_{mission}_depth_{strength:g}": round(
            float(part.bias.abs().max()), 4
        )
        for (stage, mission, strength), part in chosen.groupby(["stage", "mission", "strength"])
    }
    over = costs[costs.detrend == default].groupby("mission").over_reference
    return {
        "default": default,
        **worst,
        "scatter_over_one_day": {
            key: round(float(value), 3) for key, value in over.median().items()
        },
    }


if __name__ == "__main__":
    main(OPTIONS)
