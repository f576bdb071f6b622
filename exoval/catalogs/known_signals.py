"""Which stars carry a signal that somebody has catalogued."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.eclipsing_binaries import read_eclipsing_binaries
from exoval.catalogs.koi import read_koi
from exoval.catalogs.tce import read_tce
from exoval.errors import DataNotFound

log = logging.getLogger(__name__)

CATALOGS = (read_koi, read_eclipsing_binaries, read_tce)


def stars_with_known_signals(
    catalogs: Sequence[Callable[[], list[Candidate]]] = CATALOGS,
) -> dict[str, tuple[Candidate, ...]]:
    """The catalogued signals of every star that has one, by target.

    All KOIs whatever their disposition, all eclipsing binaries and the threshold-crossing events
    that are not NTP: an NTP is variability or an artefact, which a host may have. A table that
    is not there is reported in the log, and its stars then pass for stars without signals.
    """
    signals: dict[str, tuple[Candidate, ...]] = {}
    for read in catalogs:
        try:
            found = read()
        except DataNotFound as error:
            log.warning("known signals are incomplete: %s", error)
            continue
        for candidate in found:
            if candidate.label != "NTP":
                signals[candidate.target] = (*signals.get(candidate.target, ()), candidate)
    return signals
