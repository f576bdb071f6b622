"""What a scenario may know of the light curve its signal will be put into."""

from __future__ import annotations

import math
from dataclasses import dataclass

from exoval.star import Star


@dataclass(frozen=True, kw_only=True)
class Observation:
    """A host star and how it was observed.

    ``start`` and ``baseline`` in days, ``exposure`` in days, ``noise_ppm`` is the combined
    precision on ``noise_days``; ``band`` names the photometric band and
    ``blend_radius_arcsec`` the distance within which another star is not seen as one;
    ``segments`` counts quarters or sectors.
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
        """Relative depth that reaches a signal-to-noise ratio if every transit is observed."""
        events = max(self.baseline / period, 1.0)
        per_event = 1e-6 * self.noise_ppm * math.sqrt(self.noise_days / duration)
        return signal_to_noise * per_event / math.sqrt(events)
