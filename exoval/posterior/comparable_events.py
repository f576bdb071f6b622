"""Simulated events that a posterior calls equally probable, and how well they pin it down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.errors import BadParameter
from exoval.injection.importance_weights import effective_sample_size

#: events are comparable whose log odds of a planet differ by at most this: a factor e
REACH = 1.0
#: effective numbers of comparable planets and of comparable others with which odds hold to a fifth:
#: their error is the root of 1/50 + 1/50
ENOUGH = 50.0


@dataclass(frozen=True, kw_only=True)
class Comparable:
    """The comparable events of one: their number, and effective numbers of both kinds."""

    number: int
    planets: float
    others: float

    @property
    def error(self) -> float:
        """Standard error of the log odds from the numbers of weighted events.

        A kind without an event counts as one: where there are none, the error is larger still.
        """
        return float(np.sqrt(sum(1 / max(one, 1.0) for one in (self.planets, self.others))))

    @property
    def sufficient(self) -> bool:
        """Whether more simulated events would hardly move the odds."""
        return min(self.planets, self.others) >= ENOUGH

    @property
    def factor(self) -> float:
        """How many times as many systems would be sufficient; infinite where a kind is missing."""
        fewest = min(self.planets, self.others)
        return max(ENOUGH / fewest, 1.0) if fewest > 0 else np.inf


@dataclass(frozen=True, kw_only=True)
class ComparableEvents:
    """Events of stars that the model was not fitted on: log odds, rate and kind, each (events,).

    ``log_odds`` are those of a planet in the population, ascending; ``rate`` is the expected number
    of such events per target. Raises BadParameter for arrays that do not fit together,
    and for values that are no numbers.
    """

    log_odds: np.ndarray
    rate: np.ndarray
    is_planet: np.ndarray

    def __post_init__(self) -> None:
        shapes = {np.shape(one) for one in (self.log_odds, self.rate, self.is_planet)}
        if len(shapes) != 1 or np.ndim(self.log_odds) != 1 or np.any(np.diff(self.log_odds) < 0):
            raise BadParameter(
                f"comparable events of shapes {sorted(shapes)}; give one row an event, in the "
                "order of their log odds"
            )
        numeric = all(np.asarray(one).dtype.kind in "biuf" for one in vars(self).values())
        if not numeric or not np.isfinite(self.log_odds).all():
            raise BadParameter("comparable events whose log odds are not all numbers")
        if not (np.isfinite(self.rate) & (np.asarray(self.rate) >= 0)).all():
            raise BadParameter("comparable events whose rates are not all numbers from 0 up")

    def near(self, log_odds: float) -> Comparable:
        """The events whose log odds are within ``REACH`` of one event's."""
        low, high = np.searchsorted(self.log_odds, [log_odds - REACH, log_odds + REACH])
        rate, is_planet = self.rate[low:high], self.is_planet[low:high].astype(bool)
        return Comparable(
            number=int(np.count_nonzero(rate)),
            planets=effective_sample_size(rate[is_planet]),
            others=effective_sample_size(rate[~is_planet]),
        )


def comparable_events(
    log_odds: np.ndarray, rate: np.ndarray, is_planet: np.ndarray
) -> ComparableEvents:
    """Events in any order, (events,) each, as those that others are compared with."""
    order = np.argsort(log_odds, kind="stable")
    return ComparableEvents(
        log_odds=np.asarray(log_odds, dtype=float)[order],
        rate=np.asarray(rate, dtype=float)[order],
        is_planet=np.asarray(is_planet, dtype=bool)[order],
    )
