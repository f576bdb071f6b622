import numpy as np
import pytest

from exoval.whitening.running_noise import running_noise

RNG = np.random.default_rng(5)


def test_it_is_the_standard_deviation_of_normal_noise():
    values = 3.0 * RNG.standard_normal(20_000)
    noise = running_noise(values, np.ones(20_000, dtype=bool), window=2000)
    # a median absolute deviation of 2000 values errs by 2.6 %
    assert np.allclose(noise, 3.0, rtol=0.12)
    assert np.mean(noise) == pytest.approx(3.0, rel=0.03)


def test_it_follows_a_change():
    size = np.where(np.arange(20_000) < 10_000, 1.0, 4.0)
    noise = running_noise(
        size * RNG.standard_normal(20_000), np.ones(20_000, dtype=bool), window=1000
    )
    assert np.allclose(noise[:9000], 1.0, rtol=0.2)
    assert np.allclose(noise[11_000:], 4.0, rtol=0.2)


def test_unknown_values_do_not_count():
    values = RNG.standard_normal(8000)
    known = RNG.random(8000) > 0.4
    known[3000:4500] = False
    spoiled = np.where(known, values, 1e6)
    assert np.allclose(running_noise(spoiled, known, window=800), 1.0, rtol=0.25)


def test_with_few_known_values_the_noise_is_that_of_all():
    known = np.zeros(1000, dtype=bool)
    known[::50] = True
    values = np.where(known, 2.0, 1e6)
    assert np.allclose(running_noise(values, known, window=100), 2.0 * 1.4826)
    assert np.isnan(running_noise(values, np.zeros(1000, dtype=bool), window=100)).all()
