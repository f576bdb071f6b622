"""The interface of a search: it returns the best event of a detrended light curve, or None."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from exoval.ephemeris import Ephemeris
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve
from exoval.star import Star


class Search(Protocol):
    """Find the strongest periodic dip; ``expected`` is ignored by blind searches.

    Events weaker than ``threshold`` (sigma) or with fewer than ``minimum_transits`` are not
    reported.
    """

    threshold: float
    minimum_transits: int

    def __call__(
        self,
        light_curve: LightCurve,
        star: Star,
        expected: Ephemeris | None = None,
        rng: np.random.Generator | None = None,
    ) -> TransitEvent | None: ...
