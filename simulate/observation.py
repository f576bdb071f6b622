"""Properties of the host light curve that a scenario may use."""

from __future__ import annotations

import math
from dataclasses import dataclass

from exoval.star import Star


@dataclass(frozen=True, kw_only=True)
class Observation:
    """A host star and how it was observed.

    ``start``, ``baseline`` and ``exposure`` are in days; ``noise_ppm`` is the combined precision
    on ``noise_days``; ``band`` is the photometric band. Another star within
    ``blend_radius_arcsec`` is not resolved. ``segments`` counts quarters or sectors.
    """

    star: Star
    start: float
    baseline: float
    exposure: float
    noise_ppm: float
    noise_days: float
    band: str
    blend_radius_arcsec: float
    segments: int = 1

    def detectable_depth(self, period: float, *, duration: float, signal_to_noise: float) -> float:
        """Relative depth that reaches ``signal_to_noise`` if every transit is observed."""
        events = max(self.baseline / period, 1.0)
        per_event = 1e-6 * self.noise_ppm * math.sqrt(self.noise_days / duration)
        return signal_to_noise * per_event / math.sqrt(events)
