"""A catalogued signal: its ephemeris and its catalogue's label."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from exoval.ephemeris import Ephemeris

#: label of variability and artefacts, which a catalogue of detections may list
NOT_A_SIGNAL = "NTP"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One signal of one star in a catalogue.

    ``target`` is written as in the light curves (``KIC 757450``), ``name`` is unique within the
    catalogue, ``depth`` is relative flux and NaN if unknown, ``label`` the class in the
    catalogue's own words, ``disposition`` one of planet, false_positive and unknown,
    ``provenance`` the catalogue, and ``other_names`` those that people know it by (Kepler-2 b).
    """

    target: str
    name: str
    ephemeris: Ephemeris
    depth: float
    label: str
    disposition: str
    provenance: str
    signal_to_noise: float = math.nan
    other_names: tuple[str, ...] = ()


def with_other_names(
    candidates: Sequence[Candidate], names: Mapping[str, str | None]
) -> list[Candidate]:
    """Return the candidates with the other name that ``names`` has for their name, if any."""
    return [
        replace(one, other_names=(names[one.name],)) if names.get(one.name) else one
        for one in candidates
    ]
