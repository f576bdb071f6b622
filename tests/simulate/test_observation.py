"""The depth that an observation shows, against a box in white noise."""

import math

import pytest

from exoval.star import Star
from simulate.observation import Observation

CADENCE_DAYS = 1 / 48


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
    longest = observation.detectable_depth(400.0, duration=duration, signal_to_noise=7.0)
    assert longest == pytest.approx(7.0 * sigma / math.sqrt(duration / CADENCE_DAYS))
