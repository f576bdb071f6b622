"""The seam of detrending: an undetrended light curve in, a flat one around 1 out."""

from __future__ import annotations

from typing import Protocol

from exoval.ephemeris import Ephemeris
from exoval.lightcurve import LightCurve


class Detrend(Protocol):
    """Remove slow variation; cadences of a known event do not steer the trend."""

    def __call__(self, light_curve: LightCurve, event: Ephemeris | None = None) -> LightCurve: ...
