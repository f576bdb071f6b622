"""Are the odd events like the even ones?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.features.reason import CODES, Reason
from exoval.folded.folded_event import FoldedEvent
from exoval.folded.single_events import SingleEvents
from exoval.folded.trapezoid import TrapezoidFit, fit_trapezoid
from exoval.table.column import Column

#: number of events as which the noise of empty boxes counts
PRIOR_EVENTS = 4.0


@dataclass(frozen=True)
class OddEvenFeatures:
    """Odd against even events; they differ for an eclipsing binary found at half its period."""

    columns: ClassVar[tuple[Column, ...]] = (
        Column("odd_depth", "ppm", "mean depth of the odd events", needs_period=True),
        Column("even_depth", "ppm", "mean depth of the even events", needs_period=True),
        Column(
            "odd_even_sigma",
            "sigma",
            "depth difference over its error, red noise included",
            "koi_bin_oedp_sig",
            needs_period=True,
        ),
        Column("odd_even_ratio", "", "depth difference over the mean depth", needs_period=True),
        Column(
            "odd_even_duration_sigma",
            "sigma",
            "difference of the trapezoids' durations over its error",
            needs_period=True,
        ),
        Column(
            "odd_even_duration_ratio",
            "",
            "difference of the durations over their mean",
            needs_period=True,
        ),
        Column(
            "odd_even_time_sigma",
            "sigma",
            "difference of the mid-times over the error that the depths' error implies",
            needs_period=True,
        ),
        Column("odd_even_reason", "", f"why columns are missing: {CODES}"),
    )

    def __call__(self, folded: FoldedEvent) -> dict[str, float]:
        """The columns; only the reason unless both parities have data."""
        events = folded.matched
        sides = [events.number % 2 == parity for parity in (1, 0)]
        if not all(side.any() for side in sides):
            one = len(events) == 1
            return {"odd_even_reason": Reason.ONE_EVENT if one else Reason.TOO_FEW_CADENCES}
        means = [_mean(events, side) for side in sides]
        (depth_odd, error_odd), (depth_even, error_even) = means
        noise = _noise(folded, sides, means)
        mean, _ = _mean(events, sides[0] | sides[1])
        difference = abs(depth_odd - depth_even)
        row = {
            "odd_depth": 1e6 * depth_odd,
            "even_depth": 1e6 * depth_even,
            "odd_even_sigma": difference / (np.hypot(error_odd, error_even) * noise),
            "odd_even_ratio": difference / mean if mean > 0 else np.nan,
        }
        odd = folded.event_number % 2 == 1
        fits = [
            fit_trapezoid(folded.profile(cadences=parity), duration=folded.duration)
            for parity in (odd, ~odd)
        ]
        if None in fits:
            return row | {"odd_even_reason": Reason.TOO_FEW_CADENCES}
        return row | _shapes(*fits, noise) | {"odd_even_reason": Reason.MEASURED}


def _mean(events: SingleEvents, chosen: np.ndarray) -> tuple[float, float]:
    """Weighted mean depth of the chosen events and its white-noise error."""
    weight = events.error[chosen] ** -2.0
    return float(np.average(events.depth[chosen], weights=weight)), float(weight.sum() ** -0.5)


def _shapes(odd: TrapezoidFit, even: TrapezoidFit, noise: float) -> dict[str, float]:
    """Differences of duration and mid-time of two trapezoids."""
    difference = abs(odd.duration - even.duration)
    errors = [_time_error(fit) for fit in (odd, even)]
    error = np.hypot(odd.duration_error, even.duration_error) * noise
    return {
        "odd_even_duration_sigma": difference / error if error > 0 else np.nan,
        "odd_even_duration_ratio": 2 * difference / (odd.duration + even.duration),
        "odd_even_time_sigma": abs(odd.offset - even.offset) / (np.hypot(*errors) * noise)
        if min(errors) > 0
        else np.nan,
    }


def _time_error(fit: TrapezoidFit) -> float:
    """Error of a trapezoid's mid-time (Carter et al. 2008, ApJ 689, 499), days; 0 if unknown.

    T sqrt(theta / 2) / Q with theta the ingress over the duration between half depths and Q the
    signal-to-noise ratio of the event.
    """
    if not (fit.depth > 0 and fit.depth_error > 0):
        return 0.0
    half_depth_duration = fit.duration * (1 - 0.5 * fit.ingress_share)
    share = 0.5 * fit.ingress_share * fit.duration / half_depth_duration
    return half_depth_duration * math.sqrt(0.5 * share) * fit.depth_error / fit.depth


def _noise(folded: FoldedEvent, sides: list[np.ndarray], means: list[tuple[float, float]]) -> float:
    """Noise of single events in units of white noise, from empty boxes and from the events.

    Events that vary more than the noise beside them measure a difference of parity less well.
    Their scatter about the mean of their parity is combined with the noise of empty boxes, which
    counts as PRIOR_EVENTS events.
    """
    events = folded.matched
    squares = [
        np.sum(((events.depth[side] - mean) / events.error[side]) ** 2)
        for side, (mean, _) in zip(sides, means)
    ]
    freedom = len(events) - len(sides)
    joined = (sum(squares) + PRIOR_EVENTS * folded.noise**2) / (freedom + PRIOR_EVENTS)
    return math.sqrt(joined)
