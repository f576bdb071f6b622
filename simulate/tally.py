"""What became of a set's examples, counted a part at a time: statuses, failures, weights."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from exoval.injection.completeness import Completeness, CompletenessCounts
from exoval.injection.importance_weights import EffectiveSampleSizes
from simulate.event_kinds import FURTHER, MISSED
from simulate.example import DRAWN, FAILED, KEPT, PASSED_OVER, RECOVERED, VISIBLE

#: statuses of examples that passed each stage
PASSED = {
    DRAWN: (DRAWN, VISIBLE, PASSED_OVER, RECOVERED, KEPT),
    VISIBLE: (VISIBLE, PASSED_OVER, RECOVERED, KEPT),
    RECOVERED: (RECOVERED, KEPT),
    KEPT: (KEPT,),
}
#: targets that the report of a failure names, and reasons that are told apart
TARGETS_NAMED, MOST_REASONS = 20, 1000
OTHER_REASON = "other reasons"


class Tally:
    """Counts of outcomes by scenario; holds nothing that grows with their number.

    Rows have ``scenario``, ``event_number``, ``status``, ``stage``, ``reason``, ``target`` and
    ``has_truth``, those with truths the columns of a table of truths.
    """

    def __init__(self, scenarios: Sequence[str]) -> None:
        self._counts = {name: dict.fromkeys((*PASSED, FAILED), 0) for name in scenarios}
        self._failures: dict[tuple[str, str], tuple[int, set[str]]] = {}
        self._sizes = EffectiveSampleSizes()
        self._completeness: dict[str, CompletenessCounts] = {}

    def add(self, rows: pd.DataFrame) -> None:
        """Count the rows of a part."""
        # of a star with several orbits the first row counts: the first orbit, or the one found
        first = rows[rows["event_number"] == 0]
        for (scenario, status), number in first.groupby(["scenario", "status"]).size().items():
            counts = self._counts[scenario]
            for stage, passed in PASSED.items():
                counts[stage] += int(number) * (status in passed)
            counts[FAILED] += int(number) * (status == FAILED)
            if status == PASSED_OVER:
                counts[PASSED_OVER] = counts.get(PASSED_OVER, 0) + int(number)
        for (stage, reason), lost in rows[rows["reason"] != ""].groupby(["stage", "reason"]):
            self._count_failures(stage, reason, lost["target"])
        truth = rows[rows["has_truth"]]
        if len(truth):
            self._sizes.add(truth)
            for scenario in truth["label"].unique():
                counts = self._completeness.setdefault(scenario, CompletenessCounts(str(scenario)))
                # every orbit of a star counts once, found or missed
                orbits = truth["event_number"].eq(0) | _further_orbit(truth)
                counts.add(truth[orbits & truth["label"].eq(scenario)])

    def _count_failures(self, stage: str, reason: str, targets: pd.Series) -> None:
        key = (stage, reason)
        if key not in self._failures and len(self._failures) >= MOST_REASONS:
            key = (stage, OTHER_REASON)
        number, named = self._failures.get(key, (0, set()))
        named = set(sorted(named | {one for one in targets if one})[:TARGETS_NAMED])
        self._failures[key] = (number + len(targets), named)

    def counts(self) -> dict[str, dict[str, int]]:
        """Numbers of injected systems by scenario: drawn, visible, recovered, kept and failed.

        With a proposal those that were passed over, which are among the visible ones.
        """
        return self._counts

    def failures(self) -> list[dict]:
        """Every reason for which examples failed, with its count and some of its targets."""
        return [
            {"stage": stage, "reason": reason, "count": number, "targets": sorted(named)}
            for (stage, reason), (number, named) in sorted(self._failures.items())
        ]

    def effective_sample_size(self) -> dict[str, dict[str, float]]:
        """Rows and effective sample size of the kept events of every label."""
        return self._sizes.by_scenario()

    def completeness(self) -> dict[str, Completeness]:
        """Completeness by period and depth of every scenario with signals."""
        measured = {name: one.completeness() for name, one in self._completeness.items()}
        return {name: one for name, one in measured.items() if one is not None}


def completeness_by_scenario(truth: pd.DataFrame) -> dict[str, Completeness]:
    """Completeness by period and depth of every scenario with signals, from a table of truths."""
    tally = Tally(sorted(set(truth["scenario"])) if len(truth) else [])
    tally.add(truth.assign(has_truth=True, stage="", reason=""))
    return tally.completeness()


def _further_orbit(truth: pd.DataFrame) -> pd.Series:
    """Rows that stand for an orbit beside the one that the star's first row stands for."""
    if "orbit_number" not in truth:
        return pd.Series(False, index=truth.index)
    return truth["orbit_number"].notna() & truth["event_kind"].isin([FURTHER, MISSED])
