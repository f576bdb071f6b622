"""Detrending takes slow variation away and leaves dips alone."""

import numpy as np
import pytest

from exoval.detrend.biweight import Biweight
from exoval.detrend.point_scatter import point_scatter
from exoval.ephemeris import Ephemeris
from exoval.errors import BadLightCurve, BadParameter
from exoval.lightcurve import LightCurve, Segment


def light_curve(flux, time=None):
    time = np.arange(len(flux)) * 0.02 if time is None else time
    return LightCurve(
        target="KIC 1",
        mission="kepler",
        time=time,
        flux=flux,
        flux_error=np.full(len(flux), 1e-4),
        exposure=0.02,
        segments=(Segment(number=1, start=0, stop=len(flux)),),
    )


@pytest.fixture
def ephemeris():
    return Ephemeris(5.0, 2.0, 0.4)


@pytest.fixture
def noisy(ephemeris):
    rng = np.random.default_rng(1)
    time = np.arange(0, 60, 0.02)
    slow = 1 + 0.002 * np.sin(2 * np.pi * time / 14)
    flux = 5e4 * slow * (1 + 1e-4 * rng.standard_normal(len(time)))
    return light_curve(np.where(ephemeris.in_event(time), flux * 0.99, flux), time)


def test_slow_variation_goes_and_the_scatter_is_the_noise(noisy):
    flat = Biweight()(noisy)
    outside = flat.flux[flat.flux > 0.995]
    assert np.std(outside) == pytest.approx(1e-4, rel=0.2)
    slow = np.std(noisy.flux / 5e4)
    assert np.std(outside) < 0.15 * slow
    assert flat.flux_error[0] == pytest.approx(1e-4, rel=0.1)


def test_depth_survives_when_the_event_is_hidden(noisy, ephemeris):
    flat = Biweight()(noisy, ephemeris)
    depth = 1 - np.mean(flat.flux[ephemeris.in_event(flat.time, 0.9)])
    assert depth == pytest.approx(0.01, rel=0.01)


def test_a_long_event_is_eaten_unless_hidden():
    event = Ephemeris(10.0, 5.0, 1.2)
    time = np.arange(0, 30, 0.02)
    flux = 1 - 0.01 * event.in_event(time) + 1e-5 * np.random.default_rng(0).normal(size=len(time))
    curve = light_curve(flux, time)

    def depth(flat):
        return 1 - flat.flux[event.in_event(flat.time, 0.8)].mean()

    assert depth(Biweight()(curve)) < 0.008
    assert depth(Biweight()(curve, event)) == pytest.approx(0.01, rel=0.02)


def test_segments_are_detrended_apart(noisy):
    half = len(noisy) // 2
    flux = noisy.flux.copy()
    flux[half:] *= 1.3
    stepped = LightCurve(
        target="KIC 1",
        mission="kepler",
        time=noisy.time,
        flux=flux,
        flux_error=noisy.flux_error,
        exposure=0.02,
        segments=(
            Segment(number=1, start=0, stop=half),
            Segment(number=2, start=half, stop=len(flux)),
        ),
    )
    flat = Biweight()(stepped)
    around_the_step = np.abs(flat.time - noisy.time[half]) < 1.5
    assert np.median(flat.flux[around_the_step]) == pytest.approx(1, abs=1e-4)


def test_upward_spikes_go_and_dips_stay(noisy):
    flux = noisy.flux.copy()
    flux[700] *= 1.01
    flux[1500:1503] *= 0.9
    flat = Biweight()(light_curve(flux, noisy.time))
    assert noisy.time[700] not in flat.time
    assert np.isin(noisy.time[1500:1503], flat.time).all()


def test_a_constant_light_curve_is_refused_by_name():
    with pytest.raises(BadLightCurve, match="KIC 1: nothing left"):
        Biweight()(light_curve(np.ones(500)))


def test_a_negative_window_is_refused():
    with pytest.raises(BadParameter, match="window_days=-1"):
        Biweight(window_days=-1)


def test_point_scatter_is_blind_to_slow_variation():
    rng = np.random.default_rng(3)
    flux = np.linspace(0, 1, 20000) + 1e-3 * rng.standard_normal(20000)
    assert point_scatter(flux) == pytest.approx(1e-3, rel=0.03)


@pytest.mark.parametrize("hidden", [False, True])
def test_a_trend_evaluated_in_steps_is_the_trend_of_every_cadence(hidden):
    rng = np.random.default_rng(4)
    time = np.arange(0, 12, 2 / 1440)
    time = time[(time < 5) | (time > 5.2)]
    event = Ephemeris(2.7, 1.0, 0.15)
    flux = (1 + 0.003 * np.sin(2 * np.pi * time / 4)) * (1 - 0.01 * event.in_event(time))
    flux += 5e-4 * rng.standard_normal(len(time))
    flux[rng.choice(len(time), 20)] *= 0.95
    curve = light_curve(flux, time)
    every, some = (
        Biweight(step_days=step)(curve, event if hidden else None) for step in (1e-9, 0.02)
    )
    # the noise of a mean over the whole window is 1.5e-5
    both = np.isin(every.time, some.time), np.isin(some.time, every.time)
    assert abs(len(every) - len(some)) < 5
    assert np.std(every.flux[both[0]] - some.flux[both[1]]) < 1e-5


def test_steps_are_no_longer_than_a_tenth_of_the_window():
    with pytest.raises(BadParameter, match="step_days"):
        Biweight(window_days=0.3, step_days=0.05)
