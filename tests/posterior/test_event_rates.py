"""Rates per target: means of weights, one population of planets, false alarms as they are."""

import numpy as np
import pandas as pd
import pytest

from exoval.errors import BadParameter, BadTable
from exoval.posterior import event_rates as module
from exoval.posterior.event_rates import FURTHER, event_rates
from simulate import event_kinds, example


def truth_of(scenario, weights, **columns):
    """Truths of systems of one scenario that were all found, with these weights."""
    names = [f"{scenario}-{number}" for number in range(len(weights))]
    return pd.DataFrame(
        {
            "event": names,
            "scenario": scenario,
            "label": "planet" if scenario == "planet_system" else scenario,
            "status": "kept",
            "event_number": 0,
            "log_prior": np.log(weights),
            "log_proposal": 0.0,
            **columns,
        }
    )


def test_the_rate_of_a_scenario_is_its_mean_weight_whatever_the_number_of_systems():
    few, many = truth_of("planet", [0.1, 0.3]), truth_of("eclipsing_binary", [0.5] * 10)
    rate = event_rates(pd.concat([few, many]))
    assert rate.filter(like="planet").sum() == pytest.approx(0.2)
    assert rate.filter(like="eclipsing").sum() == pytest.approx(0.5)


def test_a_missed_system_takes_its_part_of_the_rate_with_it():
    truth = truth_of("planet", [0.1, 0.3]).assign(status=["kept", "visible"])
    rate = event_rates(truth)
    assert rate[truth["status"].eq("kept").to_numpy()].sum() == pytest.approx(0.05)


def test_single_planets_and_systems_share_one_population():
    truth = pd.concat([truth_of("planet", [0.2] * 4), truth_of("planet_system", [0.2] * 8)])
    rate = event_rates(truth, planets_in_systems=0.7)
    assert rate.sum() == pytest.approx(0.2)
    assert rate.filter(like="planet_system").sum() == pytest.approx(0.7 * 0.2)


def test_the_second_planet_of_a_system_is_the_first_of_another_draw():
    truth = pd.concat([truth_of("planet", [0.2] * 4), truth_of("planet_system", [0.2] * 2)])
    truth["event_kind"] = "signal"
    second = truth_of("planet_system", [0.2]).assign(
        event="planet_system-1.1", event_number=1, event_kind=FURTHER
    )
    rate = event_rates(pd.concat([truth, second]))
    assert rate["planet_system-1.1"] == 0
    assert rate.sum() == pytest.approx(0.2)


def test_words_are_those_of_the_simulation():
    assert (module.FURTHER, module.NOTHING) == (event_kinds.FURTHER, event_kinds.NOTHING)
    assert module.FAILED == example.FAILED


def test_a_light_curve_that_was_searched_before_is_none():
    truth = truth_of("no_transit", np.ones(400), transform="as_is")
    truth["status"] = np.resize(["kept", "visible", "failed", "failed"], 400)
    rate = event_rates(truth)
    assert rate[truth["status"].eq("kept").to_numpy()].sum() == pytest.approx(0.5)
    assert (rate[truth["status"].eq("failed").to_numpy()] == 0).all()


@pytest.mark.parametrize("as_they_are", [200, 20])
def test_false_alarms_have_the_frequency_of_light_curves_as_they_are(as_they_are):
    quiet = truth_of("no_transit", np.ones(as_they_are), transform="as_is")
    quiet["status"] = np.where(np.arange(as_they_are) % 4 == 0, "kept", "visible")
    loud = truth_of("no_transit", np.ones(400), transform="part")
    loud["event"] = loud["event"] + "-part"
    truth = pd.concat([quiet, loud])
    found = event_rates(truth)[truth["status"].eq("kept").to_numpy()].sum()
    plain = truth["status"].eq("kept").mean()
    assert found == pytest.approx(0.25 if as_they_are >= 100 else plain)


def test_a_scenario_that_is_twice_as_frequent_has_twice_the_rate():
    truth = pd.concat([truth_of("planet", [0.1, 0.3]), truth_of("eclipsing_binary", [0.5, 0.1])])
    doubled = truth.assign(log_prior=truth["log_prior"] + np.log([1, 1, 2, 2]))
    assert (event_rates(doubled) / event_rates(truth)).tolist() == pytest.approx([1, 1, 2, 2])


def test_wrong_shares_and_tables_are_refused():
    with pytest.raises(BadParameter, match=r"1\.5"):
        event_rates(truth_of("planet", [1.0]), planets_in_systems=1.5)
    with pytest.raises(BadTable, match="log_prior"):
        event_rates(truth_of("planet", [1.0]).drop(columns="log_prior"))
