"""The compiled occultation against direct integration of the disc, and against batman."""

from __future__ import annotations

import numpy as np
import pytest
from batman import _quadratic_ld
from disc import hidden_by_rings

from exoval.physics.quadratic_occultation import hidden_share

LIMBS = [(0.4, 0.3), (0.9, -0.2), (0.0, 0.0), (0.1, 0.6)]


def shares(separations, ratio, limb):
    return np.array([hidden_share(z, ratio, *limb) for z in separations])


@pytest.mark.parametrize("limb", LIMBS)
@pytest.mark.parametrize("ratio", [1e-3, 0.01, 0.1, 0.5, 0.9, 0.9999, 1.0, 1.0001, 1.5, 10.0])
def test_share_is_the_integral_of_the_disc(ratio, limb):
    separations = np.linspace(max(ratio - 1, 0), 1 + ratio, 41)
    expected = [hidden_by_rings(z, ratio, *limb, nodes_a_piece=300) for z in separations]
    assert np.abs(shares(separations, ratio, limb) - expected).max() < 1e-11


@pytest.mark.parametrize("ratio", [0.01, 0.1, 0.49999, 0.5, 0.9, 1.0, 1.0001, 1.5, 100.0])
@pytest.mark.slow
def test_special_separations_are_no_exception(ratio):
    steps = np.concatenate([[0.0], np.logspace(-16, -2, 29), -np.logspace(-16, -2, 29)])
    for special in (abs(1 - ratio), ratio, 1 + ratio, 0.0):
        separations = np.abs(special + special * steps + (special == 0) * steps)
        expected = [hidden_by_rings(z, ratio, 0.45, 0.25, 300) for z in separations]
        assert np.abs(shares(separations, ratio, (0.45, 0.25)) - expected).max() < 1e-10


def test_share_agrees_with_batman_over_the_whole_domain():
    rng = np.random.default_rng(4)
    worst = 0.0
    for _ in range(400):
        ratio, limb = rng.uniform(0.001, 1.5), (rng.uniform(0, 0.8), rng.uniform(-0.1, 0.2))
        separations = rng.uniform(0, 1 + ratio, 50)
        separations[:10] = np.clip(1 + ratio * rng.uniform(-1, 1, 10), 0, None)  # grazing
        flux = _quadratic_ld._quadratic_ld(separations, ratio, *limb, 1)
        worst = max(worst, np.abs(shares(separations, ratio, limb) - 1 + flux).max())
    assert worst < 1e-7


def test_bounds_are_exact():
    assert hidden_share(1.1, 0.1, 0.4, 0.3) == 0.0
    assert hidden_share(0.5, 1.5, 0.4, 0.3) == 1.0
    assert hidden_share(0.3, 0.0, 0.4, 0.3) == 0.0


def test_uniform_disc_has_its_area():
    assert hidden_share(0.2, 0.3, 0.0, 0.0) == pytest.approx(0.09, abs=1e-15)
