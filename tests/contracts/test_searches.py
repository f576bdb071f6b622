"""Every search of conf/search finds a strong dip, invents none and survives any light curve."""

from __future__ import annotations

import time as clock
from pathlib import Path

import numpy as np
import pytest
from hydra import compose, initialize_config_module
from hydra.utils import instantiate

from exoval.ephemeris import Ephemeris
from exoval.errors import ExovalError
from exoval.lightcurve import LightCurve, Segment
from exoval.star import Star

NAMES = sorted(path.stem for path in (Path(__file__).parents[2] / "conf/search").glob("*.yaml"))
STAR = Star(
    target="KIC 1", radius=1.0, mass=1.0, teff=5772.0, logg=4.44, metallicity=0.0, magnitude=12.0
)
NOISE, CADENCE = 1e-4, 0.0204
TRUTH = Ephemeris(11.3, 4.0, 0.2)
TIME = np.arange(0.0, 60.0, CADENCE)
#: seconds for a light curve of a few thousand cadences; TLS takes one
PATIENCE = 20.0


@pytest.fixture(scope="module", params=NAMES)
def search(request):
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("simulate", [f"search={request.param}"])
    return instantiate(config.search, _convert_="all")


def light_curve(time=TIME, depth=0.0, seed=0):
    flux = 1 + NOISE * np.random.default_rng(seed).standard_normal(len(time))
    flux -= depth * TRUTH.in_event(time)
    return LightCurve(
        target="KIC 1",
        mission="kepler",
        time=time,
        flux=flux,
        flux_error=np.full(len(time), NOISE),
        exposure=CADENCE,
        segments=(Segment(number=1, start=0, stop=len(time)),),
    )


def test_all_five_are_there():
    assert {"astropy_bls", "box", "known_ephemeris", "single_event", "tls"} <= set(NAMES)


def test_a_strong_dip_is_found_on_its_events(search):
    event = search(light_curve(depth=2e-3), STAR, TRUTH)
    assert abs(TRUTH.time_from_mid_event(event.ephemeris.epoch)) < 0.25 * TRUTH.duration
    # one event in so many: a matched filter for single events may give a multiple of the period
    cycles = event.ephemeris.period / TRUTH.period
    assert cycles == pytest.approx(round(cycles), abs=0.02)
    assert event.depth == pytest.approx(2e-3, rel=0.2)
    assert event.ephemeris.duration == pytest.approx(0.2, rel=0.35)
    assert event.signal_to_noise > 20
    assert event.transit_count >= 1
    assert event.source


def test_its_numbers_are_plain_floats(search):
    event = search(light_curve(depth=2e-3), STAR, TRUTH)
    values = (
        event.ephemeris.period,
        event.ephemeris.epoch,
        event.ephemeris.duration,
        event.depth,
        event.signal_to_noise,
        event.signal_detection_efficiency,
    )
    assert {type(value) for value in values} <= {float, np.float64}
    assert isinstance(event.transit_count, int)


def test_noise_alone_gives_nothing(search):
    assert [search(light_curve(seed=seed), STAR) for seed in (1, 2)] == [None, None]


def test_the_level_of_the_noise_does_not_matter(search):
    curve = light_curve(depth=2e-3)
    deeper = curve.with_flux(1 + 3 * (curve.flux - 1), 3 * curve.flux_error)
    one, other = (search(each, STAR, TRUTH) for each in (curve, deeper))
    assert other.ephemeris.period == pytest.approx(one.ephemeris.period, rel=1e-3)
    assert other.signal_to_noise == pytest.approx(one.signal_to_noise, rel=0.02)
    assert other.depth == pytest.approx(3 * one.depth, rel=0.02)


def test_the_same_light_curve_gives_the_same_event_and_stays_as_it_was(search):
    curve = light_curve(depth=1e-3)
    before = curve.flux.copy(), curve.time.copy(), curve.flux_error.copy()
    rng = np.random.default_rng
    assert repr(search(curve, STAR, TRUTH, rng(1))) == repr(search(curve, STAR, TRUTH, rng(1)))
    assert all(map(np.array_equal, before, (curve.flux, curve.time, curve.flux_error)))


def broken():
    few = light_curve(TIME[:1])
    nan = light_curve()
    holes = np.full(len(TIME), np.nan)
    holes[7] = 1.0
    rng = np.random.default_rng(0)
    yield "one cadence", few
    yield "two cadences", light_curve(TIME[:2])
    yield "one finite flux", nan.with_flux(holes)
    yield "many missing", nan.with_flux(np.where(rng.random(len(TIME)) < 0.5, np.nan, nan.flux))
    yield "zero errors", nan.with_flux(nan.flux, np.zeros(len(TIME)))
    yield "missing errors", nan.with_flux(nan.flux, np.full(len(TIME), np.nan))
    yield (
        "some infinite errors",
        nan.with_flux(nan.flux, np.where(rng.random(len(TIME)) < 0.5, np.inf, NOISE)),
    )
    yield "constant flux", nan.with_flux(np.ones(len(TIME)))
    yield "descending times", light_curve(TIME[::-1].copy())
    yield "shuffled times", light_curve(rng.permutation(TIME))
    yield "repeated times", light_curve(np.repeat(TIME[::2], 2)[: len(TIME)])
    yield "one time", light_curve(np.full(300, 5.0))
    yield "mostly gaps", light_curve(TIME[(TIME < 1.5) | (TIME > 58.5)])
    yield "one huge outlier", nan.with_flux(np.where(np.arange(len(TIME)) == 99, 1e30, nan.flux))


@pytest.mark.parametrize(
    "curve", [each for _, each in broken()], ids=[name for name, _ in broken()]
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_an_odd_light_curve_gives_nothing_or_a_clear_error(search, curve):
    start = clock.process_time()
    try:
        event = search(curve, STAR)
    except ExovalError as error:
        assert "KIC 1" in str(error)
    else:
        assert event is None or np.isfinite(event.signal_to_noise)
    assert clock.process_time() - start < PATIENCE
