"""Figures of one system of every scenario, without a host light curve."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from exoval.missions.mission import Mission
from exoval.pages.plot_system import plot_system
from exoval.physics.transit_flux import TransitModel
from exoval.running.output_path import make_folder
from exoval.star import Star
from simulate.example import NOISE_DAYS, example_rng
from simulate.observation import Observation
from simulate.scenarios.scenario import Scenario

log = logging.getLogger(__name__)


def draw_and_plot(
    *,
    scenario: Mapping[str, Scenario],
    mission: Mission,
    star: Star,
    seed: int,
    output: str | Path,
    transit_model: TransitModel,
    baseline_days: float = 90.0,
    noise_ppm: float = 60.0,
    population: Mapping[str, object] | None = None,
) -> list[Path]:
    """Write ``SCENARIO-SEED.png`` for every scenario to ``output`` and return the paths.

    The system is that of example 0 of a run with this seed, around ``star``, observed for
    ``baseline_days`` with ``noise_ppm`` on six hours. ``population`` gives limb darkening and
    phase curves; the scenarios already hold its other parts. Raises DataNotFound if the folder
    cannot be written, ExovalError without matplotlib.
    """
    output = make_folder(output)
    observation = Observation(
        star=star,
        start=0.0,
        baseline=baseline_days,
        exposure=mission.exposure_days,
        noise_ppm=noise_ppm,
        noise_days=NOISE_DAYS,
        band=mission.band,
        blend_radius_arcsec=mission.blend_radius_arcsec,
    )
    paths = []
    for name, drawer in scenario.items():
        rng = example_rng(seed, name, 0)
        system = drawer.draw(rng, observation)
        for part in ("limb_darkening", "phase_curves"):
            if part in (population or {}):
                system = population[part].dress(rng, system)
        path = output / f"{name}-{seed}.png"
        plot_system(system, mission.exposure_days, transit_model).savefig(path, dpi=110)
        log.info("wrote %s", path)
        paths.append(path)
    return paths
