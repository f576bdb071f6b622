"""Noise on a time scale, against the noise that was put in."""

import math

import numpy as np
import pytest

from exoval.lightcurve import LightCurve, Segment
from exoval.noise.differential_precision import differential_precision, precision_of_stretch

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
    return LightCurve(
        target="S",
        mission="kepler",
        time=time,
        flux=np.repeat(levels, size) * relative,
        flux_error=np.ones(len(time)),
        exposure=CADENCE_DAYS,
        segments=segments,
    )


@pytest.mark.parametrize("hours", [6.0, 12.0, 24.0])
def test_white_noise_falls_with_the_root_of_the_cadences_in_a_mean(hours):
    expected = 300.0 / math.sqrt(hours / 24 / CADENCE_DAYS)
    assert differential_precision(white(3e-4), hours=hours) == pytest.approx(expected, rel=0.08)
    # neither a trend nor the level of a segment is noise
    drifting = white(3e-4, levels=(1000.0, 50.0), slope=1e-4)
    assert differential_precision(drifting, hours=hours) == pytest.approx(expected, rel=0.08)


def test_noise_of_too_few_means_is_unknown():
    assert math.isnan(differential_precision(white(3e-4, days=0.7), hours=6.0))
    assert math.isfinite(differential_precision(white(3e-4, days=3.0), hours=6.0))


def test_a_stretch_is_a_light_curve_of_one_segment():
    curve = white(3e-4)
    assert precision_of_stretch(curve.time, curve.flux, hours=6.0) == differential_precision(
        curve, hours=6.0
    )


def test_a_hundredth_of_outliers_hardly_moves_it():
    clean, spoilt = white(3e-4), white(3e-4)
    spoilt.flux[::100] *= 1.5
    assert differential_precision(spoilt, hours=2.0) == pytest.approx(
        differential_precision(clean, hours=2.0), rel=0.2
    )
