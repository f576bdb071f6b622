"""Threshold-crossing events of TESS two-minute light curves, sectors 1-6 (SPOC pipeline)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.star_id import with_star_numbers
from exoval.catalogs.table import CatalogTable
from exoval.catalogs.tess_eclipsing_binaries import TABLE as BINARIES
from exoval.catalogs.toi import read_toi
from exoval.ephemeris import SAME_FOUND_PERIOD, is_other_period
from exoval.labels import PLANET, UNKNOWN

REQUIRED = (
    "tceid",
    "run",
    "ticid",
    "orbitalPeriodDays",
    "transitEpochBtjd",
    "transitDurationHours",
)
TABLE = CatalogTable(
    file="tess/spoc_tces_s1-6.parquet",
    name="TESS threshold-crossing events of sectors 1-6 (MAST: 'TCE statistics')",
    download="Join the files tess*dvr-tcestats.csv of sectors 1 to 6, single and multi-sector, "
    "from archive.stsci.edu/tess/bulk_downloads/bulk_downloads_tce.html; the column "
    "'run' is the pair of sectors in the file's name",
    columns=REQUIRED,
    words=("tceid", "run", "ticid"),
    gives="detections of the TESS pipeline, on which experiment=simulated_to_spoc judges a model",
    absence="experiment=simulated_to_spoc has no real events",
)

#: columns that relate an event to the others of its star in one run (``shared_siblings``)
OF_THE_STAR = {
    "star_of_run": "target",
    "planetNumber": "number",
    "orbitalPeriodDays": "period",
    "transitEpochBtjd": "epoch",
    "transitDurationHours": "duration",
    "transitDepthPpm": "depth",
    "mes": "strength",
}
#: columns that compare an event with those of other stars, by their names in ``ephemeris_match``
OF_THE_SURVEY = {
    "target": "ticid",
    "period": "orbitalPeriodDays",
    "epoch": "transitEpochBtjd",
    "duration": "transitDurationHours",
    "depth": "transitDepthPpm",
}
#: label of events that no catalogue of planets, candidates or binaries lists
UNNAMED = "unnamed"
#: multiples of its period at which a search may find an event
MULTIPLES = (1.0, 0.5, 2.0, 1 / 3, 3.0)


def read_spoc_tce(
    path: str | Path | None = None,
    *,
    needed: tuple[str, ...] = (),
    interest: list[Candidate] | None = None,
    binaries: dict[int, tuple[float, ...]] | None = None,
) -> pd.DataFrame:
    """Read the events with the columns ``REQUIRED``, ``needed``, ``label`` and ``disposition``.

    The archive has no labels. An event has the label of the TESS Object of Interest (``interest``)
    with its period and mid-time, and EB if one of the ``binaries`` (Prša et al. 2022; TIC number to
    periods in days) has its period or a small multiple; both are read from their tables by default.
    ``label`` is planet, FP, FA, PC, APC, EB or unnamed. After years of follow-up an unnamed event
    is nearly always variability or a systematic, and counts as a false positive. The disposition of
    candidates is unknown, as is that of an event at another phase, or a multiple of the period, of
    a planet or candidate.

    Raises DataNotFound without a table and BadTable if it lacks a column.
    """
    table = TABLE.read(path, (*REQUIRED, *(name for name in needed if name not in REQUIRED)))
    table = with_star_numbers(table, "ticid")
    interest = read_toi() if interest is None else interest
    binaries = _binary_periods() if binaries is None else binaries
    named = _by_star(interest)
    found = [
        _label(row, named.get(int(row.ticid), ()), binaries.get(int(row.ticid), ()))
        for row in table[list(REQUIRED)].itertuples()
    ]
    return table.assign(
        label=[label for label, _ in found], disposition=[disposition for _, disposition in found]
    )


def _by_star(signals: list[Candidate]) -> dict[int, tuple[Candidate, ...]]:
    """Group catalogued signals by TIC number."""
    stars: dict[int, tuple[Candidate, ...]] = {}
    for signal in signals:
        number = int(signal.target.removeprefix("TIC "))
        stars[number] = (*stars.get(number, ()), signal)
    return stars


def _binary_periods() -> dict[int, tuple[float, ...]]:
    """Periods of catalogued eclipsing binaries by TIC number, even without a fitted width."""
    table = with_star_numbers(BINARIES.read(None, ("TIC", "Per")), "TIC")
    return {int(star): tuple(periods) for star, periods in table.groupby("TIC")["Per"]}


def _label(
    event: tuple, interest: tuple[Candidate, ...], binaries: tuple[float, ...]
) -> tuple[str, str]:
    """Label and disposition of one event of a star with these catalogued signals."""
    at_multiple = [one for one in interest if _at(event, one.ephemeris.period, MULTIPLES)]
    exact = [
        one
        for one in at_multiple
        if _at(event, one.ephemeris.period, (1.0,)) and _same_phase(event, one)
    ]
    # for one ephemeris a planet takes precedence over everything, a binary over candidates
    for signal in exact:
        if signal.disposition == PLANET:
            return PLANET, PLANET
    if any(_at(event, period, MULTIPLES) for period in binaries):
        return "EB", "false_positive"
    for signal in exact:
        return signal.label, signal.disposition
    if any(one.disposition in (PLANET, UNKNOWN) for one in at_multiple):
        return UNKNOWN, UNKNOWN
    return UNNAMED, "false_positive"


def _at(event: tuple, period: float, multiples: tuple[float, ...]) -> bool:
    """Return whether an event has a period or one of its multiples."""
    return not is_other_period(
        event.orbitalPeriodDays, period, multiples=multiples, within=SAME_FOUND_PERIOD
    )


def _same_phase(event: tuple, signal: Candidate) -> bool:
    """Return whether mid-times agree within the longer of both durations."""
    period, longest = (
        signal.ephemeris.period,
        max(event.transitDurationHours / 24, signal.ephemeris.duration),
    )
    cycles = (event.transitEpochBtjd - signal.ephemeris.epoch) / period
    return abs(cycles - round(cycles)) * period < longest
