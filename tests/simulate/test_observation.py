"""Noise on a time scale, against the noise that was put in."""

import math

import numpy as np
import pytest

from exoval.lightcurve import LightCurve, Segment
from exoval.noise.differential_precision import differential_precision
from exoval.star import Star
from simulate.observation import Observation

CADENCE_DAYS = 1 / 48


def white(sigma, levels=(1000.0,), days=400.0, seed=0, slope=0.0):
    """Segments of white noise of relative ``sigma`` a cadence, each at a level of its own."""
    rng = np.random.default_rng(seed)
    size = round(days / CADENCE_DAYS)
    time = np.arange(size * len(levels)) * CADENCE_DAYS
    relative = 1 + sigma * rng.standard_normal(len(time)) + slope * (time % days - 0.5 * days)
    segments = tuple(
        Segment(number=number, start=number * size, stop=(number + 1) * size)
        for number in range(len(levels))
    )
    flux = np.repeat(levels, size) * relative
    return LightCurve(
        target="S",
        mission="kepler",
        time=time,
        flux=flux,
        flux_error=np.ones(len(time)),
        exposure=CADENCE_DAYS,
        segments=segments,
    )


@pytest.mark.parametrize("days", [0.25, 0.5, 1.0])
def test_white_noise_falls_with_the_root_of_the_cadences_in_a_mean(days):
    expected = 300.0 / math.sqrt(days / CADENCE_DAYS)
    assert differential_precision(white(3e-4), hours=24 * days) == pytest.approx(expected, rel=0.08)
    # neither a trend nor the level of a segment is noise
    drifting = white(3e-4, levels=(1000.0, 50.0), slope=1e-4)
    assert differential_precision(drifting, hours=24 * days) == pytest.approx(expected, rel=0.08)


def test_noise_of_too_few_means_is_unknown():
    assert math.isnan(differential_precision(white(3e-4, days=0.7), hours=24 * 0.25))
    assert math.isfinite(differential_precision(white(3e-4, days=3.0), hours=24 * 0.25))


def test_the_detectable_depth_is_that_of_a_box_in_white_noise():
    """Depth over the error of the mean of all cadences in transit is the ratio asked for."""
    sigma, period, duration, baseline = 2e-4, 5.0, 0.2, 90.0
    observation = Observation(
        star=Star(target="S", radius=1.0),
        start=0.0,
        baseline=baseline,
        exposure=CADENCE_DAYS,
        noise_ppm=1e6 * sigma / math.sqrt(0.25 / CADENCE_DAYS),
        noise_days=0.25,
        band="kepler",
        blend_radius_arcsec=4.0,
    )
    in_transit = baseline / period * duration / CADENCE_DAYS
    depth = observation.detectable_depth(period, duration=duration, signal_to_noise=7.0)
    assert depth == pytest.approx(7.0 * sigma / math.sqrt(in_transit))
    # a period longer than the data leaves one event
    assert observation.detectable_depth(
        400.0, duration=duration, signal_to_noise=7.0
    ) == pytest.approx(7.0 * sigma / math.sqrt(duration / CADENCE_DAYS))
