"""The meaning of labels and dispositions.

The ``label`` of an event is a scenario's name or a catalogue's class; its ``disposition`` is
planet, false_positive or unknown. What a label means is declared by the scenario that draws it and
travels with the data: in the labelled set, in the fitted model, in the report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from exoval.errors import BadParameter, shown

#: kinds of transiting bodies
TRANSITS = ("planet", "star", "nothing")

PLANET = "planet"
FALSE_POSITIVE = "false_positive"
UNKNOWN = "unknown"
#: the archive's words for an object that nobody has judged
NOT_DISPOSITIONED = "NOT DISPOSITIONED"

#: archive disposition (upper case) -> planet, false_positive or unknown
DISPOSITIONS: dict[str, str] = {
    # NASA Exoplanet Archive, KOI tables
    "CONFIRMED": PLANET,
    "FALSE POSITIVE": FALSE_POSITIVE,
    "CANDIDATE": UNKNOWN,
    NOT_DISPOSITIONED: UNKNOWN,
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


@dataclass(frozen=True, kw_only=True)
class LabelMeaning:
    """The meaning of a label.

    ``short`` is the label in figures, ``description`` its meaning in words. ``transits`` is planet,
    star or nothing; ``counts_as_planet`` says whether the label's probability is part of P(planet),
    and ``on_target`` whether the star that dims is the target or bound to it. ``transits`` and
    ``on_target`` are None where they are unknown, as for the classes of a catalogue.

    Raises BadParameter for an unknown value of ``transits`` or an empty ``short``.
    """

    short: str
    description: str
    counts_as_planet: bool
    transits: str | None = None
    on_target: bool | None = None

    def __post_init__(self) -> None:
        if self.transits not in (None, *TRANSITS):
            raise BadParameter(f"transits={shown(self.transits)}; use one of {', '.join(TRANSITS)}")
        if not self.short:
            raise BadParameter("a label needs a short form for figures; give short='...'")

    @property
    def disposition(self) -> str:
        """The disposition of an event with this label: planet or false_positive."""
        return PLANET if self.counts_as_planet else FALSE_POSITIVE


def planet_labels(meanings: Mapping[str, LabelMeaning]) -> list[str]:
    """Return the labels that count as planet, in the order given."""
    return [label for label, meaning in meanings.items() if meaning.counts_as_planet]


def system_planet_labels(meanings: Mapping[str, LabelMeaning]) -> list[str]:
    """Return the labels of planets of the target or of a star bound to it, in the order given.

    Catalogues call all of these planets.
    """
    return [
        label
        for label, meaning in meanings.items()
        if meaning.counts_as_planet or (meaning.transits == PLANET and meaning.on_target)
    ]


def short_label(label: str, meanings: Mapping[str, LabelMeaning]) -> str:
    """Return a label's short form for figures; its first letters where no meaning is known."""
    return meanings[label].short if label in meanings else label.lower()[:14]


def meanings_to_plain(meanings: Mapping[str, LabelMeaning]) -> dict[str, dict]:
    """Convert meanings to dicts, for JSON."""
    return {label: asdict(meaning) for label, meaning in meanings.items()}


def meanings_from_plain(plain: Mapping[str, Mapping]) -> dict[str, LabelMeaning]:
    """Read back meanings written by ``meanings_to_plain``."""
    return {label: LabelMeaning(**meaning) for label, meaning in plain.items()}


def joined_meanings(several: Iterable[Mapping[str, LabelMeaning]]) -> dict[str, LabelMeaning]:
    """Merge the label meanings of several sets.

    Raises BadParameter for a label whose meaning differs between sets.
    """
    joined: dict[str, LabelMeaning] = {}
    for meanings in several:
        for label, meaning in meanings.items():
            if joined.setdefault(label, meaning) != meaning:
                raise BadParameter(
                    f"label '{label}' means {meaning} in one set and {joined[label]} in another; "
                    "simulate both with the same scenarios"
                )
    return joined


def from_disposition(disposition: str) -> str:
    """Translate an archive disposition into ``planet``, ``false_positive`` or ``unknown``.

    Raises BadParameter for an unknown disposition.

    >>> from_disposition("CP"), from_disposition("APC")
    ('planet', 'unknown')
    """
    key = str(disposition).strip().upper()
    if key not in DISPOSITIONS:
        known = ", ".join(DISPOSITIONS)
        raise BadParameter(f"unknown disposition '{disposition}'; known ones are {known}")
    return DISPOSITIONS[key]
