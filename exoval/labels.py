"""The one vocabulary: scenarios, catalogue dispositions, planet and false positive.

A scenario key is at once the name of its file, its yaml, its configuration key and the value
in the ``label`` column of every table.
"""

from __future__ import annotations

from exoval.errors import BadParameter

#: scenario key -> (short label, what transits, whether the event is on the target star)
SCENARIOS: dict[str, tuple[str, str, bool]] = {
    "planet": ("Planet", "planet on the target", True),
    "eclipsing_binary": ("EB", "the target is an eclipsing binary", True),
    "hierarchical_binary": ("HEB", "eclipsing pair bound to the target", True),
    "companion_planet": ("HTP", "planet on an unresolved bound companion", True),
    "background_binary": ("BEB", "unresolved background eclipsing binary", False),
    "background_planet": ("BTP", "planet on an unresolved background star", False),
    "nearby_binary": ("NEB", "eclipsing binary on a resolved neighbour", False),
    "nearby_hierarchical": ("NHEB", "hierarchical binary on a resolved neighbour", False),
    "nearby_planet": ("NTP", "planet on a resolved neighbour", False),
    "no_transit": ("NTT", "variability or systematics, nothing transits", False),
}

PLANET = "planet"
FALSE_POSITIVE = "false_positive"
UNKNOWN = "unknown"

#: archive disposition (upper case) -> planet, false_positive or unknown
DISPOSITIONS: dict[str, str] = {
    # NASA Exoplanet Archive, KOI tables
    "CONFIRMED": PLANET,
    "FALSE POSITIVE": FALSE_POSITIVE,
    "CANDIDATE": UNKNOWN,
    # TOI table
    "CP": PLANET,
    "KP": PLANET,
    "FP": FALSE_POSITIVE,
    "FA": FALSE_POSITIVE,
    "PC": UNKNOWN,
    "APC": UNKNOWN,
    # TCE training sets
    "AFP": FALSE_POSITIVE,
    "NTP": FALSE_POSITIVE,
    "UNK": UNKNOWN,
    # certified false positives of the KOIs
    "CERTIFIED FP": FALSE_POSITIVE,
    "CERTIFIED FA": FALSE_POSITIVE,
    "POSSIBLE PLANET": UNKNOWN,
    "DATA INCONCLUSIVE": UNKNOWN,
    "NOT EXAMINED": UNKNOWN,
    # eclipsing-binary catalogues
    "EB": FALSE_POSITIVE,
}


def is_planet(scenario: str) -> bool:
    """Say whether a scenario key is the validated class, a planet on the target star.

    Raises BadParameter for a key that is not in the vocabulary.
    """
    if scenario not in SCENARIOS:
        raise BadParameter(f"unknown scenario '{scenario}'; use one of {', '.join(SCENARIOS)}")
    return scenario == PLANET


def from_disposition(disposition: str) -> str:
    """Translate an archive disposition into ``planet``, ``false_positive`` or ``unknown``.

    Raises BadParameter for a disposition that is in no known catalogue.
    """
    key = str(disposition).strip().upper()
    if key not in DISPOSITIONS:
        known = ", ".join(DISPOSITIONS)
        raise BadParameter(f"unknown disposition '{disposition}'; known ones are {known}")
    return DISPOSITIONS[key]
