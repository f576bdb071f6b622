"""Is there a second eclipse, and does anything else in the folded light curve match the event?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.feature_table import Column
from exoval.features.box_scan import box_scan
from exoval.features.folded_event import FoldedEvent
from exoval.features.strength import red_noise


@dataclass(frozen=True)
class SecondaryFeatures:
    """Strongest other dips and bumps in the folded light curve (Coughlin et al. 2016).

    ``guard`` durations around an event are taken as its own.
    """

    guard: float = 1.5
    columns: ClassVar[tuple[Column, ...]] = (
        Column("secondary_snr", "sigma", "strength of the strongest dip away from the event",
               "tce_maxmes"),
        Column("secondary_mes", "sigma", "the same over the noise that is really there"),
        Column("secondary_phase", "", "phase of that dip, 0 to 0.5 either side", "tce_maxmesd"),
        Column("secondary_depth_ratio", "", "depth of that dip over the event's depth"),
        Column("tertiary_mes", "sigma", "third strongest dip over the noise that is really there"),
        Column("positive_mes", "sigma", "strongest bump over the noise that is really there"),
        Column("uniqueness", "sigma", "mes of the event minus that of the strongest other dip"),
    )

    def __call__(self, folded: FoldedEvent) -> dict[str, float]:
        """The columns; NaN where no phase away from the event has data."""
        scan = box_scan(folded)
        reach = self.guard * folded.duration
        away = (np.abs(scan.time_from_mid) > reach) & np.isfinite(scan.strength)
        if away.sum() < 3:
            return {}
        noise = np.fmax(red_noise(folded), 1.0)
        second = _strongest(scan.strength, away)
        apart = np.abs(_circular(scan.time_from_mid - scan.time_from_mid[second], folded.period))
        third = away & (apart > reach)
        depth, error = folded.box_depth(folded.inside)
        return {
            "secondary_snr": scan.strength[second],
            "secondary_mes": scan.strength[second] / noise,
            "secondary_phase": abs(scan.time_from_mid[second]) / folded.period,
            "secondary_depth_ratio": scan.depth[second] / depth if depth > 0 else np.nan,
            "tertiary_mes": scan.strength[third].max() / noise if third.any() else np.nan,
            "positive_mes": -scan.strength[away].min() / noise,
            "uniqueness": (depth / error - scan.strength[second]) / noise,
        }


def _strongest(strength: np.ndarray, allowed: np.ndarray) -> int:
    return int(np.argmax(np.where(allowed, strength, -np.inf)))


def _circular(time: np.ndarray, period: float) -> np.ndarray:
    return (time + 0.5 * period) % period - 0.5 * period
