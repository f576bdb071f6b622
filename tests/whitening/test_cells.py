import numpy as np
import pytest

from exoval.whitening.cells import LONGEST_GAP, cells


def test_regular_cadences_have_a_cell_each():
    grid = cells(130.0 + 0.02 * np.arange(500), exposure=0.02)
    assert np.array_equal(grid.number, np.arange(500))
    assert grid.full.all()


def test_a_clock_that_drifts_by_a_cell_keeps_its_cadences_near():
    # barycentric times run up to 1e-4 faster or slower than the spacecraft's
    time = 0.02 * np.arange(20_000) * (1 + 1e-4)
    grid = cells(time, exposure=0.0199)
    assert np.all(np.diff(grid.number) <= 2)
    assert grid.count == pytest.approx(20_000, abs=3)


def test_long_gaps_are_shortened():
    time = np.concatenate([0.02 * np.arange(100), 5000 + 0.02 * np.arange(100)])
    assert cells(time, exposure=0.02).count == 199 + LONGEST_GAP


def test_the_mean_of_a_cell_is_in_units_of_its_error():
    grid = cells(np.array([0.0, 1.0, 1.2, 3.0]), exposure=1.0)
    mean = grid.mean(np.array([2.0, 4.0, 1.0, 5.0]), np.array([4.0, 1.0, 3.0, 1.0]))
    assert grid.number.tolist() == [0, 1, 1, 3]
    assert mean == pytest.approx([4.0, 7.0 / 2.0, 0.0, 5.0])


def test_white_noise_has_unit_variance_in_cells():
    rng = np.random.default_rng(3)
    time = np.sort(400 * rng.random(30_000))
    error = rng.uniform(0.5, 3.0, 30_000)
    grid = cells(time, exposure=0.1)
    values = grid.mean(error * rng.standard_normal(30_000), error**-2.0)[grid.full]
    assert np.std(values) == pytest.approx(1.0, abs=0.04)
