"""The whitened statistic against generalized least squares by the noise's true covariance."""

import numpy as np
import pytest
from scipy.linalg import cho_factor, cho_solve

from exoval.whitening.whitened_light_curve import whiten

CADENCE, CADENCES, PERIOD = 0.0204, 1800, 4.13
TIME = CADENCE * np.arange(CADENCES)
TRIALS = 40


def covariance(size, days):
    """White noise of variance 1 and an Ornstein-Uhlenbeck process of ``size`` and memory."""
    return np.eye(CADENCES) + size**2 * np.exp(-np.abs(TIME[:, None] - TIME) / days)


def gaps(rng):
    known = rng.random(CADENCES) > 0.02
    for start in rng.integers(0, CADENCES - 40, 6):
        known[start : start + rng.integers(2, 40)] = False
    return known


def statistics(size, days, duration, *, with_gaps, strength=8.0, seed=0):
    """Whitened, exact and white-noise statistics of a train of boxes in simulated noise."""
    rng = np.random.default_rng(seed)
    known = gaps(rng) if with_gaps else np.ones(CADENCES, dtype=bool)
    noise = covariance(size, days)
    root = np.linalg.cholesky(noise)
    exact = cho_factor(noise[np.ix_(known, known)])
    found = []
    for _ in range(TRIALS):
        cycle = TIME / PERIOD - rng.random()
        number = np.floor(cycle + 0.5).astype(int)
        from_mid = np.abs(cycle - number) * PERIOD
        inside = from_mid < duration / 2
        box = inside[known].astype(float)
        weighted = cho_solve(exact, box)
        dip = (root @ rng.standard_normal(CADENCES))[known]
        dip += box * strength / np.sqrt(box @ weighted)
        whitened = whiten(
            TIME[known],
            dip,
            np.ones(known.sum()),
            exposure=CADENCE,
            hidden=(from_mid < duration)[known],
        )
        ours = whitened.events(inside[known], number[known]).total_strength
        found.append((ours, dip @ weighted / np.sqrt(box @ weighted), box @ dip / box.sum() ** 0.5))
    return np.array(found).T


# the memory of the noise lies below, at and above the durations
@pytest.mark.parametrize("with_gaps", [False, True])
@pytest.mark.parametrize(("size", "days"), [(1.0, 0.1), (2.0, 0.4), (4.0, 0.2)])
@pytest.mark.parametrize("duration", [0.1, 0.3])
def test_in_red_noise_it_follows_the_exact_statistic(size, days, duration, with_gaps):
    ours, exact, white = statistics(size, days, duration, with_gaps=with_gaps)
    assert np.mean(ours) == pytest.approx(np.mean(exact), rel=0.12)
    # it differs from the exact one by less than the noise, of variance 1, that both have
    assert np.std(ours - exact) < 0.75
    assert np.std(ours) < 1.6
    # white noise would have given errors of three and more
    assert np.std(white) > 1.35 * np.std(exact)


def test_without_an_event_it_is_of_unit_variance():
    ours, exact, _ = statistics(2.0, 0.3, 0.2, with_gaps=True, strength=0.0)
    # forty draws: a mean of +-0.16 and a standard deviation of 1 +- 0.11
    assert np.mean(ours) == pytest.approx(0.0, abs=0.5)
    assert np.std(ours) == pytest.approx(np.std(exact), rel=0.25)
