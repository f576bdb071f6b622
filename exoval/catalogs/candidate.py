"""A catalogued signal: its ephemeris and its catalogue's label."""

from __future__ import annotations

import math
from dataclasses import dataclass

from exoval.ephemeris import Ephemeris

#: label of variability and artefacts, which a catalogue of detections may list
NOT_A_SIGNAL = "NTP"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One signal of one star in a catalogue.

    ``target`` is written as in the light curves (``KIC 757450``), ``name`` is unique within the
    catalogue, ``depth`` is relative flux and NaN if unknown, ``label`` the class in the
    catalogue's own words, ``disposition`` one of planet, false_positive and unknown, and
    ``provenance`` the catalogue.
    """

    target: str
    name: str
    ephemeris: Ephemeris
    depth: float
    label: str
    disposition: str
    provenance: str
    signal_to_noise: float = math.nan
