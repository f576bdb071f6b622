"""The density from which the rows of a set were drawn, where proposals chose among the draws.

Of one set the density of a scenario is multiplied by the probability of a search. Of several sets
every row is weighed by the mixture: by the number of searches that a draw like it was expected to
get in all of them (the balance heuristic of Veach & Guibas 1995, SIGGRAPH 95, 419). Either way the
mean weight of a scenario's recorded systems stays the expected number of its events per target.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from exoval.schema import as_record
from simulate.example import PASSED_OVER
from simulate.proposal import Proposal
from simulate.shard import Shard


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """How many systems of every scenario were drawn, and the proposal that chose among them.

    ``recorded`` are those that were not passed over, which have rows of truths.
    """

    systems: dict[str, int]
    recorded: dict[str, int]
    proposal: Proposal | None = None

    def plain(self) -> dict:
        """The counts and the proposal as values that JSON has."""
        return asdict(self)


def read_drawn(entries: object, source: str) -> list[Drawn]:
    """The draws of a set as its manifest lists them; BadTable if they are damaged."""
    return as_record(entries, list[Drawn], source=source, remedy="simulate the set again")


def count_drawn(shards: Sequence[Shard], proposal: Proposal | None) -> Drawn:
    """Count the draws of a set; examples that failed count as neither drawn nor recorded."""
    drawn, recorded = Counter(), Counter()
    for shard in shards:
        rows = shard.outcomes(["event_number", "has_truth", "status"]).to_pandas()
        rows = rows[rows["event_number"] == 0]
        scenario = shard.stretch.scenario
        recorded[scenario] += int(rows["has_truth"].sum())
        drawn[scenario] += int((rows["has_truth"] | rows["status"].eq(PASSED_OVER)).sum())
    return Drawn(systems=dict(drawn), recorded=dict(recorded), proposal=proposal)


def log_proposal_of(truth: pd.DataFrame, sources: Sequence[Drawn]) -> np.ndarray:
    """Logarithm of the density from which each row was drawn, shape (rows,).

    ``truth`` are rows of any scenarios, ``sources`` all the draws that they were chosen from;
    ``log_proposal`` is the density before any proposal chose (``without_choice``). Without a
    proposal it stays as it is. Raises BadTable for rows that lack what a proposal looks at.
    """
    return truth["log_proposal"].to_numpy(float) + _log_searches(truth, sources)


def without_choice(truth: pd.DataFrame, sources: Sequence[Drawn]) -> np.ndarray:
    """What ``log_proposal`` was before the proposals of a set chose among its draws, shape (rows,).

    It is the inverse of ``log_proposal_of``, also for draws that weigh nothing in the population.
    """
    return truth["log_proposal"].to_numpy(float) - _log_searches(truth, sources)


def draws_per_row(truth: pd.DataFrame, sources: Sequence[Drawn]) -> np.ndarray:
    """How many draws each recorded one stands for, shape (rows,): 1 without a proposal.

    That is the inverse of the share of draws like it that all sources were expected to search.
    """
    number = np.ones(len(truth))
    for scenario in truth["scenario"].unique():
        rows = truth["scenario"].eq(scenario).to_numpy()
        total = sum(one.systems.get(str(scenario), 0) for one in sources)
        if total:
            number[rows] = total / _searches(truth[rows], str(scenario), sources)
    return number


def _log_searches(truth: pd.DataFrame, sources: Sequence[Drawn]) -> np.ndarray:
    """What the proposals of all sources add to the logarithm of each row's density."""
    added = np.zeros(len(truth))
    if all(one.proposal is None for one in sources):
        return added
    for scenario in truth["scenario"].unique():
        rows = truth["scenario"].eq(scenario).to_numpy()
        added[rows] = np.log(_searches_per_row(truth[rows], str(scenario), sources))
    return added


def _searches_per_row(truth: pd.DataFrame, scenario: str, sources: Sequence[Drawn]) -> np.ndarray:
    """Searches that draws like each row were expected to get, a recorded system."""
    recorded = sum(one.recorded.get(scenario, 0) for one in sources)
    return _searches(truth, scenario, sources) / max(recorded, 1)


def _searches(truth: pd.DataFrame, scenario: str, sources: Sequence[Drawn]) -> np.ndarray:
    """Searches that were expected if all draws of the sources had been like each row."""
    total = np.zeros(len(truth))
    for source in sources:
        chance = 1.0 if source.proposal is None else source.proposal.acceptance(scenario, truth)
        total += source.systems.get(scenario, 0) * chance
    return total
