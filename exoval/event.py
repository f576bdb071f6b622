"""A transit-like event: what a search found, or what a catalogue says."""

from __future__ import annotations

import math
from dataclasses import dataclass

from exoval.ephemeris import Ephemeris


@dataclass(frozen=True, kw_only=True)
class TransitEvent:
    """A transit-like event: its ephemeris, depth and strength.

    ``depth`` is relative flux; ``signal_to_noise`` is the multiple-event statistic of a box of that
    depth and duration; ``signal_detection_efficiency`` is the height of the periodogram's peak in
    robust standard deviations (NaN without a periodogram); ``transit_count`` is the number of
    events with data; ``source`` names the search or the catalogue.
    """

    ephemeris: Ephemeris
    depth: float = math.nan
    signal_to_noise: float = math.nan
    signal_detection_efficiency: float = math.nan
    transit_count: int = 0
    source: str = ""
