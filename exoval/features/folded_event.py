"""One event, detrended and folded once, as every feature group sees it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from exoval.event import TransitEvent
from exoval.feature_table import Column
from exoval.lightcurve import LightCurve
from exoval.star import Star


@dataclass(frozen=True)
class FoldedEvent:
    """A detrended light curve with the event to be measured and the star it is on."""

    light_curve: LightCurve
    event: TransitEvent
    star: Star

    @property
    def period(self) -> float:
        """Orbital period in days."""
        return self.event.ephemeris.period

    @property
    def duration(self) -> float:
        """Full duration of the event in days."""
        return self.event.ephemeris.duration

    @cached_property
    def time_from_mid(self) -> np.ndarray:
        """Days from the nearest mid-event, shape (cadences,)."""
        return self.event.ephemeris.time_from_mid_event(self.light_curve.time)

    @cached_property
    def event_number(self) -> np.ndarray:
        """Count of the nearest event, shape (cadences,)."""
        return self.event.ephemeris.event_number(self.light_curve.time)

    @cached_property
    def inside(self) -> np.ndarray:
        """Whether a cadence lies within the event, shape (cadences,)."""
        return np.abs(self.time_from_mid) < 0.5 * self.duration

    @cached_property
    def clear(self) -> np.ndarray:
        """Whether a cadence is more than one duration from mid-event, shape (cadences,)."""
        return np.abs(self.time_from_mid) > self.duration

    @cached_property
    def dip(self) -> np.ndarray:
        """Flux missing against the level outside the event, shape (cadences,)."""
        level = np.median(self.light_curve.flux[self.clear]) if self.clear.any() else 1.0
        return level - self.light_curve.flux

    @cached_property
    def weight(self) -> np.ndarray:
        """One over the squared error of each cadence, shape (cadences,)."""
        return self.light_curve.flux_error**-2.0

    def box_depth(self, cadences: np.ndarray) -> tuple[float, float]:
        """Weighted mean dip of the chosen cadences and its white-noise error; NaN for none."""
        weight = self.weight[cadences]
        if weight.size == 0:
            return float("nan"), float("nan")
        depth = float(np.sum(weight * self.dip[cadences]) / weight.sum())
        return depth, float(weight.sum() ** -0.5)


class FeatureGroup(Protocol):
    """A few columns and how to measure them; NaN where there is nothing to measure."""

    columns: tuple[Column, ...]

    def __call__(self, folded: FoldedEvent) -> dict[str, float]: ...
