"""Planets are found behind the waves of their stars, and nothing else is taken for a wave."""

from dataclasses import replace

import numpy as np
import pytest
from noisy_boxes import NOISE, drift, light_curve, sampling

from exoval.ephemeris import Ephemeris
from exoval.injection.inject import inject
from exoval.search.box_search import BoxSearch
from exoval.search.prewhiten import prewhitened, wave_spectrum
from exoval.search.refine import box_event, box_gain
from exoval.star import Star
from exoval.system import Orbit, Source, System

STAR = Star(target="KIC 1")
QUARTER = sampling(90)
PLANET = Ephemeris(7.3, 133.0, 0.15)


def with_wave(curve, period, amplitude, phase=0.3):
    return replace(
        curve, flux=curve.flux + amplitude * np.sin(2 * np.pi * (curve.time / period + phase))
    )


def test_the_gain_of_a_wave_is_that_of_its_amplitude():
    amplitude = 3 * NOISE
    spectrum = wave_spectrum(with_wave(light_curve(QUARTER), 0.83, amplitude))
    # sum of sin^2 over the noise's variance
    assert spectrum.strongest == pytest.approx(
        0.5 * len(QUARTER) * (amplitude / NOISE) ** 2, rel=0.1
    )
    assert spectrum.frequency[np.argmax(spectrum.gain)] == pytest.approx(1 / 0.83, abs=0.3 / 90)


def test_noise_has_no_strong_wave():
    assert wave_spectrum(light_curve(QUARTER)).strongest < 35


@pytest.mark.parametrize("period", [0.31, 0.83, 1.37])
def test_a_planet_is_found_behind_a_wave(period):
    hidden = with_wave(light_curve(QUARTER, (PLANET, 25)), period, 20 * NOISE)
    without = BoxSearch(prewhiten=0)(hidden, STAR)
    assert drift(without.ephemeris, PLANET, QUARTER) > 1
    event = BoxSearch(prewhiten=1)(hidden, STAR)
    assert drift(event.ephemeris, PLANET, QUARTER) < 0.3
    assert event.signal_to_noise == pytest.approx(25, abs=4)
    assert BoxSearch()(hidden, STAR) == event


def test_a_planet_is_found_behind_several_waves():
    hidden = light_curve(QUARTER, (PLANET, 25))
    for number, period in enumerate((0.41, 0.47, 0.83, 1.9)):
        hidden = with_wave(hidden, period, (20 - 4 * number) * NOISE, 0.1 * number)
    assert drift(BoxSearch()(hidden, STAR).ephemeris, PLANET, QUARTER) < 0.3


def test_without_waves_nothing_changes():
    for planet, strength in (
        (PLANET, 20),
        (Ephemeris(0.9, 131.0, 0.18), 40),
        (Ephemeris(2.0, 131.0, 0.1), 500),
    ):
        curve = light_curve(QUARTER, (planet, strength))
        assert BoxSearch()(curve, STAR) == BoxSearch(prewhiten=0)(curve, STAR)


def test_a_wave_alone_is_reported_as_it_was_found():
    curve = with_wave(light_curve(QUARTER), 0.83, 20 * NOISE)
    event, plain = BoxSearch()(curve, STAR), BoxSearch(prewhiten=0)(curve, STAR)
    assert event.ephemeris == plain.ephemeris


def test_a_contact_binary_keeps_its_period():
    period, amplitude = 0.62, 300 * NOISE
    curve = with_wave(light_curve(QUARTER), period / 2, amplitude, 0.25)
    # the deeper of two minima, and what is not a sinusoid about both
    curve = with_wave(curve, period, 0.1 * amplitude, 0.25)
    curve = with_wave(curve, period / 4, 0.15 * amplitude, 0.25)
    found = BoxSearch()(curve, STAR).ephemeris.period
    assert min(abs(found / (period * multiple) - 1) for multiple in (0.5, 1, 1.5, 2)) < 1e-3


def test_a_wave_goes_and_the_transits_stay():
    curve = light_curve(QUARTER, (PLANET, 60))
    hidden = with_wave(curve, 0.83, 100 * NOISE)
    spectrum = wave_spectrum(hidden)
    clean = prewhitened(hidden, least_gain=0.01 * spectrum.strongest, spectrum=spectrum)
    assert np.std(clean.flux - curve.flux) < 0.1 * NOISE
    assert box_event(clean, PLANET).depth == pytest.approx(box_event(curve, PLANET).depth, rel=0.02)


def test_too_little_data_has_no_spectrum():
    curve = light_curve(QUARTER)
    assert wave_spectrum(curve.keep(np.arange(len(curve)) < 9)) is None
    assert wave_spectrum(curve.keep(curve.time < curve.time[0] + 0.15)) is None


def binary(curve, **orbit):
    source = Source(flux_fraction=1.0, orbit=Orbit(impact_parameter=0.2, **orbit))
    return inject(curve, System(scenario="eclipsing_binary", sources=(source,))).light_curve


@pytest.mark.parametrize(("days", "planet_period"), [(27, 7.3), (90, 2.7), (90, 7.3)])
def test_a_binarys_two_eclipses_are_hidden_and_are_no_waves(days, planet_period):
    # One deep eclipse and one shallower: too few to be periodic, and sinusoids fitted to them leave
    # dips everywhere. The planet in front of the binary is what is periodic
    planet = Ephemeris(planet_period, 133.0, 0.1 * np.cbrt(planet_period))
    time = sampling(days)
    curve = binary(
        light_curve(time, (planet, 30)),
        period=1.3 * days,
        epoch=time[0] + 0.7 * days,
        radius_ratio=0.3,
        semi_major_axis_ratio=20.0,
        surface_brightness_ratio=0.3,
    )
    assert wave_spectrum(curve).strongest > 100**2
    event = BoxSearch(maximum_period_days=days / 3)(curve, STAR)
    assert drift(event.ephemeris, planet, time) < 0.5
    assert event.signal_to_noise == pytest.approx(30, abs=4)


def test_eclipses_that_no_wave_explains_are_not_fitted_by_waves():
    # The wave stands higher above its neighbourhood in the periodogram: its box explains less than
    # the wave, the two eclipses more
    period, epoch = 39.81, 139.56
    curve = binary(
        light_curve(QUARTER),
        period=period,
        epoch=epoch,
        radius_ratio=0.1594,
        semi_major_axis_ratio=58.0,
        surface_brightness_ratio=0.06,
    )
    curve = with_wave(curve, 0.695, 10.86 * NOISE)
    settings = {"minimum_transits": 2, "maximum_period_days": 45.0}
    highest = BoxSearch(**settings, prewhiten=0)(curve, STAR)
    strongest = BoxSearch(**settings).periodogram(curve).power.max()
    assert box_gain(curve, highest.ephemeris) < wave_spectrum(curve).strongest < strongest**2
    event, searched = BoxSearch(**settings).event_and_searched(curve, STAR)
    assert drift(event.ephemeris, Ephemeris(period, epoch, 0.3), QUARTER) < 0.5
    assert event.signal_to_noise > 0.98 * strongest
    np.testing.assert_array_equal(searched.light_curve.flux, curve.flux)
