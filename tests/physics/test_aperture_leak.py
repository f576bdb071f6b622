"""The leak of a neighbour's light into a round aperture, against sums over the sky."""

import numpy as np
import pytest

from exoval.errors import BadParameter
from exoval.physics.aperture_leak import ApertureLeak


@pytest.mark.parametrize("distance", [0.0, 1.0, 2.0, 3.5, 6.0])
def test_agrees_with_a_sum_over_a_fine_grid(distance):
    leak = ApertureLeak(2.0, 0.7, 2.0, 0.15)
    axis = np.arange(-2, 2, 0.01) + 0.005
    x, y = np.meshgrid(axis, axis)
    square = (x - distance) ** 2 + y**2
    light = sum(
        share * np.exp(-0.5 * square / s**2) / (2 * np.pi * s**2)
        for s, share in ((0.7, 0.85), (2.0, 0.15))
    )
    inside = light[x**2 + y**2 < 4].sum() * 0.01**2
    assert leak.share(distance) == pytest.approx(inside, rel=5e-3, abs=1e-6)


def test_falls_with_distance_from_one():
    leak = ApertureLeak().relative(np.linspace(0, 10, 50))
    assert leak[0] == 1
    assert (np.diff(leak) < 0).all()
    assert 0 < leak[-1] < 1e-3


def test_impossible_apertures_are_refused():
    with pytest.raises(BadParameter, match="positive sizes"):
        ApertureLeak(aperture_radius=0)
