"""How often nature shows each simulated event: expected numbers per target.

A row of a labelled set stands for events like it. Its rate is its importance weight over the number
of systems of its scenario, so that the sum over the rows of a label is the expected number of such
events that the search finds on one target: population, geometry, eligible stars and completeness
together. Events of light curves without an injection have no weight but their own frequency.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from exoval.errors import BadParameter
from exoval.injection.importance_weights import read_truth, reweight
from exoval.running.whole_folder import FULL

#: the scenario of light curves without an injection, and the transform that leaves them as they are
NOTHING, AS_IT_IS = "no_transit", "as_is"
#: the scenarios that share the population of planets: one planet of the target, and several
ALONE, IN_SYSTEMS = "planet", "planet_system"
#: what a row of a star's second planet is called (``simulate.event_kinds``)
FURTHER = "further_signal"
#: the status of a system that could not be searched, or was before (``simulate.example``)
FAILED = "failed"
#: the share of planets with other planets in their system. Half of the planet hosts that Kepler's
#: counts need have several planets near one plane (He, Ford & Ragozzine 2019, MNRAS 490, 4575)
PLANETS_IN_SYSTEMS = 0.5
#: fewest light curves as they are whose number of false alarms replaces that of all others
FEWEST_LIGHT_CURVES = 100


def event_rates(
    labelled_set: str | Path | pd.DataFrame,
    *,
    population: Mapping[str, object] | None = None,
    planets_in_systems: float = PLANETS_IN_SYSTEMS,
    verify: str = FULL,
) -> pd.Series:
    """Return the expected number of events per target that each row of a set stands for, (rows,).

    ``labelled_set`` is the folder that ``python -m simulate`` wrote, or its table of truths; the
    index is the name of the event. The rate of a row that was drawn but not kept is that of the
    system, found or not. ``population`` is that of ``exoval.reweight``. Where a set holds single
    planets and systems of planets, ``planets_in_systems`` is the share of the planets that have
    others; every planet of a system is once the first of its draws, so that its further ones count
    nothing. Systems that failed, such as a light curve that was searched before, do not count.
    False alarms in parts of light curves, or in such as were made up or changed, have the frequency
    of those in light curves as they are, where enough of these were searched.

    Raises DataNotFound and BadTable as ``exoval.reweight`` does, BadParameter for a share outside
    0 to 1.
    """
    if not 0 <= planets_in_systems <= 1:
        raise BadParameter(f"planets_in_systems is {planets_in_systems}; give a share from 0 to 1")
    truth = (
        labelled_set
        if isinstance(labelled_set, pd.DataFrame)
        else read_truth(labelled_set, verify=verify)
    )
    weight = reweight(truth, population=population).to_numpy(dtype=float)
    scenario = truth["scenario"].to_numpy(dtype=str)
    rate = weight * _of_a_system(truth, scenario) * _of_the_planets(scenario, planets_in_systems)
    if "event_kind" in truth:
        of_a_system = np.isin(scenario, [ALONE, IN_SYSTEMS])
        rate[of_a_system & truth["event_kind"].eq(FURTHER).to_numpy()] = 0.0
    alarms = scenario == NOTHING
    rate[alarms] *= _frequency_as_it_is(truth[alarms])
    return pd.Series(rate, index=pd.Index(truth["event"], name="event"), name="rate")


def _of_a_system(truth: pd.DataFrame, scenario: np.ndarray) -> np.ndarray:
    """One over the number of systems of each row's scenario, (rows,); 0 for those that failed."""
    failed = truth["status"].eq(FAILED)
    systems = truth.loc[truth["event_number"].eq(0) & ~failed, "scenario"].value_counts()
    share = 1 / systems.reindex(scenario).to_numpy(dtype=float)
    return np.where(failed, 0.0, share)


def _of_the_planets(scenario: np.ndarray, in_systems: float) -> np.ndarray:
    """The share of the population of planets that each row's scenario has, (rows,)."""
    both = {ALONE, IN_SYSTEMS} <= set(scenario)
    share = {ALONE: 1 - in_systems, IN_SYSTEMS: in_systems} if both else {}
    return np.array([share.get(one, 1.0) for one in scenario])


def _frequency_as_it_is(truth: pd.DataFrame) -> float:
    """False alarms a light curve as it is, over those of one of all kinds; 1 with too few."""
    if "transform" not in truth:
        return 1.0
    first = truth["event_number"].eq(0) & truth["status"].ne(FAILED)
    kept = truth["status"].eq("kept")
    as_it_is = truth["transform"].eq(AS_IT_IS)
    if (first & as_it_is).sum() < FEWEST_LIGHT_CURVES or not (kept & as_it_is).any():
        return 1.0
    among = (kept & as_it_is).sum() / (first & as_it_is).sum()
    return float(among / (kept.sum() / first.sum()))
