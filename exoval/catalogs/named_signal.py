"""Look up a catalogued signal by its name."""

from __future__ import annotations

import difflib
import logging
import re
from collections.abc import Iterable
from functools import lru_cache

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.signal_catalogue import (
    catalogues_of,
    declared_catalogues,
    signal_catalogues,
)
from exoval.catalogs.table import EntryWithoutEphemeris
from exoval.data_folder import data_folder
from exoval.errors import DataNotFound

log = logging.getLogger(__name__)

#: names whose signals have letters in the catalogues
LETTERED = {"KEPLER"}
NO_LETTERS = "the catalogues number signals and do not know the letters of planets"


def named_signal(name: str, target_prefix: str) -> Candidate:
    """Return the signal ``name`` from the catalogues of stars with a name prefix (KIC or TIC).

    Names are those of the catalogues (``K00001.01``, ``TCE 10666592-01``, ``EB 2305372.01``, ``TOI
    of TIC 11491822.01``) and their other names (``TOI-1136.01``, ``Kepler-2 b``); ``KOI-1.01``,
    ``toi 1136.1`` and ``TIC 11491822.01`` are accepted too. Raises DataNotFound if no table lists
    the name; the message says which table is missing or that the entry has no ephemeris, lists the
    signals of a system (TOI-1136) or suggests similar names.
    """
    known, missing = _known(target_prefix, str(data_folder()))
    plain = _plain(name)
    found = {id(known[key]): known[key] for key in _keys(plain, target_prefix) if key in known}
    if len(found) == 1:
        return found.popitem()[1]
    if found:
        raise DataNotFound(
            f"'{name}' is the name of several signals: "
            f"{', '.join(_usual_name(one) for one in found.values())}; give one of them"
        )
    unplaced = _without_ephemeris(target_prefix, str(data_folder()))
    entry = next((unplaced[key] for key in _keys(plain, target_prefix) if key in unplaced), None)
    if entry is not None:
        raise DataNotFound(
            f"'{name}' is listed with {entry.lacks} and cannot be judged by its name; give the "
            f"star '{entry.target}' with an ephemeris, or alone to search its light curve"
        )
    unknowable = _unknowable(plain, target_prefix, known, missing)
    if unknowable:
        letter = f". {NO_LETTERS}" if _is_letter_of_numbered(plain, target_prefix) else ""
        raise DataNotFound(f"'{name}' cannot be looked up: {unknowable}{letter}")
    if _is_letter_of_numbered(plain, target_prefix):
        raise DataNotFound(f"'{name}': {_numbers_of_planet(plain, target_prefix, known)}")
    of_system = [known[key] for key in _of_system(plain, known)]
    if of_system:
        raise DataNotFound(
            f"'{name}' is a system with {len(of_system)} catalogued signals: "
            f"{', '.join(_usual_name(one) for one in of_system)}; give one of them, or the star "
            f"'{of_system[0].target}'"
        )
    near = [_usual_name(known[key]) for key in difflib.get_close_matches(plain, known, 3)]
    absent = f" ({'; '.join(missing)})" if missing else ""
    raise DataNotFound(
        f"no signal named '{name}' among {len(set(map(id, known.values())))} of the "
        f"{target_prefix} catalogues{absent}"
        + (f"; similar names are {', '.join(dict.fromkeys(near))}" if near else "")
        + f". Write a star as '{target_prefix} 1234567', a signal by its catalogue's name, or "
        "give --file"
    )


def star_of_name(name: str, target_prefix: str) -> str:
    """Return the star of a signal, of a system (TOI-1136) or of any planet of a known system.

    Raises DataNotFound as ``named_signal`` does if the catalogues know no such star.
    """
    known, _ = _known(target_prefix, str(data_folder()))
    unplaced = _without_ephemeris(target_prefix, str(data_folder()))
    listed = {key: one.target for key, one in (unplaced | known).items()}
    plain = _plain(name)
    for key in _keys(plain, target_prefix):
        if key in listed:
            return listed[key]
    stars = {listed[key] for key in _of_system(_system(plain), listed)}
    return stars.pop() if len(stars) == 1 else named_signal(name, target_prefix).target


def _system(plain: str) -> str:
    """A plain name without the number or the letter of its signal."""
    return re.sub(r"(?<=\d)(?:\.\d+|[A-Z])$", "", plain)


def _of_system(system: str, known: Iterable[str]) -> list[str]:
    """The plain names of a system's signals."""
    return [key for key in known if re.fullmatch(re.escape(system) + r"(?:\.\d+|[A-Z])", key)]


def _is_letter_of_numbered(plain: str, target_prefix: str) -> bool:
    """Whether a name gives a planet's letter where catalogues have numbers: TOI-700 d, TIC 7 b."""
    numbered = {
        letters for one in catalogues_of(target_prefix) for letters in one.names
    } - LETTERED | {target_prefix}
    return plain[-1:].isalpha() and re.match("[A-Z]*", plain)[0] in numbered


def _numbers_of_planet(plain: str, target_prefix: str, known: dict[str, Candidate]) -> str:
    """What is known of a planet's system in catalogues that number its signals."""
    system = _system(plain)
    star = f"{target_prefix} {system.removeprefix(target_prefix)}"
    signals = {
        one.name: one
        for key, one in known.items()
        if one.target == star or key in _of_system(system, [key])
    }
    listed = ", ".join(map(_usual_name, signals.values()))
    listed = f"those of the system are {listed}" if listed else "none of the system is listed"
    return f"{NO_LETTERS}; {listed}. Give a number, or the star with period, epoch and duration"


@lru_cache(maxsize=4)
def _known(target_prefix: str, folder: str) -> tuple[dict[str, Candidate], list[str]]:
    """The signals by plain name, and messages about missing tables; cached for lists of names."""
    known: dict[str, Candidate] = {}
    missing = []
    for read in signal_catalogues(target_prefix):
        try:
            named = {
                _plain(name): candidate
                for candidate in read()
                for name in (candidate.name, *candidate.other_names)
            }
        except DataNotFound as error:
            missing.append(str(error))
            continue
        known = named | known
    return known, missing


@lru_cache(maxsize=4)
def _without_ephemeris(target_prefix: str, folder: str) -> dict[str, EntryWithoutEphemeris]:
    """The entries that give no ephemeris by plain name; cached for lists of names."""
    named: dict[str, EntryWithoutEphemeris] = {}
    for catalogue in catalogues_of(target_prefix):
        if catalogue.without_ephemeris is None:
            continue
        try:
            entries = catalogue.without_ephemeris()
        except DataNotFound:
            continue  # ``_known`` names the missing table
        named = {_plain(name): entry for entry in entries for name in entry.names} | named
    return named


def _unknowable(
    plain: str, target_prefix: str, known: dict[str, Candidate], missing: list[str]
) -> str:
    """Why no name of this kind can be found, with the remedy; empty if it could be."""
    letters = re.match("[A-Z]*", plain)[0]
    for catalogue in declared_catalogues():
        if letters not in catalogue.names:
            continue
        if catalogue.target_prefix != target_prefix:
            return (
                f"it names a signal of a {catalogue.target_prefix} star, and the mission's stars "
                f"are named {target_prefix}; choose another --mission or model"
            )
        try:
            catalogue.read()
        except DataNotFound as error:
            return str(error)
        if catalogue.table is not None and not any(key.startswith(letters) for key in known):
            return (
                f"the {catalogue.table.name} at hand has no column '{catalogue.names[letters]}' "
                f"with such names. {catalogue.table.download}. Or give the signal as "
                f"'{target_prefix} 1234567.01', with the number of its star"
            )
    if not known:
        return missing[0] if missing else f"no catalogue of stars named {target_prefix}"
    return ""


def _keys(plain: str, target_prefix: str) -> list[str]:
    """What a plain name may stand for: a bare number such as 1136.01 lacks its letters."""
    if not re.fullmatch(r"\d+\.\d+", plain):
        return [plain]
    letters = [target_prefix]
    for catalogue in declared_catalogues():
        if catalogue.target_prefix == target_prefix:
            letters += catalogue.names
    return [_plain(one + plain) for one in letters]


def _usual_name(signal: Candidate) -> str:
    return f"{signal.other_names[0]} ({signal.name})" if signal.other_names else signal.name


def _plain(name: str) -> str:
    """A name reduced to the part that all spellings share."""
    plain = re.sub(r"[\s_]+", "", name).upper().removeprefix("TOIOF")
    numbered = re.fullmatch(r"(K|KOI|TOI|KIC|TIC|EPIC)-?0*(\d+)(?:\.(\d+)|([A-Z]))?", plain)
    if numbered:
        letters, system, number, planet = numbered.groups()
        letters = "K" if letters == "KOI" else letters
        end = f".{int(number):02d}" if number else planet or ""
        return f"{letters}{int(system)}{end}"
    planet = re.fullmatch(r"KEPLER-?0*(\d+)([A-Z]?)", plain)
    return f"KEPLER-{planet[1]}{planet[2]}" if planet else plain
