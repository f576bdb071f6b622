"""Alternatives to the table of planet occurrence, and how transits wander."""

import numpy as np
import pytest
from scipy.integrate import dblquad, quad
from scipy.stats import kstest

from exoval.errors import BadParameter
from exoval.populations.planet_log_uniform import LogUniformPlanets
from exoval.populations.planet_occurrence import HsuOccurrence
from exoval.populations.planet_power_law import BrokenPowerLaw
from exoval.populations.transit_timing import TransitTiming

LAWS = {
    "log uniform": LogUniformPlanets(rate=0.7),
    "broken": BrokenPowerLaw(),
    "broken, flat part": BrokenPowerLaw(rate=2.0, period_slopes=(0.0, 0.0), radius_slopes=(0, -1)),
    "no break inside": BrokenPowerLaw(
        rate=1.0, minimum_period=20.0, maximum_period=300.0, minimum_radius=0.5, maximum_radius=3.0
    ),
}


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS.keys())
def test_densities_integrate_to_the_rate(law):
    def density(ln_radius, ln_period):
        return np.exp(law.log_prob(np.exp(ln_period), np.exp(ln_radius)))

    total = dblquad(
        density,
        np.log(law.minimum_period),
        np.log(law.maximum_period),
        np.log(law.minimum_radius),
        np.log(law.maximum_radius),
        epsabs=1e-5,
    )[0]
    assert total == pytest.approx(law.rate, rel=0.01)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS.keys())
def test_samples_follow_the_density(law, seed):
    period, radius = law.sample(np.random.default_rng(seed), 4000)
    ends = ((law.minimum_period, law.maximum_period), (law.minimum_radius, law.maximum_radius))
    inside = [np.sqrt(low * high) for low, high in ends]
    for axis, drawn in enumerate((period, radius)):
        x = np.linspace(*np.log(ends[axis]), 2001)
        x[[0, -1]] += [1e-9, -1e-9]
        point = [np.full(x.shape, value) for value in inside]
        point[axis] = np.exp(x)
        density = np.exp(law.log_prob(*point))
        cumulative = np.concatenate(
            [[0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(x))]
        )
        assert (
            kstest(np.log(drawn), lambda v, x=x, c=cumulative: np.interp(v, x, c / c[-1])).pvalue
            > 1e-3
        )


def test_slopes_are_those_per_unit_logarithm():
    law = BrokenPowerLaw()
    assert law.log_prob(2.0, 1.0) - law.log_prob(1.0, 1.0) == pytest.approx(1.5 * np.log(2))
    assert law.log_prob(50.0, 8.0) - law.log_prob(50.0, 4.0) == pytest.approx(-6 * np.log(2))


@pytest.mark.parametrize(
    ("make", "factor"),
    [(BrokenPowerLaw, "rate"), (LogUniformPlanets, "rate"), (HsuOccurrence, "scale")],
)
def test_a_negative_rate_is_refused(make, factor):
    with pytest.raises(BadParameter, match=r"give .*0 or more"):
        make(**{factor: -0.1})


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_tenth_of_planets_wander_by_log_uniform_minutes(seed):
    timing = TransitTiming()
    amplitude, super_period = timing.sample(np.random.default_rng(seed), 6000)
    assert (amplitude > 0).mean() == pytest.approx(0.1, abs=0.015)
    moving = np.log(amplitude[amplitude > 0])
    assert kstest(moving, "uniform", (np.log(2), np.log(150))).pvalue > 1e-3
    assert super_period.min() >= 30
    total = quad(lambda x: np.exp(timing.log_prob(np.exp(x))), np.log(2), np.log(300))[0]
    assert total + np.exp(timing.log_prob(0.0)) == pytest.approx(1)


def test_a_share_above_one_is_refused():
    with pytest.raises(BadParameter, match="give 0 to 1"):
        TransitTiming(share=1.5)
