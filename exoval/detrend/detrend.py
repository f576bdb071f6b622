"""The interface of a detrending: it turns a raw light curve into a flat one around 1."""

from __future__ import annotations

from typing import Protocol

from exoval.ephemeris import Ephemeris
from exoval.lightcurve import LightCurve


class Detrend(Protocol):
    """Remove slow variation; the trend ignores the cadences of a known event."""

    def __call__(self, light_curve: LightCurve, event: Ephemeris | None = None) -> LightCurve: ...
