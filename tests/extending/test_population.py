"""A population of one .py and one .yaml is drawn from, and its density is that of its draws."""

import importlib

import numpy as np
import pandas as pd
import pytest
from recipe_run import QUICK, done

PATHS = ("exoval/populations/planet_log_normal.py", "conf/population/hot_jupiters.yaml")


def test_its_density_is_that_of_its_draws(add):
    """Monte Carlo: the mean of 1/p over draws in a box is the area of the box."""
    add(*PATHS)
    module = importlib.import_module("exoval.populations.planet_log_normal")
    planets = module.LogNormalPlanets(rate=0.2)
    period, radius = planets.sample(np.random.default_rng(0), 200_000)
    inside = (np.abs(np.log(period / 3.5)) < 0.5) & (np.abs(np.log(radius / 12.0)) < 0.15)
    density = np.exp(planets.log_prob(period, radius)) / 0.2
    assert np.mean(inside / density) == pytest.approx(1.0 * 0.3, rel=0.02)


def test_a_simulation_weighs_by_it(tmp_path, add):
    found = add(*PATHS)
    asked = ("population=hot_jupiters", "scenario=[planet]", "n_systems=4", "views=false")
    done(tmp_path, "simulate", found, *QUICK, *asked, "feature=[ephemeris]", "output=set")
    truth = pd.read_parquet(tmp_path / "set/truth.parquet")
    module = importlib.import_module("exoval.populations.planet_log_normal")
    expected = module.LogNormalPlanets().log_prob(truth.period_days, truth.planet_radius_earth)
    np.testing.assert_allclose(truth.log_prior - truth.log_transit_probability, expected, rtol=1e-9)
