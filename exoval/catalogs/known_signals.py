"""Which stars carry a signal that somebody has catalogued."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from exoval.catalogs.candidate import Candidate
from exoval.data_folder import data_folder, is_sample
from exoval.ephemeris import Ephemeris, is_other_period
from exoval.errors import DataNotFound

log = logging.getLogger(__name__)


def stars_with_known_signals(
    catalogs: Sequence[Callable[[], list[Candidate]]],
    *,
    stars_of: str | Path | None = None,
) -> dict[str, tuple[Candidate, ...]]:
    """The catalogued signals of every star that has one, by target.

    Of ``signal_catalogues`` these are all objects of interest whatever their disposition, all
    eclipsing binaries and the threshold-crossing events that are not NTP: an NTP is variability or
    an artefact, which a host may have. A table that is not there is reported in the log, and its
    stars then pass for stars without signals. The same holds where the tables are those of the
    sample that ships with exoval, which know its stars alone, and ``stars_of``, the folder or table
    of the stars in question, is another one.
    """
    if stars_of is not None and is_sample(data_folder()) and not is_sample(stars_of):
        log.warning(
            "known signals are incomplete: EXOVAL_DATA is not set, and the tables that ship with "
            "exoval list the stars of its sample alone; set it to a folder with tables/"
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
    """Whether a catalogue's entry is a signal: an NTP is variability or an artefact."""
    return candidate.label != "NTP"


def distinct_signals(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The entries of one star without those that name an earlier one's signal again.

    Two name one signal at the same period, or at half or twice it.
    """
    distinct: list[Candidate] = []
    for candidate in candidates:
        if all(
            is_other_period(candidate.ephemeris.period, one.ephemeris.period) for one in distinct
        ):
            distinct.append(candidate)
    return distinct


def other_signals(own: Ephemeris, of_star: Sequence[Candidate]) -> list[Ephemeris]:
    """The signals of a star that are not the one at ``own``, each once.

    Entries that are no signals (``is_signal``) and those that name ``own`` again are left out.
    """
    distinct = distinct_signals([candidate for candidate in of_star if is_signal(candidate)])
    return [one.ephemeris for one in distinct if is_other_period(one.ephemeris.period, own.period)]
