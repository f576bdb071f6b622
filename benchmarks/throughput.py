"""Events per second of ``python -m simulate`` on one core, stage by stage, beside the usual way.

    python benchmarks/throughput.py [--examples N] [--only CASE ...] [--usual N]

Cases are Kepler's four years with a search and with known ephemerides, a Kepler quarter, and a TESS
sector at two minutes; hosts are real where EXOVAL_DATA has them. Every case runs what a worker
runs, from the draw of a host to the finished batch on disk; the time of each stage is its own,
without that of stages inside it. The usual way does on the same light curves what a script does: a
transit by batman, flattening and a box periodogram by lightkurve (astropy's BoxLeastSquares) at the
same trial periods, depth and signal-to-noise ratio of the best one. Its time is that of one example
with two numbers measured. A second part runs quarters in one worker and in two. The last line is
JSON.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    NAMES = ["kepler_search", "kepler_known", "quarter", "tess_search"]
    parser = command_line(__doc__)
    parser.add_argument("--examples", type=int, default=40, help="examples a case; default: 40")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="CASE")
    parser.add_argument(
        "--usual", type=int, default=2, help="light curves for the usual way; default: 2"
    )
    parser.add_argument(
        "--two-workers", type=int, default=0, help="quarters for one and two workers; default: none"
    )
    OPTIONS = parser.parse_args()

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import batman
import numpy as np
from hydra import compose, initialize_config_module
from hydra.utils import instantiate

import exoval.measure as measuring
import simulate.example as examples
from exoval.injection import inject as injecting
from exoval.lightcurve import LightCurve
from exoval.search.period_grid import duration_scale, ofir_periods
from simulate.example import KEPT, Simulation, example_rng
from simulate.executor import Batch, Executor, run_batch
from simulate.run import make_simulation
from simulate.shards import Shards

CASES = {
    "kepler_search": [
        "experiment=kepler_four_years",
        "mission.maximum_period_days=30",
    ],
    "kepler_known": [
        "experiment=kepler_four_years",
        "mission.maximum_period_days=30",
        "search=known_ephemeris",
    ],
    "quarter": [],
    "tess_search": ["mission=tess_120s"],
}
SCENARIOS = ["planet", "eclipsing_binary", "background_binary", "no_transit"]
BATCH = 4


class Stopwatch:
    """Time spent in functions, each without that of those that it calls."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._open: list[float] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time of the block for a stage."""
        start = time.perf_counter()
        self._open.append(0.0)
        try:
            yield
        finally:
            spent = time.perf_counter() - start
            self.seconds[name] += spent - self._open.pop()
            if self._open:
                self._open[-1] += spent

    def timed(self, name: str, function: Callable) -> Callable:
        """The function, counted for a stage."""

        def wrapped(*arguments: object, **named: object) -> object:
            with self.stage(name):
                return function(*arguments, **named)

        return wrapped


class Timed:
    """An object whose call, or one method, is counted for a stage; all else is its own."""

    def __init__(self, inner: object, watch: Stopwatch, stage: str, method: str = "") -> None:
        self._inner, self._method = inner, method
        self._wrapped = watch.timed(stage, getattr(inner, method) if method else inner)

    def __call__(self, *arguments: object, **named: object) -> object:
        return self._wrapped(*arguments, **named)

    def __getattr__(self, name: str) -> object:
        return self._wrapped if name == self._method else getattr(self._inner, name)


def simulation_of(overrides: list[str]) -> Simulation:
    scenarios = f"scenario=[{','.join(SCENARIOS)}]"
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("simulate", [*overrides, scenarios, "views=false"])
        built = instantiate(config, _convert_="all")
    return make_simulation(**(built | {"views": False}))


@contextmanager
def watched(simulation: Simulation, watch: Stopwatch) -> Iterator[Simulation]:
    """The simulation with its stages under a stopwatch."""
    recipe = simulation.recipe
    timed = replace(
        simulation,
        hosts=Timed(simulation.hosts, watch, "read", "draw"),
        transit_model=Timed(simulation.transit_model, watch, "light"),
        scenarios={
            name: Timed(one, watch, "draw", "draw") for name, one in simulation.scenarios.items()
        },
        recipe=replace(
            recipe,
            detrend=Timed(recipe.detrend, watch, "detrend"),
            search=Timed(recipe.search, watch, "search"),
        ),
    )
    before = examples.inject, examples.measure
    examples.inject = watch.timed("inject", injecting.inject)
    examples.measure = watch.timed("measure", measuring.measure)
    try:
        yield timed
    finally:
        examples.inject, examples.measure = before


def run_case(name: str, options: argparse.Namespace) -> dict:
    """Seconds by stage, examples and kept events of a case, and what the usual way takes."""
    simulation, watch = simulation_of(CASES[name]), Stopwatch()
    run_batch(simulation, Batch("planet", 10**6, 10**6 + 2))  # compiles before the clock runs
    per_scenario = max(options.examples // len(SCENARIOS), 1)
    kept = made = 0
    folder = Path(tempfile.mkdtemp())
    try:
        shards = Shards(folder, fingerprint="benchmark")
        batches = [
            Batch(scenario, start, min(start + BATCH, per_scenario))
            for start in range(0, per_scenario, BATCH)
            for scenario in SCENARIOS
        ]
        shards.expect(dict.fromkeys(SCENARIOS, per_scenario), batch_size=BATCH, shard_size=256)
        with watched(simulation, watch) as timed:
            for batch in batches:
                with watch.stage("other"):
                    outcomes = run_batch(timed, batch)
                with watch.stage("write"):
                    shards.save(batch, outcomes)
                kept += sum(one.status == KEPT for one in outcomes)
                made += batch.stop - batch.start
    finally:
        shutil.rmtree(folder)
    total = sum(watch.seconds.values())
    usual = [usual_way(simulation, index) for index in range(options.usual)]
    return {
        "examples": made,
        "kept": kept,
        "seconds_by_stage": {stage: round(value, 4) for stage, value in watch.seconds.items()},
        "examples_per_second": made / total,
        "events_per_second": kept / total,
        "usual_seconds_an_example": float(np.mean(usual)) if usual else np.nan,
        "ratio_usual_way": float(np.mean(usual)) * made / total if usual else np.nan,
    }


def usual_way(simulation: Simulation, index: int) -> float:
    """Seconds in which a script injects a planet, flattens, searches and measures two numbers."""
    import lightkurve

    host, _ = simulation.hosts.draw(example_rng(simulation.seed, "planet", index))
    search, exposure = simulation.recipe.search, host.exposure
    lowest = getattr(search, "minimum_period_days", 0.5)
    highest = min(getattr(search, "maximum_period_days", 30.0), host.baseline / 2)
    start = time.perf_counter()
    flux = host.flux * batman_transit(host, period=0.3 * highest)
    curve = lightkurve.LightCurve(time=host.time, flux=flux, flux_err=host.flux_error)
    flat = curve.remove_nans().flatten(window_length=2 * int(0.75 / exposure) + 1)
    periods = ofir_periods(host.baseline, minimum_period=lowest, maximum_period=highest)
    durations = duration_scale(1.0) * np.cbrt(2.0) * np.geomspace(0.5, 2.0, 5)
    durations = durations[durations < 0.9 * lowest]
    found = flat.to_periodogram(method="bls", period=periods, duration=durations)
    found.compute_stats(
        period=found.period_at_max_power,
        duration=found.duration_at_max_power,
        transit_time=found.transit_time_at_max_power,
    )
    return time.perf_counter() - start


def batman_transit(host: LightCurve, *, period: float) -> np.ndarray:
    parameters = batman.TransitParams()
    parameters.t0, parameters.per = host.time[0] + 0.4 * period, period
    parameters.rp, parameters.a, parameters.inc = 0.03, 4.2 * period ** (2 / 3), 89.5
    parameters.ecc, parameters.w = 0.0, 90.0
    parameters.u, parameters.limb_dark = [0.4, 0.2], "quadratic"
    model = batman.TransitModel(parameters, host.time, supersample_factor=7, exp_time=host.exposure)
    return model.light_curve(parameters)


def two_workers(number: int) -> dict:
    """Examples per second of quarters in one worker process and in two, and their ratio."""
    simulation = simulation_of(CASES["quarter"])
    batches = [
        Batch(scenario, start, start + BATCH)
        for start in range(0, number // len(SCENARIOS), BATCH)
        for scenario in SCENARIOS
    ]
    run_batch(simulation, batches[0])
    rates = []
    for workers in (1, 2):
        start = time.perf_counter()
        made = sum(
            batch.stop - batch.start for batch, _ in Executor(workers).run(simulation, batches)
        )
        rates.append(made / (time.perf_counter() - start))
    return {"one": rates[0], "two": rates[1], "ratio": rates[1] / rates[0]}


def table(cases: dict[str, dict]) -> str:
    """Milliseconds an example by stage, and events a second, of all cases."""
    stages = dict.fromkeys(stage for case in cases.values() for stage in case["seconds_by_stage"])
    rows = [f"{'ms an example':18s}" + "".join(f"{name:>16s}" for name in cases)]
    for stage in stages:
        values = [
            1e3 * case["seconds_by_stage"].get(stage, 0.0) / case["examples"]
            for case in cases.values()
        ]
        rows.append(f"{stage:18s}" + "".join(f"{value:16.2f}" for value in values))
    for title, entry in (
        ("examples a second", "examples_per_second"),
        ("events a second", "events_per_second"),
        ("times usual way", "ratio_usual_way"),
    ):
        rows.append(f"{title:18s}" + "".join(f"{case[entry]:16.2f}" for case in cases.values()))
    return "\n".join(rows)


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    cases = {name: run_case(name, options) for name in options.only}
    print(table(cases))
    numbers = {
        f"events_per_second_{name}": case["events_per_second"] for name, case in cases.items()
    }
    ratios = [case["ratio_usual_way"] for case in cases.values() if case["ratio_usual_way"] > 0]
    numbers["ratio_usual_way"] = min(ratios, default=np.nan)
    if options.two_workers:
        workers = two_workers(options.two_workers)
        print(f"{workers['one']:.1f} quarters a second in one process, {workers['two']:.1f} in two")
        numbers["speedup_two_workers"] = workers["ratio"]
    last_line(numbers | {"cases": cases}, options)


if __name__ == "__main__":
    main(OPTIONS)
