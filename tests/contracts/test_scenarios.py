"""Every scenario with a yaml draws systems that mean what its name says."""

from pathlib import Path

import numpy as np
import pytest
from hydra import compose, initialize_config_module
from hydra.utils import instantiate

from exoval.labels import LabelMeaning
from exoval.physics.system_flux import system_flux
from exoval.physics.transit_flux import BatmanModel
from exoval.star import Star
from simulate.observation import Observation
from simulate.scenarios.scenario import event_label

CONF = Path(__file__).parents[2] / "conf"
NAMES = sorted(path.stem for path in (CONF / "scenario").glob("*.yaml"))
STARS = {
    "sun": Star(
        target="KIC 1",
        radius=1.0,
        mass=1.0,
        teff=5772.0,
        logg=4.44,
        metallicity=0.0,
        magnitude=12.0,
        ra=290.0,
        dec=44.5,
    ),
    "red dwarf": Star(
        target="KIC 2",
        radius=0.3,
        mass=0.3,
        teff=3300.0,
        logg=4.96,
        metallicity=0.0,
        magnitude=15.0,
        ra=290.0,
        dec=44.5,
    ),
    "giant": Star(
        target="KIC 3",
        radius=11.0,
        mass=1.4,
        teff=4700.0,
        logg=2.5,
        metallicity=-0.3,
        magnitude=11.0,
        ra=290.0,
        dec=44.5,
    ),
    "hot star of unknown place": Star(
        target="KIC 4",
        radius=2.0,
        mass=2.0,
        teff=9000.0,
        logg=4.1,
        metallicity=0.0,
        magnitude=np.nan,
    ),
}


@pytest.fixture(params=NAMES)
def scenario(request):
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("simulate", [f"scenario=[{request.param}]"])
    return request.param, instantiate(config.scenario, _convert_="all")[request.param]


def observation(star, noise=60.0):
    return Observation(
        star=star,
        start=540.0,
        baseline=90.0,
        exposure=0.0204,
        noise_ppm=noise,
        noise_days=0.25,
        band="kepler",
        blend_radius_arcsec=4.0,
    )


@pytest.mark.parametrize("star", STARS.values(), ids=STARS.keys())
def test_draws_are_complete_finite_and_visible_in_principle(scenario, star):
    name, drawer = scenario
    model = BatmanModel()
    for index in range(15):
        system = drawer.draw(np.random.default_rng(index), observation(star))
        assert system.scenario == name
        assert np.isfinite(system.log_proposal)
        assert not np.isnan(system.log_prior)
        assert len(system.further_truth) == max(len(system.orbits) - 1, 0)
        for orbit in system.orbits:
            assert 540 <= orbit.epoch <= 540 + orbit.period
            assert orbit.impact_parameter < 1 + orbit.radius_ratio
            assert orbit.semi_major_axis_ratio * (1 - orbit.eccentricity) > 1 + orbit.radius_ratio
            time = orbit.epoch + np.linspace(-0.5, 0.5, 4001) * orbit.period
            light = system_flux(time, system, exposure=0.0, transit_model=model)
            assert light.flux.max() == 1.0
            assert 0 <= light.flux.min() < 1


def test_it_declares_what_its_label_means(scenario):
    _, drawer = scenario
    assert isinstance(drawer.meaning, LabelMeaning)
    system = drawer.draw(np.random.default_rng(2), observation(STARS["sun"]))
    assert (drawer.meaning.transits == "nothing") is (system.signal is None)
    radius_earth = np.nan if system.signal is None else system.truth.get("planet_radius_earth")
    assert (drawer.meaning.transits == "planet") is (radius_earth is not None and radius_earth > 0)


def test_only_a_planet_of_the_target_counts_as_planet():
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("simulate", [f"scenario=[{','.join(NAMES)}]"])
    scenarios = instantiate(config.scenario, _convert_="all")
    meanings = {event_label(name, one): one.meaning for name, one in scenarios.items()}
    assert [label for label, one in meanings.items() if one.counts_as_planet] == ["planet"]
    # scenarios that share a label mean the same by it, and no two labels look alike
    assert all(meanings[event_label(n, one)] == one.meaning for n, one in scenarios.items())
    shorts = [one.short for one in meanings.values()]
    assert len(set(shorts)) == len(shorts)


def test_one_seed_gives_one_system(scenario):
    _, drawer = scenario
    one, other = (
        drawer.draw(np.random.default_rng(3), observation(STARS["sun"])) for _ in range(2)
    )
    assert one == other


def test_on_target_scenarios_keep_the_photocentre_on_the_target(scenario):
    _, drawer = scenario
    system = drawer.draw(np.random.default_rng(1), observation(STARS["sun"]))
    if system.signal is None:
        return
    eclipsed = next(source for source in system.sources if source.orbit is not None)
    on_target = eclipsed.offset_column == eclipsed.offset_row == 0
    assert on_target is drawer.meaning.on_target


def test_geometry_of_planets_averages_to_the_stars_over_the_axis():
    """The stored prior holds the chance of transit: circular orbits (R1 + R2) / a, Winn eq. 9."""
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("simulate", ["scenario=[planet]"])
    planet = instantiate(config.scenario, _convert_="all")["planet"]
    seen = []
    for index in range(400):
        system = planet.draw(np.random.default_rng(index), observation(STARS["sun"]))
        orbit = system.signal
        occurrence = planet.occurrence.log_prob(orbit.period, system.truth["planet_radius_earth"])
        if np.isfinite(occurrence):
            geometry = np.exp(system.log_prior - occurrence)
            window = (1 + orbit.radius_ratio) / orbit.semi_major_axis_ratio
            seen.append(geometry / window * (1 - orbit.eccentricity**2))
    # averaged over periastron angles (1 + e sin w) is 1
    assert np.mean(seen) == pytest.approx(1, abs=0.05)
