"""The result for one judged event: numbers for a table, lines for a reader."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from exoval.event import TransitEvent
from exoval.folded.folded_event import FoldedEvent
from exoval.labels import LabelMeaning, planet_labels
from exoval.measure import MeasuredEvent
from exoval.table.feature_table import FeatureTable
from exoval.vetting.summary import BETWEEN


@dataclass(frozen=True, kw_only=True)
class VettingResult:
    """The probabilities of one judged event, with what was measured.

    ``probability`` and ``error`` are those of the leading classifier, by label; ``meanings`` says
    what its labels stand for. ``by_classifier`` is P(planet) of every classifier of the run.
    ``novelty`` lies between 0 and 1, for the most unusual event; it is NaN without detectors.
    ``caveats`` say why the numbers may not hold. ``measured`` is the event as it was measured,
    ``table`` its features.
    """

    name: str
    classifier: str
    probability: dict[str, float]
    error: dict[str, float]
    meanings: Mapping[str, LabelMeaning]
    by_classifier: dict[str, float]
    novelty: float
    caveats: tuple[str, ...]
    measured: MeasuredEvent
    table: FeatureTable

    @property
    def folded(self) -> FoldedEvent:
        """The event as it was folded."""
        return self.measured.folded

    @property
    def event(self) -> TransitEvent:
        """The event with its refined ephemeris."""
        return self.folded.event

    @property
    def most_probable(self) -> str:
        """The label with the highest probability."""
        return max(self.probability, key=self.probability.get)

    def row(self) -> dict[str, float | str]:
        """The result as one row of a table: column name to value."""
        ephemeris = self.event.ephemeris
        return {
            "event": self.name,
            "target": self.folded.light_curve.target,
            "source": self.event.source,
            "period_days": ephemeris.period if self.event.period_is_known else math.nan,
            "possible_periods": str(self.event.possible_periods or ""),
            "epoch_days": ephemeris.epoch,
            "duration_hours": 24 * ephemeris.duration,
            "depth_ppm": 1e6 * self.event.depth,
            "signal_to_noise": self.event.signal_to_noise,
            "transits": self.event.transit_count,
            "most_probable": self.most_probable,
            "classifier": self.classifier,
            **{f"P_{name}": value for name, value in self.probability.items()},
            **{f"error_{name}": value for name, value in self.error.items()},
            **{f"P_planet_{name}": value for name, value in self.by_classifier.items()},
            "novelty": self.novelty,
            "caveats": BETWEEN.join(self.caveats),
        }

    def answers(self) -> list[str]:
        """Lines with the three most probable labels, all planet labels, and the caveats."""
        ranked = sorted(self.probability, key=self.probability.get, reverse=True)
        planets = planet_labels(self.meanings)
        lines = []
        if len(planets) > 1:
            lines.append(f"{'all planets':22}{self.by_classifier[self.classifier]:.4f}")
        for name in [*ranked[:3], *(name for name in ranked[3:] if name in planets)]:
            error = self.error[name]
            spread = f" +- {error:.4f}" if math.isfinite(error) else ""
            lines.append(f"{name:22}{self.probability[name]:.4f}{spread}")
        return lines + [f"! {caveat}" for caveat in self.caveats]

    def sentence(self) -> str:
        """The event, its probabilities and its caveats, as lines to read."""
        event = self.event
        period = f"{event.ephemeris.period:.6g} d"
        if not event.period_is_known:
            period = f"unknown ({event.possible_periods})"
        return "\n  ".join(
            [
                f"{self.name}: period {period}, box depth "
                f"{1e6 * event.depth:,.0f} ppm, {event.signal_to_noise:.1f} sigma",
                *self.answers(),
            ]
        )
