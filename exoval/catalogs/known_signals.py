"""Which stars carry a signal that somebody has catalogued."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.eclipsing_binaries import read_eclipsing_binaries
from exoval.catalogs.koi import read_koi
from exoval.catalogs.tce import read_tce
from exoval.catalogs.tess_eclipsing_binaries import read_tess_eclipsing_binaries
from exoval.catalogs.toi import read_toi
from exoval.errors import DataNotFound

log = logging.getLogger(__name__)

#: what lists the signals of stars named with a prefix
CATALOGS: dict[str, tuple[Callable[[], list[Candidate]], ...]] = {
    "KIC": (read_koi, read_eclipsing_binaries, read_tce),
    "TIC": (read_toi, read_tess_eclipsing_binaries),
}


def stars_with_known_signals(
    catalogs: Sequence[Callable[[], list[Candidate]]],
) -> dict[str, tuple[Candidate, ...]]:
    """The catalogued signals of every star that has one, by target.

    Of ``CATALOGS``, all objects of interest whatever their disposition, all eclipsing binaries
    and the threshold-crossing events that are not NTP: an NTP is variability or an artefact,
    which a host may have. A table that is not there is reported in the log, and its stars then
    pass for stars without signals.
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
