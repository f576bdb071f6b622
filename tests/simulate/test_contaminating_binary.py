"""Leaked light of a distant binary: how much, where, how often, and what the survey lists."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hydra import compose, initialize_config_module
from hydra.utils import instantiate
from scipy.stats import kstest

from exoval.errors import BadParameter
from exoval.physics.orbit import durations
from exoval.star import Star
from simulate.observation import Observation

OBSERVATION = Observation(
    star=Star(
        target="KIC 1",
        radius=1.0,
        mass=1.0,
        teff=5770.0,
        logg=4.44,
        metallicity=0.0,
        magnitude=12.0,
        ra=290.0,
        dec=44.5,
    ),
    start=540.0,
    baseline=90.0,
    exposure=0.0204,
    noise_ppm=60.0,
    noise_days=0.25,
    band="kepler",
    blend_radius_arcsec=4.0,
)


def scenario(*overrides):
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("simulate", ["scenario=[contaminating_binary]", *overrides])
    return instantiate(config.scenario, _convert_="all")["contaminating_binary"]


@pytest.fixture(scope="module")
def systems():
    drawer = scenario("scenario.contaminating_binary.listed_share=0.4")
    return [drawer.draw(np.random.default_rng(index), OBSERVATION) for index in range(300)]


def test_the_leak_is_log_uniform_from_what_a_total_eclipse_shows(systems):
    shares = np.array([system.sources[0].flux_fraction for system in systems])
    least = OBSERVATION.detectable_depth(0.5, duration=0.05, signal_to_noise=5.0) / 0.5
    assert 1e-5 < least < 1e-3
    place = np.log(shares / least) / np.log(1e-2 / least)
    assert kstest(place, "uniform").pvalue > 1e-3


def test_the_light_is_flat_over_the_aperture(systems):
    offset = [
        math.hypot(system.sources[0].offset_column, system.sources[0].offset_row)
        for system in systems
    ]
    assert 0 < max(offset) <= 0.5 * 3.98
    assert (np.square(offset) / (0.5 * 3.98) ** 2).mean() == pytest.approx(0.5, abs=0.08)


def test_stars_of_every_share_together_are_the_sources_of_a_target(systems):
    """As many per unit of ln share, from the smallest share of the setting to the largest."""
    stars = np.exp([system.truth["log_eligible_stars"] for system in systems])
    np.testing.assert_allclose(stars * math.log(1e-2 / 1e-5), 0.9)


def test_the_survey_lists_some_parents_at_the_ephemeris_of_their_eclipses(systems):
    listed = np.array([system.truth["parent_is_listed"] for system in systems])
    assert listed.mean() == pytest.approx(0.4, abs=0.1)
    for system in systems:
        orbit, truth = system.signal, system.truth
        duration = durations(orbit)[0]
        cycles = (truth["parent_epoch_days"] - orbit.epoch) / orbit.period
        assert abs(cycles - round(cycles)) * orbit.period < 0.1 * duration
        drift = abs(truth["parent_period_days"] - orbit.period) * max(90 / orbit.period, 1)
        assert drift < 0.3 * duration


def test_noise_that_hides_every_leak_leaves_the_largest():
    system = scenario().draw(np.random.default_rng(1), replace(OBSERVATION, noise_ppm=1e6))
    assert 1e-2 / 1.1 <= system.sources[0].flux_fraction <= 1e-2


@pytest.mark.parametrize(
    ("setting", "message"),
    [("least_share=0.02", "give 0 < least_share"), ("listed_share=1.2", "listed_share=1.2")],
)
def test_impossible_shares_are_refused(setting, message):
    with pytest.raises(Exception, match=message) as caught:
        scenario(f"scenario.contaminating_binary.{setting}")
    assert isinstance(caught.value.__cause__ or caught.value, BadParameter)
