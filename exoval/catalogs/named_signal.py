"""Look up a catalogued signal by its name."""

from __future__ import annotations

import difflib
import logging
import re
from functools import lru_cache

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.signal_catalogue import signal_catalogues
from exoval.data_folder import data_folder
from exoval.errors import DataNotFound

log = logging.getLogger(__name__)


def named_signal(name: str, target_prefix: str) -> Candidate:
    """Return the signal ``name`` from the catalogues of stars with a name prefix (KIC or TIC).

    Names are those of the catalogues (``K00001.01``, ``TCE 10666592-01``, ``EB 2305372.01``, ``TOI
    of TIC 11491822.01``); ``KOI-1.01`` and ``TIC 11491822.01`` are accepted too. Raises
    DataNotFound if every table is missing or does not list the name; the message suggests similar
    names.
    """
    known, missing = _known(target_prefix, str(data_folder()))
    found = known.get(_plain(name))
    if found is not None:
        return found
    if not known:
        raise DataNotFound(
            f"'{name}' cannot be looked up: {missing[0]}"
            if missing
            else f"no catalogue of stars named {target_prefix} to look up '{name}'"
        )
    near = [known[key].name for key in difflib.get_close_matches(_plain(name), known, 3)]
    raise DataNotFound(
        f"no signal named '{name}' among {len(known)} of the {target_prefix} catalogues"
        + (f"; similar names are {', '.join(near)}" if near else "")
        + f". Write a star as '{target_prefix} 1234567', a signal by its catalogue's name, or "
        "give --file"
    )


@lru_cache(maxsize=4)
def _known(target_prefix: str, folder: str) -> tuple[dict[str, Candidate], list[str]]:
    """The signals by plain name, and messages about missing tables; cached for lists of names."""
    known: dict[str, Candidate] = {}
    missing = []
    for read in signal_catalogues(target_prefix):
        try:
            known = {_plain(candidate.name): candidate for candidate in read()} | known
        except DataNotFound as error:
            missing.append(str(error))
    return known, missing


def _plain(name: str) -> str:
    """A name reduced to the part that all spellings share."""
    plain = re.sub(r"[\s_]+", "", name).upper().removeprefix("TOIOF")
    koi = re.fullmatch(r"K(?:OI)?-?0*(\d+)\.(\d+)", plain)
    return f"K{int(koi[1]):05d}.{int(koi[2]):02d}" if koi else plain
