"""Weights stay exact whatever a proposal passes over: checked by drawing a known population."""

import numpy as np
import pandas as pd
import pytest

from exoval.errors import BadTable
from exoval.injection.importance_weights import reweight
from simulate.draw_density import Drawn, log_proposal_of, read_drawn, without_choice
from simulate.proposal import LOG_WEIGHT, Chance, Proposal

#: searched where events are strong, and so all the more where they weigh much
CHANCE = Chance(names=["strongest_snr"], middle=[2.5], spread=[0.5], coefficients=[-1.0, 1.5, -0.4])
PROPOSAL = Proposal(chances={"planet": CHANCE}, level=2.0, visible_snr=7.0, least=0.02)
OTHER = Proposal(chances={"planet": CHANCE}, level=0.3, visible_snr=7.0, least=0.3)
#: of the signals 5 to 60, drawn evenly in the logarithm, nature has more weak ones
RANGE = np.log([5.0, 60.0])


def draw(size, seed, proposal=None, strongest=np.inf):
    """Recorded draws of a made-up scenario, and how many were drawn.

    Signals above ``strongest`` are outside of the population.
    """
    rng = np.random.default_rng(seed)
    strength = np.exp(rng.uniform(*RANGE, size))
    weight = 30.0 / strength**1.5
    with np.errstate(divide="ignore"):
        log_weight = np.log(np.where(strength > strongest, 0.0, weight))
    truth = pd.DataFrame(
        {
            "scenario": "planet",
            "label": "planet",
            "strongest_snr": strength,
            "log_prior": log_weight - 0.7,
            "log_proposal": -0.7,
            LOG_WEIGHT: log_weight,
        }
    )
    if proposal is not None:
        searched = rng.random(size) < proposal.acceptance("planet", truth)
        truth = truth[searched].reset_index(drop=True)
    drawn = Drawn(systems={"planet": size}, recorded={"planet": len(truth)}, proposal=proposal)
    return truth, drawn


def weighed(*parts):
    truth = pd.concat([one for one, _ in parts], ignore_index=True)
    density = log_proposal_of(truth, [drawn for _, drawn in parts])
    truth = truth.assign(log_proposal=density)
    return truth, reweight(truth).to_numpy()


#: events a target of strength between limits, by the integral of weight over the range drawn
def expected(low, high):
    low, high = max(low, 5.0), min(high, 60.0)
    return 30.0 / 1.5 * (low**-1.5 - high**-1.5) / np.diff(RANGE)[0]


@pytest.mark.parametrize(
    "proposals", [[PROPOSAL], [None, PROPOSAL], [None, PROPOSAL, OTHER], [OTHER, OTHER]]
)
def test_the_mean_weight_is_the_number_of_events_a_target(proposals):
    parts = [draw(60_000, 10 + number, one) for number, one in enumerate(proposals)]
    truth, weights = weighed(*parts)
    strength = truth["strongest_snr"].to_numpy()
    for low, high in ((5, 60), (5, 7), (7, 12), (12, 30), (30, 60)):
        inside = weights * ((strength >= low) & (strength < high))
        error = np.std(inside) / np.sqrt(len(inside))
        assert inside.mean() == pytest.approx(expected(low, high), abs=4 * error)
        assert error < 0.08 * expected(low, high)


def test_a_mixture_is_steadier_than_its_parts():
    """Rows that one set hardly searches are weighed by the set that does."""
    plain, chosen = draw(3000, 1), draw(60_000, 2, PROPOSAL)
    _, alone = weighed(chosen)
    truth, together = weighed(plain, chosen)
    of_chosen = together[len(plain[0]) :]
    assert of_chosen.max() / of_chosen.mean() < alone.max() / alone.mean()
    assert len(truth) == len(plain[0]) + len(chosen[0])


def test_draws_outside_of_the_population_weigh_nothing():
    truth, drawn = draw(2000, 5, PROPOSAL)
    truth.loc[::3, ["log_prior", LOG_WEIGHT]] = -np.inf
    _, weights = weighed((truth, drawn))
    assert (weights[::3] == 0).all() and np.isfinite(weights).all()
    assert (np.delete(weights, np.s_[::3]) > 0).all()


@pytest.mark.parametrize("proposals", [[PROPOSAL], [None, PROPOSAL, OTHER]])
def test_draws_outside_of_the_population_may_be_inside_of_another(proposals):
    parts = [draw(60_000, 20 + number, one, strongest=12.0) for number, one in enumerate(proposals)]
    truth, _ = weighed(*parts)
    strength = truth["strongest_snr"]
    other = truth.assign(log_prior=np.log(30.0 / strength**1.5) - 0.7)
    weights = reweight(other).to_numpy()
    for low, high in ((5, 12), (12, 30), (30, 60)):
        inside = weights * ((strength >= low) & (strength < high))
        error = np.std(inside) / np.sqrt(len(inside))
        assert inside.mean() == pytest.approx(expected(low, high), abs=4 * error)


def test_the_choice_of_proposals_is_taken_back():
    parts = [draw(2000, 30, strongest=12.0), draw(2000, 31, PROPOSAL, strongest=12.0)]
    truth, _ = weighed(*parts)
    np.testing.assert_allclose(without_choice(truth, [drawn for _, drawn in parts]), -0.7)


def test_without_a_proposal_nothing_changes():
    truth, drawn = draw(50, 3)
    truth = truth.assign(log_proposal=np.linspace(-1, 1, 50))
    np.testing.assert_array_equal(log_proposal_of(truth, [drawn, drawn]), truth["log_proposal"])


def test_what_is_too_weak_to_search_is_never_passed_over():
    truth, _ = draw(5000, 4)
    chance = PROPOSAL.acceptance("planet", truth)
    assert (chance[truth["strongest_snr"] < 7] == 1).all()
    assert chance[truth["strongest_snr"] >= 7].mean() < 0.5
    assert (PROPOSAL.acceptance("nearby_planet", truth) == 1).all()


def test_draws_come_back_from_a_manifest():
    _, drawn = draw(50, 3, PROPOSAL)
    assert read_drawn([drawn.plain()], "manifest.json") == [drawn]
    with pytest.raises(BadTable, match="proposal has 1 inputs, 1 middles, 1 spreads and 2 coeff"):
        Chance(names=["a"], middle=[0.0], spread=[1.0], coefficients=[0.0, 1.0])
