"""Every mission's yaml makes stars and light curves that its own settings describe."""

from pathlib import Path

import numpy as np
import pytest
from hydra import compose, initialize_config_module
from hydra.utils import instantiate

import conf
from exoval.missions.mission import Mission
from simulate.hosts import ProceduralHosts

NAMES = sorted(path.stem for path in (Path(conf.__file__).parent / "mission").glob("*.yaml"))


@pytest.fixture(scope="module", params=NAMES)
def mission(request) -> Mission:
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("simulate", [f"mission={request.param}"])
    return instantiate(config.mission, _convert_="all")


def test_it_is_a_mission_with_stars_of_its_own(mission):
    hosts = ProceduralHosts(mission)
    stars = [hosts.star(number)[0] for number in range(40)]
    magnitudes = np.array([star.magnitude for star in stars])
    assert (magnitudes >= mission.targets.brightest).all()
    assert (magnitudes <= mission.targets.faintest).all()
    assert np.ptp(magnitudes) > 0.5 * (mission.targets.faintest - mission.targets.brightest)
    assert len({star.teff for star in stars}) > 30
    for star in stars:
        assert all(
            np.isfinite(getattr(star, name))
            for name in ("radius", "mass", "teff", "logg", "ra", "dec")
        )


def test_a_light_curve_has_the_cadences_the_schedule_promises(mission):
    schedule = mission.noise.schedule
    light_curve, _ = ProceduralHosts(mission).draw(np.random.default_rng(1))
    assert len(light_curve.segments) == schedule.segments
    assert np.all(np.diff(light_curve.time) > 0.99 * mission.exposure_days)
    assert np.median(np.diff(light_curve.time)) == pytest.approx(mission.exposure_days, rel=1e-6)
    spanned = schedule.segments * (schedule.segment_days + schedule.between_days)
    assert 0.8 * spanned < light_curve.baseline + schedule.between_days <= 1.001 * spanned
    assert light_curve.band == mission.band


def test_three_events_of_the_longest_period_fit(mission):
    schedule = mission.noise.schedule
    spanned = schedule.segments * schedule.segment_days
    assert 3 * mission.maximum_period_days <= 1.02 * spanned


def test_the_scatter_from_cadence_to_cadence_is_the_stated_error(mission):
    """Differences of neighbouring cadences know nothing of what is slow."""
    hosts = ProceduralHosts(mission, segments=1)
    ratios = []
    for number in range(8):
        light_curve, _ = hosts.draw(np.random.default_rng(number))
        steps = np.diff(light_curve.flux)[np.diff(light_curve.time) < 1.5 * light_curve.exposure]
        scatter = 1.4826 * np.median(np.abs(steps)) / np.sqrt(2)
        ratios.append(scatter / np.median(light_curve.flux_error))
    assert 0.8 < np.median(ratios) < 2.0


def test_the_same_seed_makes_the_same_light_curve(mission):
    hosts = ProceduralHosts(mission, segments=1)
    one, other = (hosts.draw(np.random.default_rng(5)) for _ in range(2))
    assert one[1] == other[1]
    assert np.array_equal(one[0].flux, other[0].flux)
