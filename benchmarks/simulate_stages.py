"""Time of a simulated example by stage, on one thread.

    python benchmarks/simulate_stages.py [examples per scenario]

Prints a table and, last, one line of JSON. Hosts are real Kepler quarters if EXOVAL_DATA has any,
else procedural ones.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import defaultdict

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument(
        "examples", type=int, nargs="?", default=40, help="examples per scenario; default: 40"
    )
    OPTIONS = parser.parse_args()

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from hydra import compose, initialize_config_module
from hydra.utils import instantiate

from exoval.errors import ExovalError
from exoval.measure import measure
from simulate.example import Simulation, example_rng, inject_example
from simulate.run import make_simulation


def build_simulation() -> Simulation:
    with initialize_config_module("conf", version_base="1.3"):
        built = instantiate(compose("simulate"), _convert_="all")
    return make_simulation(**(built | {"views": False}))


def time_example(
    simulation: Simulation, scenario: str, index: int, spent: dict[str, list[float]]
) -> None:
    clock = [time.perf_counter()]

    def lap(stage: str) -> None:
        clock.append(time.perf_counter())
        spent[stage].append(clock[-1] - clock[-2])

    rng = example_rng(simulation.seed, scenario, index)
    host, star = simulation.hosts.draw(rng)
    lap("read host")
    injected = inject_example(simulation, scenario, rng=rng, host=host, star=star)
    lap("draw and inject")
    flat = simulation.recipe.detrend(injected.light_curve)
    lap("detrend")
    event = simulation.recipe.search(flat, star)
    lap("search")
    if event is not None:
        measure(injected.light_curve, event, star, simulation.recipe)
        lap("measure")


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    simulation = build_simulation()
    spent: dict[str, list[float]] = defaultdict(list)
    time_example(simulation, "planet", 10**6, defaultdict(list))  # compile before the clock runs
    for scenario in simulation.scenarios:
        for index in range(options.examples):
            try:
                time_example(simulation, scenario, index, spent)
            except ExovalError:
                continue
    total = sum(float(np.sum(times)) for times in spent.values())
    count = len(spent["search"])
    print(f"hosts: {simulation.hosts.describe()}")
    print(f"{'stage':18s}{'median ms':>12s}{'mean ms':>12s}{'share':>9s}")
    for stage, times in spent.items():
        print(
            f"{stage:18s}{1e3 * np.median(times):12.1f}{1e3 * np.mean(times):12.1f}"
            f"{np.sum(times) / total:9.1%}"
        )
    print(f"{count} examples, {count / total:.1f} a second on one thread")
    last_line(
        {
            "examples_per_second": round(count / total, 3),
            "search_share": round(float(np.sum(spent["search"])) / total, 4),
            **{
                f"ms_{stage.replace(' ', '_')}": round(1e3 * float(np.median(times)), 3)
                for stage, times in spent.items()
            },
        },
        options,
    )


if __name__ == "__main__":
    main(OPTIONS)
