"""Cadences of no light at all, which some makers' light curves hold, spoil no truth."""

import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
from hydra import compose, initialize_config_module
from hydra.utils import instantiate

from exoval.missions.described_mission import described_mission
from simulate.example import _truth, inject_example
from simulate.hosts import RealHosts

MISSION = described_mission(
    "dim",
    band="tess",
    exposure_seconds=1800.0,
    pixel_scale_arcsec=21.0,
    blend_radius_arcsec=21.0,
    minimum_period_days=0.5,
    maximum_period_days=9.0,
)


def test_depth_and_strength_are_finite(tmp_path):
    rng = np.random.default_rng(1)
    time = np.arange(0, 27, 1 / 48)
    flux = 100 + rng.standard_normal(len(time))
    flux[[3, 700]] = 0.0
    pd.DataFrame({"time": time, "flux": flux}).to_csv(tmp_path / "STAR_1.csv", index=False)
    pd.DataFrame([{"target": "STAR 1", "radius": 1.0, "teff": 5700.0}]).to_csv(
        tmp_path / "stars.csv", index=False
    )
    hosts = RealHosts(mission=MISSION, folder=str(tmp_path))
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("simulate", ["scenario=[planet]"])
    parts = instantiate(config, _convert_="all")
    population = parts["population"]
    recipe = SimpleNamespace(
        hosts=hosts,
        scenarios=parts["scenario"],
        transit_model=parts["transit_model"],
        **{
            name: population[name]
            for name in ("catalogue_errors", "limb_darkening", "phase_curves")
        },
    )
    host, star = hosts.draw(rng)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        truth = _truth(
            inject_example(recipe, "planet", rng=rng, host=host, star=star), recipe.transit_model, 0
        )
    assert 0 < truth["depth_ppm"] < 1e6
    assert np.isfinite(truth["expected_snr"])
