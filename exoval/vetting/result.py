"""The result for one judged event: numbers for a table, lines for a reader."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from exoval.event import TransitEvent
from exoval.folded.folded_event import FoldedEvent
from exoval.labels import LabelMeaning, planet_labels
from exoval.measure import MeasuredEvent
from exoval.posterior.event_posterior import EventPosterior
from exoval.table.feature_table import FeatureTable
from exoval.vetting.examined_event import ExaminedEvent
from exoval.vetting.summary import BETWEEN, WITHHELD


@dataclass(frozen=True, kw_only=True)
class VettingResult:
    """The probabilities of one judged event, with what was measured.

    ``probability`` and ``interval``, one standard error below and above, are those of the leading
    classifier, by label; ``planet_interval`` is that of P(planet). Intervals are NaN for a model
    without errors. ``meanings`` says what its labels stand for. ``by_classifier`` is P(planet) of
    every classifier of the run. ``novelty`` lies between 0 and 1, for the most unusual event; it is
    NaN without detectors.
    ``caveats`` say why the numbers may not hold. ``examined`` is the event as it was examined;
    ``rows`` are the features of those that were judged with it, and ``place`` is its row there.
    ``withheld`` says why probabilities are withheld; they are NaN then. ``posterior`` is what the
    event is on the sky, None for a model that was trained without rates.
    """

    name: str
    classifier: str
    probability: dict[str, float]
    interval: dict[str, tuple[float, float]]
    planet_interval: tuple[float, float]
    meanings: Mapping[str, LabelMeaning]
    by_classifier: dict[str, float]
    novelty: float
    caveats: tuple[str, ...]
    examined: ExaminedEvent
    rows: FeatureTable = field(repr=False)
    place: int = 0
    withheld: str = ""
    posterior: EventPosterior | None = None

    @property
    def measured(self) -> MeasuredEvent | None:
        """The event as it was measured; None if its light curve was left behind."""
        return self.examined.measured

    @property
    def folded(self) -> FoldedEvent:
        """The event as it was folded, if its light curve was kept."""
        return self.measured.folded

    @property
    def event(self) -> TransitEvent:
        """The event with its refined ephemeris."""
        return self.examined.event

    @property
    def table(self) -> FeatureTable:
        """The features of the event, as a table of one row."""
        return self.rows.select(np.array([self.place]))

    @property
    def segments(self) -> tuple[int, int]:
        """The number of segments used, and the number that the star has."""
        return self.examined.segments

    @property
    def error(self) -> dict[str, float]:
        """Half the width of each label's interval."""
        return {name: 0.5 * (high - low) for name, (low, high) in self.interval.items()}

    @property
    def most_probable(self) -> str:
        """The label with the highest probability; ``WITHHELD`` if there are none."""
        if self.withheld:
            return WITHHELD
        return max(self.probability, key=self.probability.get)

    def withhold(self, reason: str) -> VettingResult:
        """The result without probabilities, and with the reason as its first caveat."""
        return replace(
            self,
            probability=dict.fromkeys(self.probability, math.nan),
            interval=dict.fromkeys(self.interval, (math.nan, math.nan)),
            planet_interval=(math.nan, math.nan),
            by_classifier=dict.fromkeys(self.by_classifier, math.nan),
            caveats=(f"probabilities are withheld: {reason}", *self.caveats),
            withheld=reason,
            posterior=self.posterior and self.posterior.withhold(reason),
        )

    def row(self) -> dict[str, float | str]:
        """The result as one row of a table: column name to value."""
        ephemeris = self.event.ephemeris
        row = {
            "event": self.name,
            "target": self.examined.target,
            "source": self.event.source,
            "period_days": ephemeris.period if self.event.period_is_known else math.nan,
            "possible_periods": str(self.event.possible_periods or ""),
            "epoch_days": ephemeris.epoch,
            "duration_hours": 24 * ephemeris.duration,
            "depth_ppm": 1e6 * self.event.depth,
            "signal_to_noise": self.event.signal_to_noise,
            "transits": self.event.transit_count,
            "segments_used": self.segments[0],
            "segments_of_star": self.segments[1],
            "most_probable": self.most_probable,
            "classifier": self.classifier,
            **{f"P_{name}": value for name, value in self.probability.items()},
            **{f"error_{name}": value for name, value in self.error.items()},
            **{f"P_planet_{name}": value for name, value in self.by_classifier.items()},
            "P_planet_low": self.planet_interval[0],
            "P_planet_high": self.planet_interval[1],
            **({} if self.posterior is None else self.posterior.row()),
            "novelty": self.novelty,
            "caveats": BETWEEN.join(self.caveats),
        }
        # the rows of a long list share the names of their columns
        return {sys.intern(name): value for name, value in row.items()}

    def answers(self) -> list[str]:
        """Lines with the three most probable labels, all planet labels, and the caveats."""
        if self.withheld:
            return [f"! {caveat}" for caveat in self.caveats]
        ranked = sorted(self.probability, key=self.probability.get, reverse=True)
        planets = planet_labels(self.meanings)
        lines = [] if self.posterior is None else self.posterior.lines()
        if len(planets) > 1:
            planet = self.by_classifier[self.classifier]
            lines.append(f"{'all planets':22}{planet:.4f}{_range(self.planet_interval)}")
        for name in [*ranked[:3], *(name for name in ranked[3:] if name in planets)]:
            lines.append(f"{name:22}{self.probability[name]:.4f}{_range(self.interval[name])}")
        return lines + [f"! {caveat}" for caveat in self.caveats]

    def _segments(self) -> str:
        """How many of the star's segments were used, if not all were."""
        used, available = self.segments
        return f", in {used} of {available} segments of the star" if used < available else ""

    def sentence(self) -> str:
        """The event, its probabilities and its caveats, as lines to read."""
        event = self.event
        period = f"{event.ephemeris.period:.6g} d"
        if not event.period_is_known:
            period = f"unknown ({event.possible_periods})"
        return "\n  ".join(
            [
                f"{self.name}: period {period}, box depth "
                f"{1e6 * event.depth:,.0f} ppm, {event.signal_to_noise:.1f} sigma"
                + self._segments(),
                *self.answers(),
            ]
        )


def _range(interval: tuple[float, float]) -> str:
    """An interval as text; empty if it is unknown."""
    low, high = interval
    return f" ({low:.4f} to {high:.4f})" if math.isfinite(high - low) else ""
