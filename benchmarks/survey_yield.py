"""Planets that a mission would find: the share recovered by radius and period.

    python benchmarks/survey_yield.py plato_two_years [--planets 24] [--bright 10.4] \
        [--radii 0.8 1.25] [--periods 300 390]

Takes an experiment of ``python -m simulate`` (or any overrides, such as ``mission=tess_120s``). In
every cell of radius and period it injects ``--planets`` transiting planets, at random impact
parameters, into its light curves and searches them blind. Small planets are not left out: an
undetectable one counts as missed. Shares are given for all stars and for those brighter than
``--bright`` (the mission's band), with Jeffreys' 68 % intervals. Planets of 180 ppm and deeper are
also counted separately: all of them, those with as many transits in the data as the search
requires, and among these the ones whose expected signal, in the light curve's own noise on six
hours, is above the threshold. Events found without an injection are counted too. The last line is
one JSON object.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("experiment", help="name of an experiment, or an override of simulate")
    parser.add_argument("overrides", nargs="*")
    parser.add_argument("--planets", type=int, default=24, help="planets in every cell")
    parser.add_argument("--bright", type=float, default=10.4, help="magnitude (PLATO: V = 11)")
    parser.add_argument("--radii", type=float, nargs=2, help="one range instead of all")
    parser.add_argument("--periods", type=float, nargs=2, help="one range instead of all")
    parser.add_argument("--workers", type=int, default=0)
    OPTIONS = parser.parse_args()

import numpy as np
from hydra import compose, initialize_config_module
from hydra.utils import instantiate
from omegaconf import DictConfig
from share import as_text, share

from simulate.example import KEPT, RECOVERED, VISIBLE, Outcome, Simulation
from simulate.executor import Batch, Executor
from simulate.run import make_simulation

RADII = ((0.8, 1.25), (1.25, 2.0), (2.0, 4.0), (4.0, 8.0), (8.0, 14.0))
PERIODS = ((1.0, 10.0), (10.0, 50.0), (50.0, 200.0), (200.0, 400.0))
BATCH = 4
#: ppm that Panopticon (Vivien et al. 2025, A&A 694, A293) finds nearly always, transit by transit
DEEP = 180.0


def built(overrides: list[str]) -> tuple[DictConfig, Simulation]:
    """The configuration and the simulation that it describes."""
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("simulate", [*overrides, "output=none"])
    parts = instantiate(config, _convert_="all")
    return config, make_simulation(**(parts | {"feature": {}, "views": False}))


def of_one_cell(
    simulation: Simulation, radii: tuple[float, float], periods: tuple[float, float], number: int
) -> Simulation:
    """The simulation with planets of one cell alone."""
    # undetectably small planets are raised to at most 0.8 of the largest radius; a narrow range of
    # radii keeps them in the cell
    planet = replace(
        simulation.scenarios["planet"],
        minimum_radius_earth=radii[0],
        maximum_radius_earth=radii[1],
        minimum_period_days=periods[0],
        maximum_period_days=periods[1],
    )
    return replace(simulation, seed=simulation.seed + 1000 * number, scenarios={"planet": planet})


def outcomes_of(
    simulation: Simulation, scenario: str, size: int, executor: Executor
) -> list[Outcome]:
    """The outcomes of ``size`` examples."""
    batches = [Batch(scenario, first, min(first + BATCH, size)) for first in range(0, size, BATCH)]
    return [one for _, done in executor.run(simulation, batches) for one in done]


def magnitude_of(simulation: Simulation, target: str) -> float:
    """Magnitude of a host in the mission's band."""
    if simulation.hosts.kind == "procedural":
        return simulation.hosts.star(int(target.split()[-1]))[0].magnitude
    return simulation.hosts.library.star(target).magnitude


def share_of(found: np.ndarray) -> dict:
    """Share, interval and number of a boolean sample."""
    return share(int(found.sum()), len(found))


def deep_ones(planets: list[dict], simulation: Simulation) -> dict:
    """Shares of deep planets that are found, among all and among the detectable ones."""
    deep = [one for one in planets if one["depth"] >= DEEP]
    enough = [one for one in deep if one["transits"] >= simulation.recipe.search.minimum_transits]
    visible = [one for one in enough if one["signal"] >= simulation.recipe.search.threshold]
    groups = {
        "all": deep,
        "bright": [one for one in deep if one["bright"]],
        "enough transits": enough,
        "enough transits and signal": visible,
        "enough transits and signal, bright": [one for one in visible if one["bright"]],
    }
    return {
        which: share_of(np.array([one["found"] for one in of], dtype=bool))
        for which, of in groups.items()
    }


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    first = options.experiment
    first = first if "=" in first else f"experiment={first}"
    config, simulation = built([first, *options.overrides])
    executor, start = Executor(options.workers), time.perf_counter()
    cells, planets = [], []
    longest = config.mission.maximum_period_days
    print(f"{'radius':>12}{'period':>12}{'all stars':>24}{'bright':>24}")
    for number, (radii, periods) in enumerate(
        (radii, periods)
        for radii in ([tuple(options.radii)] if options.radii else RADII)
        for periods in ([tuple(options.periods)] if options.periods else PERIODS)
        if periods[0] < longest
    ):
        periods = (max(periods[0], config.mission.minimum_period_days), min(periods[1], longest))
        done = [
            one
            for one in outcomes_of(
                of_one_cell(simulation, radii, periods, number),
                "planet",
                options.planets,
                executor,
            )
            if one.truth
        ]
        found = np.array([one.status in (RECOVERED, KEPT) for one in done])
        bright = np.array([magnitude_of(simulation, one.target) < options.bright for one in done])
        cells.append(
            {
                "radius_earth": radii,
                "period_days": periods,
                "share_found": {"all": share_of(found), "bright": share_of(found[bright])},
            }
        )
        planets += [
            {
                "depth": one.truth["depth_ppm"],
                "found": hit,
                "bright": shone,
                "transits": one.truth["n_transits_in_data"],
                "signal": one.truth["expected_snr"],
            }
            for one, hit, shone in zip(done, found, bright)
        ]
        print(
            f"{radii[0]:5g} -{radii[1]:5g}{periods[0]:6g} -{periods[1]:4g}"
            + "".join(f"{as_text(one):>24}" for one in cells[-1]["share_found"].values()),
            flush=True,
        )
    report = {
        "cells": cells,
        f"deeper_than_{DEEP:g}_ppm": {"share_found": deep_ones(planets, simulation)},
    }
    if "no_transit" in simulation.scenarios:
        empty = outcomes_of(simulation, "no_transit", 2 * options.planets, executor)
        report["found_without_a_planet"] = share_of(
            np.array([one.status not in (VISIBLE,) for one in empty])
        )
        print(f"found where nothing was injected: {as_text(report['found_without_a_planet'])}")
    for which, of in report[f"deeper_than_{DEEP:g}_ppm"]["share_found"].items():
        print(f"planets of {DEEP:g} ppm and deeper, {which}: {as_text(of)}")
    print(f"{time.perf_counter() - start:.0f} s")
    last_line(report, options)


if __name__ == "__main__":
    main(OPTIONS)
