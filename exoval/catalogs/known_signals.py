"""Stars with catalogued signals, and stars of entries that give no ephemeris."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from exoval.catalogs.candidate import NOT_A_SIGNAL, Candidate
from exoval.catalogs.signal_catalogue import catalogues_of
from exoval.data_folder import data_folder, is_sample
from exoval.ephemeris import Ephemeris, is_same_signal
from exoval.errors import DataNotFound

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class KnownStars:
    """The stars that catalogues list.

    ``signals`` are the entries with an ephemeris by target. ``without_ephemeris`` holds the targets
    of further entries and what these lack, such as ``no period``. ``missing`` names the catalogues
    that are not at hand.
    """

    signals: dict[str, tuple[Candidate, ...]]
    without_ephemeris: dict[str, str]
    missing: tuple[str, ...] = ()

    @property
    def warning(self) -> str:
        """What it means for host stars that catalogues are missing; empty if none is."""
        if not self.missing:
            return ""
        return (
            f"hosts chosen without {', '.join(self.missing)}: stars of known planets, false "
            "positives and binaries may be among them"
        )

    def among(self, targets: Iterable[str]) -> KnownStars:
        """Return what is known of some stars."""
        wanted = frozenset(targets)
        return replace(
            self,
            signals={star: found for star, found in self.signals.items() if star in wanted},
            without_ephemeris={
                star: lacks for star, lacks in self.without_ephemeris.items() if star in wanted
            },
        )


def known_stars(target_prefix: str, *, stars_of: str | Path | None = None) -> KnownStars:
    """Return what the catalogues say of the stars with a name prefix, such as KIC.

    Signals are those of ``stars_with_known_signals``. A planet of one transit or a binary without a
    width has no ephemeris, but its star is known all the same.
    """
    catalogues = catalogues_of(target_prefix)
    signals = stars_with_known_signals([one.read for one in catalogues], stars_of=stars_of)
    lacking: dict[str, str] = {}
    missing = []
    elsewhere = _is_about_other_stars(stars_of)
    for one in catalogues:
        table = one.table
        try:
            found = one.without_ephemeris() if one.without_ephemeris else []
            # a catalogue that only returns signals is read to learn whether it is at hand
            if one.without_ephemeris is None:
                one.read()
        except DataNotFound as error:
            missing.append(table.title if table else str(error))
            continue
        lacking = {entry.target: entry.lacks for entry in found} | lacking
        if elsewhere and table:
            missing.append(f"{table.title} (but that of the sample's stars)")
    return KnownStars(signals, lacking, tuple(missing))


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
    if _is_about_other_stars(stars_of):
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
    return candidate.label != NOT_A_SIGNAL


def _is_about_other_stars(stars_of: str | Path | None) -> bool:
    """Whether the tables are those of the sample, and the stars in question are not its own."""
    return stars_of is not None and is_sample(data_folder()) and not is_sample(stars_of)


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
