"""The posterior of one event on the sky: numbers for a table, lines for a reader, a verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from scipy.special import expit

from exoval.posterior.comparable_events import Comparable

#: verdict of a posterior that more simulated events would hardly move
CONVERGED = "converged"
#: fewest comparable simulated events of a number that is stated at all
FEWEST = 10
#: P(planet) below which nobody asks how far below
NO_PLANET = 0.01
#: largest planet radius (Earth radii) that tells planets from brown dwarfs and the smallest stars:
#: all of these have some 8 to 12 Earth radii (Chen & Kipping 2017, ApJ 834, 17)
LARGEST_TOLD_APART = 8.0


@dataclass(frozen=True, kw_only=True)
class EventPosterior:
    """What one event is on the sky, in the population that the training set was weighted by.

    ``probability`` is the posterior of every label, ``planet`` that of all that count as planet and
    ``log_odds`` its log odds. ``error`` is the standard error of the log odds, of the classifier
    and of the comparable events together. ``terms`` are the factors of the posterior by name, each
    by label. ``of_system`` is the posterior of a planet of the target or of a star bound to it.
    ``likely`` are the labels of the conformal set at 90 %. ``withheld`` says why there is
    no number; all are NaN then. ``concern`` says why the number may not answer the question.
    """

    probability: Mapping[str, float]
    planet: float
    log_odds: float
    error: float
    terms: Mapping[str, Mapping[str, float]]
    comparable: Comparable
    of_system: float = math.nan
    likely: tuple[str, ...] = ()
    withheld: str = ""
    concern: str = ""

    @property
    def interval(self) -> tuple[float, float]:
        """P(planet) one standard error of the log odds below and above; NaN if it is unknown."""
        if math.isnan(self.log_odds) or math.isnan(self.error):
            return math.nan, math.nan
        return float(expit(self.log_odds - self.error)), float(expit(self.log_odds + self.error))

    @property
    def _is_no_planet(self) -> bool:
        """Whether a planet is out of the question within three errors, however far out."""
        return bool(expit(self.log_odds + 3 * self.error) < NO_PLANET)

    @property
    def alternatives(self) -> int:
        """The number of labels beside the most probable one."""
        return len(self.probability) - 1

    @property
    def verdict(self) -> str:
        """Whether the number holds, or why it does not."""
        if self.withheld:
            return f"withheld: {self.withheld}"
        if self.concern:
            return self.concern
        if self.comparable.sufficient or self._is_no_planet:
            return CONVERGED
        if math.isinf(self.comparable.factor):
            missing = "planet" if self.comparable.planets <= 0 else "other event"
            return f"no simulated {missing} has comparable odds; simulate more"
        return f"few comparable events; simulate {math.ceil(self.comparable.factor)} times as many"

    def withhold(self, reason: str) -> EventPosterior:
        """The posterior without numbers, and the reason."""
        return replace(
            self,
            probability=dict.fromkeys(self.probability, math.nan),
            planet=math.nan,
            log_odds=math.nan,
            error=math.nan,
            terms={name: dict.fromkeys(of, math.nan) for name, of in self.terms.items()},
            of_system=math.nan,
            likely=(),
            withheld=reason,
        )

    def row(self) -> dict[str, float | str]:
        """The posterior as columns of a table: name to value."""
        low, high = self.interval
        return {
            "posterior": self.planet,
            "posterior_low": low,
            "posterior_high": high,
            "posterior_of_system": self.of_system,
            **{f"posterior_{name}": value for name, value in self.probability.items()},
            "posterior_set": " ".join(self.likely),
            "comparable_events": self.comparable.number,
            "comparable_planets": self.comparable.planets,
            "comparable_others": self.comparable.others,
            "posterior_verdict": self.verdict,
        }

    def lines(self) -> list[str]:
        """A line with P(planet) on the sky, its error and what it rests on."""
        if self.withheld:
            return [f"! no posterior on the sky: {self.withheld}"]
        low, high = self.interval
        half = f" +- {0.5 * (high - low):.4f}" if math.isfinite(high - low) else ""
        return [
            f"on the sky: P(planet) = {self.planet:.4f}{half}, {self.alternatives} alternatives, "
            f"{self.comparable.number:,} comparable events: {self.verdict}"
        ]

    def table(self) -> list[str]:
        """Lines with the terms of every label, most probable first, and their posterior.

        The terms are as they are defined, so that their products compare among labels.
        """
        names = sorted(self.probability, key=self.probability.get, reverse=True)
        widths = [max(len(name), 10) for name in self.terms]
        head = " ".join(f"{name:>{width}}" for name, width in zip(self.terms, widths, strict=True))
        lines = [f"{'':22} {head} {'posterior':>12}"]
        for name in names:
            cells = " ".join(
                f"{self.terms[term][name]:{width}.3g}"
                for term, width in zip(self.terms, widths, strict=True)
            )
            lines.append(f"{name:22} {cells} {self.probability[name]:12.6f}")
        return lines

    def changes(self, planets: tuple[str, ...]) -> list[str]:
        """Lines on which alternative would move P(planet) across 0.99 or 0.5, and by what factor.

        ``planets`` are the labels that count as planet. Of each threshold the alternative is named
        whose rate would have to change least.
        """
        if self.withheld:
            return []
        others = {name: p for name, p in self.probability.items() if name not in planets}
        lines = []
        for threshold in (0.99, 0.5):
            # alternatives together may have this much beside the planets
            room = self.planet * (1 - threshold) / threshold
            factors = {
                name: (room - sum(others.values()) + p) / p for name, p in others.items() if p > 0
            }
            able = {name: factor for name, factor in factors.items() if factor > 0}
            if not able:
                lines.append(f"no alternative alone moves P(planet) across {threshold:g}")
                continue
            name = min(able, key=lambda one: abs(math.log(able[one])))
            side = "falls below" if self.planet > threshold else "rises above"
            lines.append(
                f"P(planet) {side} {threshold:g} if {name} were {able[name]:.3g} times as frequent"
            )
        return lines


def concern_of(features: Mapping[str, float]) -> str:
    """Why a posterior may not answer whether an event is a planet; empty if nothing speaks so.

    >>> concern_of({"planet_radius": 2.0})
    ''
    """
    radius = features.get("planet_radius", math.nan)
    if radius > LARGEST_TOLD_APART:
        return (
            f"a radius of {radius:.3g} Earth radii does not tell planets from brown dwarfs and the "
            "smallest stars"
        )
    return ""
