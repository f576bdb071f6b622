"""Bound companions: their number, periods in powers of ten, and mass ratios."""

import numpy as np
import pytest
from scipy.integrate import dblquad
from scipy.stats import kstest, norm

from exoval.errors import BadParameter
from exoval.populations.multiplicity import Multiplicity

COMPANIONS = Multiplicity()


def test_the_density_integrates_to_the_companions_per_star():
    def density(mass_ratio, ln_period):
        return np.exp(COMPANIONS.log_prob(np.exp(ln_period), mass_ratio))

    reach = np.log(10) * (5.03 + 8 * 2.28 * np.array([-1, 1]))
    total = dblquad(density, *reach, 0.02, 1, epsabs=1e-5)[0]
    # 33 % with one companion, 8 % with two, 4 % with three, 1 % with four
    assert total == pytest.approx(0.33 + 0.16 + 0.12 + 0.04, rel=1e-3)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_samples_follow_the_density_in_powers_of_ten(seed):
    period, mass_ratio = COMPANIONS.sample(np.random.default_rng(seed), 4000)
    assert kstest(np.log10(period), norm(5.03, 2.28).cdf).pvalue > 1e-3
    # the same numbers read as natural logarithms are another universe
    assert kstest(np.log(period), norm(5.03, 2.28).cdf).pvalue < 1e-12
    assert kstest(mass_ratio, "uniform", (0.02, 0.98)).pvalue > 1e-3


def test_periods_between_limits_stay_there_and_follow_the_cut_normal():
    period = COMPANIONS.sample_period(np.random.default_rng(0), 3000, shortest=300.0, longest=1e5)
    assert period.min() >= 300 * (1 - 1e-9)
    assert period.max() <= 1e5 * (1 + 1e-9)
    share = COMPANIONS.share_between(300.0, 1e5)
    assert share == pytest.approx(
        norm.cdf((5 - 5.03) / 2.28) - norm.cdf((np.log10(300) - 5.03) / 2.28)
    )
    below = COMPANIONS.share_between(300.0, 5000.0) / share
    assert (period < 5000).mean() == pytest.approx(below, abs=0.03)


@pytest.mark.parametrize("fractions", [(0.5, 0.6, -0.1), (0.5, 0.4)])
def test_fractions_that_are_none_are_refused(fractions):
    with pytest.raises(BadParameter, match="must sum to 1"):
        Multiplicity(fractions)
