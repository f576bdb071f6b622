"""A found event is taken out of a light curve, masked or subtracted."""

import numpy as np
import pytest
from noisy_boxes import light_curve, sampling

from exoval.ephemeris import Ephemeris
from exoval.errors import BadParameter
from exoval.event import TransitEvent
from exoval.folded.trapezoid import trapezoid
from exoval.missions.kepler import kepler
from exoval.removal import take_out

TIME = sampling(60)
FOUND = Ephemeris(4.1, 131.0, 0.2)
EVENT = TransitEvent(ephemeris=FOUND)


def eclipses(depth, ingress_share=0.4):
    """White noise of a light curve without events, and the same with trapezoids."""
    plain = light_curve(TIME)
    dip = trapezoid(
        FOUND.time_from_mid_event(TIME),
        depth=depth,
        duration=FOUND.duration,
        ingress_share=ingress_share,
        offset=0.0,
    )
    return plain, plain.with_flux(plain.flux * (1 - dip))


@pytest.mark.parametrize("depth", [0.003, 0.3])
def test_what_is_left_of_a_trapezoid_is_the_noise(depth):
    plain, eclipsed = eclipses(depth)
    left = take_out(eclipsed, EVENT, how="subtract")
    assert len(left) == len(eclipsed)
    noise = np.std(plain.flux)
    assert np.std(left.flux - plain.flux) < 0.2 * noise
    inside = FOUND.in_event(TIME)
    assert abs(np.mean(left.flux[inside] - plain.flux[inside])) < 0.2 * noise


def test_the_fit_of_a_flat_light_curve_is_divided_out_of_the_one_with_a_trend():
    plain, eclipsed = eclipses(0.01)
    trend = 2e4 * (1 + 0.02 * np.sin(TIME))
    left = take_out(eclipsed.with_flux(trend * eclipsed.flux), EVENT, how="subtract", flat=eclipsed)
    assert np.std(left.flux / trend - plain.flux) < 0.2 * np.std(plain.flux)


def test_masking_leaves_every_other_cadence_as_it_was():
    _, eclipsed = eclipses(0.01)
    left = take_out(eclipsed, EVENT, how="mask")
    outside = ~FOUND.in_event(TIME, 2.2)
    np.testing.assert_array_equal(left.time, TIME[outside])
    np.testing.assert_array_equal(left.flux, eclipsed.flux[outside])


def test_an_event_without_data_leaves_the_light_curve_as_it_is():
    curve = light_curve(TIME)
    between = TransitEvent(ephemeris=Ephemeris(500.0, TIME[-1] + 100, 0.2))
    for how in ("mask", "subtract"):
        assert len(take_out(curve, between, how=how)) == len(curve)


def test_a_mission_knows_two_ways():
    assert kepler().event_removal == "mask"
    with pytest.raises(BadParameter, match="use mask or subtract"):
        kepler(event_removal="erase")
