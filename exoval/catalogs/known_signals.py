"""Stars with catalogued signals."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from exoval.catalogs.candidate import Candidate
from exoval.data_folder import data_folder, is_sample
from exoval.ephemeris import Ephemeris, is_same_signal
from exoval.errors import DataNotFound

log = logging.getLogger(__name__)


def stars_with_known_signals(
    catalogs: Sequence[Callable[[], list[Candidate]]],
    *,
    stars_of: str | Path | None = None,
) -> dict[str, tuple[Candidate, ...]]:
    """Return the catalogued signals of every star that has one, by target.

    For the readers of ``signal_catalogues`` these are all objects of interest of any disposition,
    all eclipsing binaries and the threshold-crossing events other than NTP: an NTP is variability
    or an artefact, which a host star may have. A missing table is reported in the log; its stars
    then count as stars without signals. The tables of the sample that ships with exoval list only
    the sample's stars: the log says so if ``stars_of``, the folder or table of the stars in
    question, lies elsewhere.
    """
    if stars_of is not None and is_sample(data_folder()) and not is_sample(stars_of):
        log.warning(
            "known signals are incomplete: EXOVAL_DATA is not set, and the tables that ship with "
            "exoval list only the stars of its sample; set it to a folder with tables/"
        )
    signals: dict[str, tuple[Candidate, ...]] = {}
    for read in catalogs:
        try:
            found = read()
        except DataNotFound as error:
            log.warning("known signals are incomplete: %s", error)
            continue
        for candidate in found:
            if is_signal(candidate):
                signals[candidate.target] = (*signals.get(candidate.target, ()), candidate)
    return signals


def is_signal(candidate: Candidate) -> bool:
    """Return whether a catalogue's entry is a signal: an NTP is variability or an artefact."""
    return candidate.label != "NTP"


def distinct_signals(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the entries of one star, each signal once.

    Entries whose events are those of an earlier entry (``is_same_signal``) are left out.
    """
    distinct: list[Candidate] = []
    for candidate in candidates:
        if not any(is_same_signal(candidate.ephemeris, one.ephemeris) for one in distinct):
            distinct.append(candidate)
    return distinct


def other_signals(own: Ephemeris, of_star: Sequence[Candidate]) -> list[Ephemeris]:
    """Return the signals of a star other than ``own``, each once.

    Variability and artefacts (``is_signal``) and entries that repeat ``own`` are left out.
    """
    distinct = distinct_signals([candidate for candidate in of_star if is_signal(candidate)])
    return [one.ephemeris for one in distinct if not is_same_signal(one.ephemeris, own)]
