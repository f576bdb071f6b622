"""Close companions by primary mass: stars, brown dwarfs, and the flat alternative."""

import numpy as np
import pytest
from scipy.integrate import dblquad
from scipy.stats import kstest

from exoval.errors import BadParameter
from exoval.populations.binary_population import FlatBinaries, MoeBinaries
from exoval.populations.brown_dwarfs import LEAST_MASS, MOST_MASS, BrownDwarfs
from exoval.populations.close_binaries import CloseBinaries


def integral(companions, periods, ratios):
    def density(mass_ratio, ln_period):
        return np.exp(companions.log_prob(np.exp(ln_period), mass_ratio))

    return dblquad(density, *np.log(periods), *ratios, epsabs=1e-5)[0]


def test_four_percent_of_suns_have_a_companion_within_16_days():
    assert integral(MoeBinaries().of(1.0), (0.5, 16), (0.1, 1)) == pytest.approx(0.039, rel=0.02)


def test_reading_its_logarithms_as_natural_ones_would_be_noticed():
    """Moe & Di Stefano's f(log P < 1) per decade, not per factor of e."""
    per_decade = CloseBinaries(1.0).companions_per_decade(2.0)
    assert per_decade == pytest.approx(1.3 * 0.020)
    density = integral(MoeBinaries(0.0).of(1.0), (1.0, 10.0), (0.1, 1))
    assert density == pytest.approx(per_decade, rel=0.01)
    assert density != pytest.approx(per_decade * np.log(10), rel=0.5)


@pytest.mark.parametrize("mass", [0.4, 1.0, 1.8])
def test_brown_dwarfs_are_the_rate_asked_for(mass):
    desert = BrownDwarfs(mass, 0.006)
    edges = LEAST_MASS / mass, MOST_MASS / mass
    assert integral(desert, (0.5, 2000), edges) == pytest.approx(0.006, rel=0.01)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("mass", [0.4, 1.0])
def test_samples_follow_the_density(seed, mass):
    companions = MoeBinaries(0.02).of(mass)
    period, ratio = companions.sample(np.random.default_rng(seed), 2500)
    ln_period = np.linspace(np.log(0.5), np.log(1e8), 300)
    ratios = np.geomspace(LEAST_MASS / mass * (1 + 1e-9), 1, 1200)
    grid = np.exp(companions.log_prob(np.exp(ln_period)[:, None], ratios[None, :]))
    for drawn, x, density in (
        (np.log(period), ln_period, np.trapezoid(grid, ratios, axis=1)),
        (ratio, ratios, np.trapezoid(grid, ln_period, axis=0)),
    ):
        cumulative = np.concatenate(
            [[0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(x))]
        )
        assert kstest(drawn, lambda v, x=x, c=cumulative: np.interp(v, x, c / c[-1])).pvalue > 1e-3
    total = np.trapezoid(np.trapezoid(grid, ratios, axis=1), ln_period)
    assert companions.rate == pytest.approx(total, rel=0.02)


def test_stars_go_on_below_a_tenth_without_a_step():
    companions = MoeBinaries().of(1.0)
    either_side = companions.log_prob(np.full(2, 3.0), np.array([0.0999, 0.1001]))
    assert either_side[0] == pytest.approx(either_side[1], abs=0.01)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_flat_population_is_flat(seed):
    flat = FlatBinaries(0.2)
    assert integral(flat, (0.5, 500), (0.01, 1)) == pytest.approx(0.2, rel=1e-3)
    period, ratio = flat.sample(np.random.default_rng(seed), 3000)
    assert kstest(np.log(period), "uniform", (np.log(0.5), np.log(1000))).pvalue > 1e-3
    assert kstest(ratio, "uniform", (0.01, 0.99)).pvalue > 1e-3


@pytest.mark.parametrize(
    "make", [lambda: MoeBinaries(-0.1), lambda: FlatBinaries(-1), lambda: BrownDwarfs(1.0, -0.5)]
)
def test_a_negative_rate_is_refused(make):
    with pytest.raises(BadParameter, match="rate of 0 or more"):
        make()
